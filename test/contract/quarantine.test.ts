import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoQuarantine } from '../../lib/adapters/dynamodb/history/quarantine.ts';
import type { Quarantine, QuarantinedWebhook } from '../../lib/core/history/history.ts';
import { STORED_AT } from '../support/factories/stored-incident.ts';
import { createMemoryQuarantine } from '../support/fakes/memory-history.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';

/** Real and fake start empty and are filled by one test each. */
const tables: LocalTable[] = [];

beforeAll(async () => {
  tables.push(await startLocalTable(), await startLocalTable());
});

afterAll(() => Promise.all(tables.map((table) => table.close())));

describe.each<[string, () => Quarantine]>([
  ['memory', createMemoryQuarantine],
  ['DynamoDB', () => createDynamoQuarantine(table(0))],
])('%s as Quarantine', (_, create) => {
  it('keeps each body once and lists the newest first', async () => {
    const quarantine = create();
    const entries = [1, 2, 3].map((n) => entry(`id-${n}`, STORED_AT + n * 1_000));

    for (const each of [...entries, { ...entry('id-2', STORED_AT + 9_000), body: 'again' }]) {
      await quarantine.add(each);
    }

    expect(await quarantine.list(10)).toEqual(entries.toReversed());
    expect(await quarantine.list(2)).toEqual(entries.toReversed().slice(0, 2));
  });
});

describe('a quarantined body in DynamoDB', () => {
  it('is kept whole although it is larger than an item may be', async () => {
    const quarantine = createDynamoQuarantine(table(1));
    const body = '{"alerts": ['.repeat(80_000);

    await quarantine.add({ ...entry('large', STORED_AT), body });

    expect((await quarantine.list(1))[0]?.body).toBe(body);
  });

  it('is cut, and says so, when it cannot be made small enough', async () => {
    const quarantine = createDynamoQuarantine(table(1));
    const body = randomBytes(1_500_000).toString('hex');

    await quarantine.add({ ...entry('noise', STORED_AT + 1), body });

    const kept = (await quarantine.list(1))[0]?.body ?? '';
    expect(kept.length).toBeGreaterThan(100_000);
    expect(body.startsWith(kept.slice(0, 100_000))).toBe(true);
    expect(kept).toMatch(/… \(\d+ of 3000000 bytes cut\)$/);
  });

  it('is cut between characters', async () => {
    const quarantine = createDynamoQuarantine(table(1));
    const emojis = Array.from(randomBytes(600_000), (byte) => String.fromCodePoint(0x1f400 + byte)).join('');

    await quarantine.add({ ...entry('emojis', STORED_AT + 2), body: `{${emojis}` });

    const kept = (await quarantine.list(1))[0]?.body ?? '';
    expect(kept).toMatch(/ bytes cut\)$/);
    expect(kept).not.toContain('\uFFFD');
  });
});

function table(index: number) {
  const local = tables[index];
  if (!local) throw new Error('the table was not started');
  return local.table;
}

function entry(id: string, at: number): QuarantinedWebhook {
  return { id, source: 'prod', at, reason: 'alerts is missing', body: '{"alert": ünreadable' };
}
