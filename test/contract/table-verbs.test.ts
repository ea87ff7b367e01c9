import type { GetItemCommandInput, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoDestinationStore } from '../../lib/adapters/dynamodb/delivery/destination-store.ts';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { createDynamoIncidentStore } from '../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { createDynamoRollUps } from '../../lib/adapters/dynamodb/statistics/roll-ups.ts';
import { marshall, unmarshall } from '../../lib/adapters/dynamodb/table/marshall.ts';
import {
  get,
  putIf,
  query,
  queryPage,
  updateAndReadIf,
  updateIf,
} from '../../lib/adapters/dynamodb/table/verbs.ts';
import { HOUR } from '../../lib/core/shared/time.ts';
import { storedIncident } from '../support/factories/stored-incident.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';

let local: LocalTable;
/** Reads of the table itself, not of an index, since the test began. */
let reads: (GetItemCommandInput & QueryCommandInput)[] = [];

beforeAll(async () => {
  local = await startLocalTable();
  local.table.client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const input = args.input as (typeof reads)[number];
        if (/^(GetItem|Query)/.test(commandName ?? '') && input.IndexName === undefined) reads.push(input);
        return next(args);
      },
    { step: 'initialize', name: 'recordReads' },
  );
});

beforeEach(() => {
  reads = [];
});

afterAll(() => local.close());

const key = (pk: string, sk = 'a') => ({ pk, sk });
const absent = 'attribute_not_exists(pk)';

describe('a write', () => {
  it('is done only where its condition holds, and says whether', async () => {
    const item = marshall({ ...key('write'), source: 1 });

    const puts = [await putIf(local.table, item, absent), await putIf(local.table, item, absent)];
    const updates = [
      await updateIf(local.table, key('write'), {
        set: '#source = :two',
        when: '#source = :one',
        values: { one: 1, two: 2 },
      }),
      await updateIf(local.table, key('write'), {
        set: '#source = :two',
        when: '#source = :one',
        values: { one: 1, two: 2 },
      }),
    ];

    expect(puts).toEqual([true, false]);
    expect(updates).toEqual([true, false]);
    expect(unmarshall((await get(local.table, key('write'))) ?? {})).toEqual({ ...key('write'), source: 2 });
  });

  it('may set, remove and add in one call, and return the item as it is then', async () => {
    await putIf(local.table, marshall({ ...key('clauses'), old: 1, ids: new Set(['a']) }), absent);
    const update = { set: '#new = :new', remove: '#old', add: 'ids :ids', when: '#old = :one' };
    const values = { new: 'n', ids: new Set(['b']), one: 1 };

    const changed = await updateAndReadIf(local.table, key('clauses'), { ...update, values });
    const again = await updateAndReadIf(local.table, key('clauses'), { ...update, values });

    expect(unmarshall(changed ?? {})).toEqual({ ...key('clauses'), new: 'n', ids: new Set(['a', 'b']) });
    expect(again).toBeUndefined();
  });

  it('that the table refuses for another reason throws', async () => {
    const invalid = putIf(local.table, marshall(key('invalid')), 'nonsense');

    await expect(invalid).rejects.toThrow(expect.objectContaining({ name: 'ValidationException' }));
  });
});

describe('a query', () => {
  it('goes on to its end or its limit, in either order, whatever its filter drops', async () => {
    for (const n of [1, 2, 3, 4]) {
      await putIf(local.table, marshall({ ...key('query', String(n)), status: n % 2 }), absent);
    }
    const all = { where: 'pk = :pk', values: { pk: 'query' } };
    const even = { ...all, filter: '#status = :zero', values: { pk: 'query', zero: 0 }, newestFirst: true };
    const names = async (items: ReturnType<typeof query>) => (await items).map(({ sk }) => sk?.S);

    const first = await queryPage(local.table, all, { limit: 3 });
    const second = await queryPage(local.table, all, { limit: 3, start: first.last });

    expect(await names(query(local.table, all))).toEqual(['1', '2', '3', '4']);
    expect(await names(query(local.table, all, 2))).toEqual(['1', '2']);
    expect(await names(query(local.table, even, 1))).toEqual(['4']);
    expect([first.examined, first.last, second.examined, second.last]).toEqual([
      3,
      marshall(key('query', '3')),
      1,
      undefined,
    ]);
  });
});

describe('a read of the table', () => {
  it('is consistent in every store', async () => {
    const incidents = createDynamoIncidentStore(local.table);
    const incident = storedIncident();
    await incidents.write(incident, 0);

    await incidents.get(incident.id);
    await incidents.latest(incident.key);
    await createDynamoHistory(local.table).record(incident.id);
    await createDynamoDestinationStore(local.table).read(incident.id, 'email');
    await createDynamoDestinationStore(local.table).failing(incident.id);

    expect(reads.length).toBeGreaterThan(8);
    expect(reads.filter(({ ConsistentRead }) => ConsistentRead !== true)).toEqual([]);
  });

  it('costs half where the items no longer change: earlier episodes and counted hours', async () => {
    await createDynamoHistory(local.table).earlier(storedIncident({ episode: 2 }).id, 1);
    await createDynamoRollUps(local.table).between(0, HOUR);

    expect(reads.map(({ ConsistentRead }) => ConsistentRead)).toEqual([false, false]);
  });
});
