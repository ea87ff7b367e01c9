import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { DAY, HOUR } from '../../lib/core/shared/time.ts';
import { idOf } from '../../test/support/fakes/memory-table.ts';
import type { SoakSystem } from './soak-system.ts';

/** An item that expires within this time may outlive the incident that leads to it: DynamoDB removes each by itself. */
const LAST_HOUR = HOUR;
const SLACK_EDITS = 'slack edits';

/**
 * Items that no access pattern of the stores leads to, by their keys. It reads everything that the system could read: the
 * listings, each incident with all that stands beside it, and the partitions of the other stores.
 */
export async function findOrphans(soak: SoakSystem): Promise<string[]> {
  const reached = new Set<string>();
  const { table, system } = soak;
  table.onRead = (id) => void reached.add(id);
  try {
    await readIncidents(soak);
    await readDeliveries(soak);
    const { heartbeats, maintenances, quarantine, statistics } = system.world;
    await heartbeats.list();
    await quarantine.list(Infinity);
    for (const { id } of await maintenances.endingAfter(0)) {
      await maintenances.mutedIncidents(id);
      // The notice that it is over has records like an incident's.
      for (const name of soak.destinations) await system.world.destinations.read(`maintenance-${id}.1`, name);
    }
    await statistics.dirtyHours.list();
    const span = soak.dynamo.retentionDays * DAY + DAY;
    await statistics.rollUps.between(system.now - span, system.now + DAY);
  } finally {
    table.onRead = undefined;
  }
  for (const id of failureReports(soak)) reached.add(id);
  const horizon = (system.now + LAST_HOUR) / 1_000;
  return [...table.items]
    .filter(([id, { expiresAt }]) => !reached.has(id) && !(Number(expiresAt?.N) <= horizon))
    .map(([id]) => id.replace('\n', ' / '));
}

async function readIncidents({ system, dynamo, incidentIds, destinations }: SoakSystem): Promise<void> {
  const { incidents, destinations: records } = system.world;
  const history = createDynamoHistory(dynamo);
  const ids = new Set([...incidentIds, ...(await incidents.due(system.now + 400 * DAY, 1_000_000))]);
  let after: { openedAt: number; id: string } | undefined;
  do {
    const page = await history.list({ from: 0, to: system.now + DAY, limit: 100, ...(after && { after }) });
    for (const { id } of page.incidents) ids.add(id);
    after = page.next;
  } while (after);
  for (const id of ids) {
    const record = await history.record(id);
    if (record === undefined) {
      incidentIds.delete(id);
      continue;
    }
    await history.diagnoses(
      id,
      record.diagnosisSummaries.map((each) => each.id),
    );
    for (const destination of destinations) await records.read(id, destination);
  }
}

async function readDeliveries({ system, destinations, places, table }: SoakSystem): Promise<void> {
  const { rateLimits, storms } = system.world;
  for (const bucket of [SLACK_EDITS, ...destinations]) await rateLimits.blockedUntil(bucket);
  const begun = [...table.items.values()].flatMap(({ digest }) => Number(digest?.M?.['startedAt']?.N ?? []));
  for (const place of places) {
    const latest = await storms.stormDetector.latest(place);
    const starts = new Set([...begun, ...(latest ? [latest.startedAt] : [])]);
    for (const startedAt of starts) {
      await storms.entries.all({ place, startedAt });
      await storms.digests.read({ place, startedAt });
    }
  }
}

/** Written by their key alone, a destination or a channel with a reason; nothing reads them but that write. */
function failureReports({ destinations, table }: SoakSystem): string[] {
  const names = [...destinations].flatMap((name) => [name, name.split(':')[0] ?? name]);
  const partitions = new Set(names.map((name) => `failure-report#${name}`));
  return [...table.items.values()].filter(({ pk }) => partitions.has(pk?.S ?? '')).map(idOf);
}
