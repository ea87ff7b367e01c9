import { createDynamoDirtyHours } from '../../lib/adapters/dynamodb/statistics/dirty-hours.ts';
import { createDynamoRollUps } from '../../lib/adapters/dynamodb/statistics/roll-ups.ts';
import type { DynamoTable } from '../../lib/adapters/dynamodb/table/table.ts';
import { toSummary } from '../../lib/core/history/summary.ts';
import { HOUR, type Millis } from '../../lib/core/shared/time.ts';
import { countHour, getHour, type HourCount } from '../../lib/core/statistics/roll-up.ts';
import { mapBounded } from '../../lib/flow/shared/map-bounded.ts';
import type { PastIncident } from './past-incidents.ts';

const AT_ONCE = 16;

/**
 * Stores tick's counts of a filled history for the statistics. Only the newest `withRecords` have diagnoses. So the
 * hours from the oldest of them on are marked as well, and a tick then counts their diagnoses.
 */
export async function countHours(
  table: DynamoTable,
  incidents: Iterable<PastIncident>,
  { now, withRecords }: { now: Millis; withRecords: number },
): Promise<void> {
  const hours = new Map<Millis, HourCount>();
  let diagnosedFrom = now;
  let seen = 0;
  for (const { incident } of incidents) {
    const hour = getHour(incident.openedAt);
    const counted = hours.get(hour) ?? countHour(hour);
    hours.set(hour, counted);
    counted.incidents([toSummary(incident)]);
    if (seen < withRecords) diagnosedFrom = Math.min(diagnosedFrom, incident.openedAt);
    seen += 1;
  }
  const rollUps = createDynamoRollUps(table);
  const dirtyHours = createDynamoDirtyHours(table);
  const marked: Millis[] = [];
  for (let hour = getHour(diagnosedFrom); hour <= now; hour += HOUR) marked.push(hour);
  const results = [
    ...(await mapBounded([...hours.values()], AT_ONCE, (counted) => rollUps.keep(counted.rollUp(), now))),
    ...(await mapBounded(marked, AT_ONCE, (hour) => dirtyHours.markDirty(hour, now))),
  ];
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw new Error('the hours of the statistics could not be stored', { cause: failed.reason });
}
