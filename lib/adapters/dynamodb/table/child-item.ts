import { marshall, type NativeAttributeValue, unmarshall } from './marshall.ts';
import { assertSchemaVersion, computeExpiry, type DynamoTable, type Item, type Key } from './table.ts';
import type { Update } from './verbs.ts';

/** Version of the child items; the state item carries its own. */
export const CHILD_SCHEMA = 1;

/** Attributes of every child item besides its content. */
export function createChildAttributes(table: DynamoTable): { schema: number; expiresAt: number } {
  return { schema: CHILD_SCHEMA, expiresAt: computeExpiry(table.now(), table.retentionDays) };
}

/**
 * A child item: storage attributes, and the whole stored value under `content`. `entry` holds the attributes for an
 * index.
 */
export function createChildItem(table: DynamoTable, key: Key, content: object, entry: object = {}): Item {
  return marshall({ content, ...entry, ...key, ...createChildAttributes(table) });
}

/** The condition on a child item that no newer code wrote it; its `:schema` is CHILD_SCHEMA. */
export const NOT_NEWER = '(attribute_not_exists(#schema) OR #schema <= :schema)';

/** The update of a child item that also renews its expiry, and leaves an item of newer code alone. */
export function renewChild(
  table: DynamoTable,
  { set, when, values, ...update }: Update,
  expiresAt = createChildAttributes(table).expiresAt,
): Update {
  return {
    ...update,
    set: `${set ? `${set}, ` : ''}#schema = :schema, expiresAt = :expiresAt`,
    when: `(${when}) AND ${NOT_NEWER}`,
    values: { ...values, schema: CHILD_SCHEMA, expiresAt },
  };
}

/** The attributes of a child item; none without an item. Throws NewerSchemaError for an item of newer code. */
export function parseChild(item: Item = {}): NativeAttributeValue {
  const attributes = unmarshall(item);
  assertSchemaVersion(attributes, CHILD_SCHEMA);
  return attributes;
}

/** The value that createChildItem stored. */
export function parseChildContent(item: Item): NativeAttributeValue {
  return parseChild(item).content;
}
