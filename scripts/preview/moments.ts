import type { Alert } from '../../lib/core/alert/alert.ts';
import { computeFingerprint } from '../../lib/core/alert/fingerprint.ts';
import type { NoticeReason } from '../../lib/core/incident/effect.ts';
import type { Runbook, RunbookCatalog } from '../../lib/core/runbook/runbook.ts';
import type { Millis } from '../../lib/core/shared/time.ts';
import { playMoments, type TimelineItemBase, withSeverity } from './play-moments.ts';

/** Every reason of a notice; an escalation for each tier, and the end of flapping. */
export const momentNames = [
  'opened',
  'joined',
  'raised',
  'updated',
  'reminder',
  'escalated-L2',
  'escalated-L3',
  'acknowledged',
  'reopened',
  'flapping',
  'flapping-over',
  'unverified',
  'resolved',
  'closed',
] as const satisfies (NoticeReason | `escalated-${string}` | 'flapping-over')[];

export type MomentName = (typeof momentNames)[number];

/** The notices of a named moment, after all earlier ones. */
export type Moment = { name: MomentName; notified: TimelineItemBase; before: TimelineItemBase[] };

export const EXTERNAL_URL = 'http://alertmanager.example:9093';

/**
 * One moment for each reason, taken from simulated lives of an incident of these alerts. A reason that never occurs is
 * missing.
 */
export function momentsOf(
  catalog: RunbookCatalog,
  runbook: Runbook,
  alerts: Alert[],
  opened: Millis,
): Moment[] {
  const found = new Map<MomentName, Moment>();
  for (const live of livesOf(runbook, alerts)) {
    const scenario = playMoments(catalog, opened, EXTERNAL_URL, live);
    for (const [index, notified] of scenario.entries()) {
      const name = momentName(notified);
      if (!found.has(name)) found.set(name, { name, notified, before: scenario.slice(0, index) });
    }
  }
  return momentNames.flatMap((name) => found.get(name) ?? []);
}

function livesOf(runbook: Runbook, alerts: Alert[]): Parameters<typeof playMoments>[3][] {
  const late = alerts.length > 1 ? alerts.slice(-1) : alerts.map(replica);
  const first = alerts.length > 1 ? alerts.slice(0, -1) : alerts;
  const all = [...first, ...late];
  const calm = runbook.severity === 'critical' ? 'warning' : 'info';
  const urgent = all.map((alert) => withSeverity(alert, 'critical'));
  return [
    // Nobody reacts for an hour; then somebody acknowledges, it resolves, and it comes back again and again.
    (life) => {
      life.fires(0, first);
      life.fires(3, late);
      life.ends(9, late);
      life.passes(10, 65, first);
      life.acknowledged(66);
      life.ends(72, first);
      for (const minute of [76, 80, 84]) {
        life.fires(minute, first);
        life.ends(minute + 2, first);
      }
      life.passes(87, 102, []);
    },
    // It begins with a lower severity.
    (life) => {
      life.fires(0, first, { severity: calm });
      life.fires(4, urgent, { severity: 'critical' });
      life.passes(5, 70, urgent);
    },
    // After its end it is reported once more, unconfirmed.
    (life) => {
      life.fires(0, first);
      life.ends(10, first);
      life.fires(12, first, { since: 0 });
      life.passes(13, 20, 'down');
    },
    // Its resolve was lost.
    (life) => {
      life.fires(0, first);
      life.passes(20, 30, []);
    },
  ];
}

/** Another alert of the same incident, whatever its grouping. */
function replica(alert: Alert): Alert {
  const labels = { ...alert.labels, replica: 'b' };
  return { ...alert, labels, fingerprint: computeFingerprint(labels) };
}

function momentName({ effect }: TimelineItemBase): MomentName {
  if (effect.flappingOver !== undefined) return 'flapping-over';
  if (effect.reason !== 'escalated') return effect.reason;
  return effect.tier === 3 ? 'escalated-L3' : 'escalated-L2';
}
