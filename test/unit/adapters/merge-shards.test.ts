import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type MergedPage,
  mergeShards,
  type ReadChunk,
} from '../../../lib/adapters/dynamodb/history/merge-shards.ts';
import type { Item } from '../../../lib/adapters/dynamodb/table/table.ts';

/** An entry of an index; whether it passes the filter may change between two reads. */
type Entry = { key: string; partition: number; passes: boolean };
type Change = { kind: 'arrives'; entry: Entry } | { kind: 'flips'; at: number };

const PARTITIONS = [0, 1, 2, 3];

const key = (n: number) => String(n).padStart(6, '0');

const partition = fc.constantFrom(...PARTITIONS);

/** Keys are unique, and what arrives is as new as what is there or newer. */
const histories = fc
  .tuple(
    fc.uniqueArray(fc.nat(5_000), { maxLength: 120 }),
    fc.array(fc.tuple(partition, fc.boolean()), { minLength: 120, maxLength: 120 }),
  )
  .map(([numbers, more]) =>
    numbers.map((n, at): Entry => {
      const [partition, passes] = more[at] ?? [0, true];
      return { key: key(n), partition, passes };
    }),
  );

const changes = fc.array(
  fc.oneof(
    fc.tuple(fc.nat(5_000), partition, fc.boolean()).map(
      ([n, partition, passes]): Change => ({
        kind: 'arrives',
        // Never a key that is taken.
        entry: { key: `${key(n)}+`, partition, passes },
      }),
    ),
    fc.nat(200).map((at): Change => ({ kind: 'flips', at })),
  ),
  { maxLength: 60 },
);

describe('a listing over several partitions', () => {
  it('shows everything that is there and passes throughout once, nothing twice, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        changes,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 24, max: 200 }),
        async (history, changes, limit, examine) => {
          const entries = structuredClone(history);
          const flipped = new Set<string>();
          const coming = [...changes];

          const shown = await walk(entries, { limit, examine }, () =>
            apply(coming.shift(), entries, flipped),
          );

          const throughout = history.filter(({ key, passes }) => passes && !flipped.has(key));
          expect(shown).toEqual([...new Set(shown)].toSorted().toReversed());
          expect(shown).toEqual(expect.arrayContaining(throughout.map(({ key }) => key)));
          for (const key of shown) {
            const entry = entries.find((each) => each.key === key);
            expect(entry?.passes || flipped.has(key)).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('looks at no more entries a page than it may, and goes on from there', async () => {
    const entries = Array.from({ length: 3_000 }, (_, n) => ({
      key: key(n),
      partition: n % 4,
      passes: n === 0,
    }));
    const { read, seen } = reader(entries);

    const first = await mergeShards(PARTITIONS, { limit: 50, examine: 1_000 }, read);
    const shown = await walk(entries, { limit: 50, examine: 1_000 });

    expect(first.items).toEqual([]);
    expect(first.next).toBeDefined();
    expect(seen.examined).toBeLessThanOrEqual(1_000);
    expect(seen.reads).toBeLessThanOrEqual(14);
    expect(shown).toEqual([key(0)]);
  });

  it('looks at hardly more than it shows when everything passes', async () => {
    const entries = Array.from({ length: 3_000 }, (_, n) => ({
      key: key(n),
      // Not quite evenly spread, as hashes are.
      partition: (n * 2_654_435_761) % 4,
      passes: true,
    }));
    const { read, seen } = reader(entries);

    const page = await mergeShards(PARTITIONS, { limit: 50, examine: 1_000 }, read);

    expect(page.items).toHaveLength(50);
    expect(seen.examined).toBeLessThanOrEqual(100);
  });

  it('has no next page when it is full and nothing follows', async () => {
    const entries = Array.from({ length: 8 }, (_, n) => ({ key: key(n), partition: n % 4, passes: true }));

    const page = await mergeShards(PARTITIONS, { limit: 8, examine: 1_000 }, reader(entries).read);

    expect(page.items).toHaveLength(8);
    expect(page.next).toBeUndefined();
  });
});

/** All pages, as a reader gets them who goes on from `next`; `between` happens before every read. */
async function walk(
  entries: Entry[],
  page: { limit: number; examine: number },
  between: () => void = () => undefined,
): Promise<string[]> {
  const shown: string[] = [];
  let next: string | undefined;
  do {
    const { read } = reader(entries, next, between);
    const found: MergedPage = await mergeShards(PARTITIONS, page, read);
    expect(found.items.length).toBeLessThanOrEqual(page.limit);
    if (next !== undefined && found.next !== undefined) expect(found.next < next).toBe(true);
    shown.push(...found.items.map((item) => item.openedKey?.S ?? ''));
    next = found.next;
  } while (next !== undefined);
  return shown;
}

/** Reads as DynamoDB does: the limit counts what is looked at, and the filter comes after it. */
function reader(entries: Entry[], before?: string, between: () => void = () => undefined) {
  const seen = { examined: 0, reads: 0 };
  const read: ReadChunk = async ({ partition, start, limit }) => {
    between();
    const from = start?.openedKey?.S ?? before;
    const rest = entries
      .filter((each) => each.partition === partition && (from === undefined || each.key < from))
      .toSorted((a, b) => (a.key < b.key ? 1 : -1));
    const examined = rest.slice(0, limit);
    seen.examined += examined.length;
    seen.reads += 1;
    const last = examined.at(-1);
    return {
      items: examined.filter(({ passes }) => passes).map(item),
      examined: examined.length,
      // There is one whenever the limit was reached, even when nothing follows.
      last: last && examined.length === limit ? item(last) : undefined,
    };
  };
  return { read, seen };
}

function item({ key }: Entry): Item {
  return { openedKey: { S: key } };
}

function apply(change: Change | undefined, entries: Entry[], flipped: Set<string>): void {
  if (change?.kind === 'arrives') {
    if (!entries.some(({ key }) => key === change.entry.key)) entries.push({ ...change.entry });
  } else if (change?.kind === 'flips') {
    const entry = entries[change.at % Math.max(1, entries.length)];
    if (entry === undefined) return;
    entry.passes = !entry.passes;
    flipped.add(entry.key);
  }
}
