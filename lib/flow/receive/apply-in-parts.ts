import { type AlertGroup } from '../../core/grouping/group-alerts.ts';
import type { AlertOrigin } from '../../core/incident/event.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type AppliedAlerts, applyAlerts } from '../incident/apply-alerts.ts';
import type { ApplyEventPorts } from '../incident/apply-event.ts';
import { pinIncidentKey } from '../incident/pin-incident-key.ts';
import { listFailures, listFulfilled } from '../shared/failures.ts';
import { mapBounded } from '../shared/map-bounded.ts';

/** Incidents of one webhook that are processed at the same time. */
const CONCURRENCY = 8;

const PART = 200;

type ApplyInPartsPorts = ApplyEventPorts & { catalog: RunbookCatalog; clock: { now(): Millis } };

/** `left`: incidents that were not started in time. */
type AppliedInParts = AppliedAlerts & { failures: unknown[]; left: number };

/**
 * Applies a webhook's alerts to their incidents, in parts; each part is stored before the next starts. After
 * `stopAt` no further incident is started. A failing incident stops no other.
 */
export async function applyInParts(
  ports: ApplyInPartsPorts,
  groups: AlertGroup[],
  origin: AlertOrigin,
  { now, stopAt }: { now: Millis; stopAt: Millis },
): Promise<AppliedInParts> {
  let left = 0;
  const inTime = <R>(part: AlertGroup[], work: (group: AlertGroup) => Promise<R>) =>
    mapBounded(part, CONCURRENCY, async (group) => {
      if (ports.clock.now() < stopAt) return [await work(group)];
      left += 1;
      return [];
    });
  const failures: unknown[] = [];
  const done: AppliedAlerts[] = [];
  for (const part of splitIntoParts(groups, now)) {
    const pinned = await inTime(part, (group) => pinIncidentKey(ports, group, now));
    const merged = mergeByKey(listFulfilled(pinned).flat());
    const applied = await inTime(merged, (group) => applyAlerts(ports, group, origin, now));
    failures.push(...listFailures(pinned), ...listFailures(applied));
    done.push(...listFulfilled(applied).flat());
  }
  return {
    incidents: done.flatMap(({ incidents }) => incidents),
    refused: done.flatMap(({ refused }) => refused),
    failures,
    left,
  };
}

/**
 * A large webhook starts at another incident each time, by its receipt time. Otherwise a repeat would spend
 * its time on the same first incidents and never reach the others.
 */
function splitIntoParts(groups: AlertGroup[], now: Millis): AlertGroup[][] {
  const start = groups.length > PART ? now % groups.length : 0;
  const turned = [...groups.slice(start), ...groups.slice(0, start)];
  return Array.from({ length: Math.ceil(turned.length / PART) }, (_, n) =>
    turned.slice(n * PART, (n + 1) * PART),
  );
}

/** One group per incident again, so that each incident is read and written once. */
function mergeByKey(groups: AlertGroup[]): AlertGroup[] {
  const byKey = Map.groupBy(groups, ({ identity }) => identity.key);
  return [...byKey.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, alerts: [first, ...others].flatMap(({ alerts }) => alerts) }] : [],
  );
}
