import type { Tier } from '../../runbook/policy.ts';
import type { Severity } from '../../shared/severity.ts';
import type { NoticeReason } from '../effect.ts';
import type { Incident } from '../incident.ts';
import type { Draft } from './draft.ts';

/** Critical incidents, reminders and tiers call people by name. */
export function shouldCallByName(
  notice: { reason: NoticeReason; ping: boolean },
  severity: Severity,
): boolean {
  if (!notice.ping) return false;
  return notice.reason === 'reminder' || notice.reason === 'escalated' || severity === 'critical';
}

/** Counts a notice that interrupts the people of these tiers. */
export function countPages(incident: Incident, tiers: Tier[]): void {
  const [l1, l2, l3] = incident.paging.counts ?? [0, 0, 0];
  const one = (tier: Tier) => (tiers.includes(tier) ? 1 : 0);
  incident.paging.counts = [l1 + one(1), l2 + one(2), l3 + one(3)];
}

/** Records that these tiers were called now. */
export function recordTierPages(draft: Draft, tiers: Tier[]): void {
  const { incident, now } = draft;
  const before = incident.tiers.pages;
  const known = before.filter(({ tier }) => !tiers.includes(tier));
  const called = tiers.map((tier) => {
    const firstAt = before.find((call) => call.tier === tier)?.firstAt ?? now;
    return { tier, firstAt, lastAt: now };
  });
  incident.tiers.pages = [...known, ...called].toSorted((a, b) => a.tier - b.tier);
}

/** Restarts the tier clock: nobody was called since. */
export function restartClock(draft: Draft): void {
  const { incident, now } = draft;
  incident.tiers.clockStartedAt = now;
  incident.tiers.highest = 1;
  incident.tiers.pages = [];
}
