import type { Incident } from '../../../core/incident/incident.ts';
import { type IncidentStore, UnwritableError } from '../../../core/incident/incident-store.ts';
import { type DynamoTable, getShard, type Item, parseIncidentId, SHARDS, toKey } from '../table/table.ts';
import { get, putIf, query, updateIf } from '../table/verbs.ts';
import { indexes, toIncident, toIncidentItem } from './incident-item.ts';

/**
 * Incidents in DynamoDB, one item per episode. Calls made: `latest` one Query, `get` one GetItem, `write` one
 * PutItem, `dropPublishedEffects` one UpdateItem, `due` one Query a shard.
 */
export function createDynamoIncidentStore(table: DynamoTable): IncidentStore {
  return {
    async latest(key) {
      const where = 'pk = :pk AND begins_with(sk, :sk)';
      const [item] = await query(
        table,
        { where, values: { pk: key, sk: 'incident#' }, newestFirst: true },
        1,
      );
      return item && toIncident(item);
    },

    async get(id) {
      const item = parseIncidentId(id) ? await get(table, toKey(id, 'incident')) : undefined;
      return item && toIncident(item);
    },

    write: (incident, expectedVersion) => write(table, incident, expectedVersion),

    async dropPublishedEffects({ id, version }, remaining, nextDueAt) {
      const due =
        nextDueAt === undefined
          ? { set: '', remove: 'nextDueAt, dueShard' }
          : { set: ', nextDueAt = :due, dueShard = :shard', values: { due: nextDueAt, shard: getShard(id) } };
      const dropped = await updateIf(table, toKey(id, 'incident'), {
        set: `effects = :effects${due.set}`,
        remove: due.remove,
        when: 'version = :version',
        values: { effects: remaining, version, ...due.values },
      });
      return dropped ? 'kept' : 'superseded';
    },

    async due(now, limit) {
      const where = 'dueShard = :shard AND nextDueAt <= :now';
      const shards = await Promise.all(
        SHARDS.map((shard) => query(table, { index: indexes.due, where, values: { shard, now } }, limit)),
      );
      return shards
        .flat()
        .map(toDueEntry)
        .toSorted(oldestFirst)
        .slice(0, limit)
        .map((entry) => entry.id);
    },
  };
}

async function write(
  table: DynamoTable,
  incident: Incident,
  expectedVersion: number,
): Promise<'written' | 'conflict'> {
  const item = writable(() => toIncidentItem(incident, table.retentionDays));
  try {
    const written =
      expectedVersion === 0
        ? await putIf(table, item, 'attribute_not_exists(pk)')
        : await putIf(table, item, 'version = :expected', { expected: expectedVersion });
    return written ? 'written' : 'conflict';
  } catch (error) {
    throw isRefusal(error) ? new UnwritableError(`the table refuses it: ${error.message}`) : error;
  }
}

/** An incident that cannot become an item fails in every later attempt as well. */
function writable(make: () => Item): Item {
  try {
    return make();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnwritableError(`it cannot be stored: ${why}`, { cause: error });
  }
}

/** True for an error about the item itself, such as its size; a missing or busy table has other error names. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ValidationException';
}

type DueEntry = { id: string; nextDueAt: number };

function toDueEntry(item: Item): DueEntry {
  return { id: item.id?.S ?? '', nextDueAt: Number(item.nextDueAt?.N) };
}

function oldestFirst(a: DueEntry, b: DueEntry): number {
  return a.nextDueAt - b.nextDueAt || (a.id < b.id ? -1 : 1);
}
