import type { NoticeReason } from '../../../lib/core/incident/effect.ts';
import { transition } from '../../../lib/core/incident/state-machine/transition.ts';
import { formatCalledName } from '../../../lib/core/routing/called-people.ts';
import { type ChannelRoutes, findChannel } from '../../../lib/core/routing/channel-routes.ts';
import { listAddresses, routeNotice, toRoutedNotice } from '../../../lib/core/routing/route-notice.ts';
import type { Target } from '../../../lib/core/routing/target.ts';
import { findPolicy } from '../../../lib/core/runbook/find-runbook.ts';
import { type Tier } from '../../../lib/core/runbook/policy.ts';
import type { Runbook, RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import type { Severity } from '../../../lib/core/shared/severity.ts';
import { DAY, MINUTE, type Millis } from '../../../lib/core/shared/time.ts';
import type { OpenedIncident } from '../command/open-incident.ts';

/** A notice that interrupts people if nobody acknowledges and nothing resolves. */
export type NotifiedPeople = {
  /** Since the incident opened. */
  afterMs: Millis;
  reason: NoticeReason;
  severity: Severity;
  tier: Tier;
  /** The sentence for the history. */
  summary: string;
  /** The people it calls by name. */
  contacts: string[];
  targets: Target[];
  /** The targets in words. */
  places: string[];
};

/** Who would be notified, when and where: simulates a day of the incident, minute by minute like tick. */
export function explainPeople(
  catalog: RunbookCatalog,
  channels: readonly ChannelRoutes[],
  runbook: Runbook,
  opened: OpenedIncident,
): NotifiedPeople[] {
  const policy = findPolicy(catalog, runbook.alertname);
  const { openedAt } = opened.incident;
  let { incident } = opened;
  const notified: NotifiedPeople[] = [];
  let effects = [opened.effect];
  for (let now = openedAt; now <= openedAt + DAY; now += MINUTE) {
    if (now > openedAt) {
      const next = transition(incident, { type: 'tick' }, now, policy);
      incident = next.incident ?? incident;
      effects = next.effects.filter(({ kind }) => kind === 'notify');
    }
    for (const { at, reason, tier, tiers, ping, summary } of effects) {
      const { severity } = incident;
      const notice = { ...toRoutedNotice(catalog, incident, { reason, ping, tiers, at }), tierPages: [] };
      const targets = routeNotice(catalog, channels, notice);
      notified.push({
        afterMs: at - openedAt,
        reason,
        severity,
        tier,
        summary,
        contacts: listAddresses(catalog, notice).map(formatCalledName),
        targets,
        places: targets.map((target) => findChannel(channels, target.channel).formatTarget(target)),
      });
    }
  }
  return notified;
}
