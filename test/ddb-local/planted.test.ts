import { describe, expect, it } from 'vitest';
import { exerciseStores } from '../support/assertions/exercise-stores.ts';
import { tableFaults } from '../support/fakes/table-faults.ts';
import { startLocalTable } from '../support/servers/local-table.ts';

/*
 * Mistakes that this suite must turn red for. Each can be switched on for the whole suite from outside:
 * PLANTED_FAULT=reserved-word npm run test:ddb-local. The names are those below.
 */

/** What Amazon's server refuses, or what a store then finds. */
const answers: Record<keyof typeof tableFaults, RegExp> = {
  'missing-name': /attribute name used in the document path is not defined/,
  'reserved-word': /Attribute name is a reserved keyword/,
  'unused-value': /Value provided in ExpressionAttributeValues unused in expressions/,
  'no-condition': /expected 'written' to be 'conflict'/,
  'oversized-item': /Item size has exceeded the maximum allowed size/,
  'empty-name': /Empty attribute name/,
  'empty-key': /secondary index key/,
  'key-of-another-type': /Type mismatch for Index Key/,
  'consistent-index': /Consistent read cannot be true when querying a GSI/,
  'keys-only-index': /to include/,
  'expiry-in-milliseconds': /expected \d+000 to be \d+/,
};

const NOW = Date.UTC(2026, 10, 24, 9);

it('every planted fault has its answer', () => {
  expect(Object.keys(tableFaults)).toEqual(Object.keys(answers));
});

it('the stores do what they promise where none is planted', async () => {
  const local = await startLocalTable(() => NOW);

  await exerciseStores(local.table);

  await local.close();
});

describe('a planted fault', () => {
  it.each(Object.entries(answers))('turns the suite red: %s', async (name, answer) => {
    const local = await startLocalTable(() => NOW, name);

    await expect(exerciseStores(local.table)).rejects.toThrow(answer);

    await local.close();
  });
});
