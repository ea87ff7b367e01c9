import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { createDynamoIncidentStore } from '../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { marshall } from '../../lib/adapters/dynamodb/table/marshall.ts';
import { get, putIf, updateIf } from '../../lib/adapters/dynamodb/table/verbs.ts';
import type { IncidentStore } from '../../lib/core/incident/incident-store.ts';
import { HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { randomKey, STORED_AT, storedAlert, storedIncident } from '../support/factories/stored-incident.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';

// What Amazon's server counts and refuses, and dynalite does not, or not in the same way.

let local: LocalTable;
let incidents: IncidentStore;
let consumed: ConsumedCapacity[] = [];

beforeAll(async () => {
  local = await startLocalTable();
  incidents = createDynamoIncidentStore(local.table);
  local.table.client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } });
      const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: ConsumedCapacity };
      if (ConsumedCapacity) consumed.push(ConsumedCapacity);
      return answer;
    },
    { step: 'initialize', name: 'noteCapacity' },
  );
});

beforeEach(() => {
  consumed = [];
});

afterAll(() => local.close());

/** Units of the last call at the table and at each index. */
function lastCost(): Record<string, number | undefined> {
  const { Table, GlobalSecondaryIndexes = {} } = consumed.at(-1) ?? {};
  const indexes = Object.entries(GlobalSecondaryIndexes).map(([name, { CapacityUnits }]) => [
    name,
    CapacityUnits,
  ]);
  return { table: Table?.CapacityUnits, ...Object.fromEntries(indexes) };
}

describe('a write of an incident', () => {
  it('costs nothing at an index of which it changes no attribute', async () => {
    const incident = storedIncident();
    await incidents.write(incident, 0);
    const opened = lastCost();
    // What every repeated delivery with news changes: nothing that a listing shows, and no due time.
    const next = { ...incident, version: 2, lastSeenAt: STORED_AT + MINUTE };

    await incidents.write(next, 1);
    const unlisted = lastCost();
    await incidents.write({ ...next, version: 3, nextDueAt: STORED_AT + 2 * HOUR }, 2);
    const moved = lastCost();

    expect(Object.keys(opened).toSorted()).toEqual(['byAlertname', 'byTime', 'due', 'open', 'table']);
    expect(unlisted).toEqual({ table: opened['table'] });
    expect(Object.keys(moved).toSorted()).toEqual(['due', 'table']);
  });

  it('is done once when twenty race for a version', async () => {
    const incident = storedIncident();
    await incidents.write(incident, 0);
    const writers = Array.from({ length: 20 }, (_, n) => ({
      ...incident,
      version: 2,
      lastSeenAt: STORED_AT + n,
    }));

    const outcomes = await Promise.all(writers.map((each) => incidents.write(each, 1)));

    const winner = writers[outcomes.indexOf('written')];
    expect(outcomes.filter((each) => each === 'written')).toHaveLength(1);
    expect(await incidents.get(incident.id)).toEqual(winner);
  });

  it('costs a unit a kilobyte, and its read a unit for four', async () => {
    const alerts = Array.from({ length: 2_000 }, (_, n) =>
      storedAlert({ fingerprint: n.toString(16).padStart(16, '0') }),
    );
    const incident = storedIncident({ alerts });

    await incidents.write(incident, 0);
    const written = lastCost()['table'] ?? 0;
    await incidents.latest(incident.key);
    const read = lastCost()['table'] ?? 0;

    // 31 bytes an alert, packed.
    expect(written).toBeGreaterThan(60);
    expect(written).toBeLessThan(70);
    expect(read).toBe(Math.ceil(written / 4));
  });
});

describe('an alert with a name of any length', () => {
  // 2,048 bytes are the most that a partition key may have, also in an index.
  it.each([500, 501, 5_000])('is stored and listed by it: %i characters of three bytes', async (length) => {
    const incident = storedIncident({ alertname: `${randomKey()}${'警'.repeat(length)}`.slice(0, length) });
    const query = { from: STORED_AT, to: STORED_AT + HOUR, limit: 5, alertname: incident.alertname };

    await incidents.write(incident, 0);
    const { incidents: listed } = await createDynamoHistory(local.table).list(query);

    expect(listed.map(({ id }) => id)).toEqual([incident.id]);
  });
});

describe('an item that would grow too large', () => {
  it('is left as it was, and the update throws', async () => {
    const key = { pk: randomKey(), sk: 'a' };
    await putIf(local.table, marshall({ ...key, text: 'x'.repeat(390_000) }), 'attribute_not_exists(pk)');
    const grow = { set: 'more = :more', when: 'attribute_exists(pk)', values: { more: 'x'.repeat(20_000) } };

    const update = updateIf(local.table, key, grow);

    await expect(update).rejects.toThrow(/exceeded the maximum allowed size/);
    expect(Object.keys((await get(local.table, key)) ?? {})).toEqual(['sk', 'pk', 'text']);
  });
});
