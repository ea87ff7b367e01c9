import type { Claim, Claimed, Holder } from '../../../core/delivery/claim.ts';
import { createChildAttributes, renewChild } from './child-item.ts';
import { marshall } from './marshall.ts';
import type { DynamoTable, Item, Key } from './table.ts';
import { putIf, updateAndReadIf } from './verbs.ts';

/**
 * Takes an item's claim as ClaimedItem says, in one conditional update, and returns the item. `undefined`: another
 * run holds the claim or has left an intent, or newer code wrote the item. The claim may create an item that stands
 * for a destination; `destination` is then stored with it.
 */
export function claimItem(
  table: DynamoTable,
  key: Key,
  { owner, now, until, intent, uncertainSends }: Claim,
  destination?: string,
): Promise<Item | undefined> {
  const given = Object.entries({ intent, uncertainSends, destination }).filter(
    ([, value]) => value !== undefined,
  );
  const over = 'attribute_not_exists(claimUntil) OR claimUntil <= :now';
  const free = intent && !uncertainSends ? `(${over}) AND attribute_not_exists(intent)` : over;
  const update = renewChild(table, {
    set: [
      'claimUntil = :until',
      'claimOwner = :owner',
      ...given.map(([name]) => `${name} = :${name}`),
    ].join(),
    when: `${free} OR claimOwner = :owner`,
    values: { until, owner, now, ...Object.fromEntries(given) },
  });
  return updateAndReadIf(table, key, update);
}

/**
 * Stores a record under its claim in one conditional write. Repeating the write succeeds, because the item remembers
 * who gave its claim back. `false`: another run has claimed it since.
 */
export function saveClaimed(
  table: DynamoTable,
  key: Key,
  record: Claimed,
  { owner, until }: Holder,
): Promise<boolean> {
  const { claimUntil: _, claimOwner: __, intent: ___, ...notified } = record;
  const item = marshall({
    ...notified,
    claimUntil: until,
    ...(until === 0 ? { savedBy: owner } : { claimOwner: owner }),
    ...key,
    ...createChildAttributes(table),
  });
  const held = 'claimOwner = :owner OR (attribute_not_exists(claimOwner) AND savedBy = :owner)';
  return putIf(table, item, held, { owner });
}
