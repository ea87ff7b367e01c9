import { marshall, type NativeAttributeValue, unmarshall } from './marshall.ts';
import { type DynamoTable, type Item, refuseNewer, SIBLING_SCHEMA, siblingAttributes } from './table.ts';

/**
 * An item beside the state item: storage attributes, and the stored value whole under `content`. `entry` is what an
 * index is to hold of it.
 */
export function siblingItem(
  table: DynamoTable,
  key: { pk: string; sk: string },
  content: object,
  entry: object = {},
): Item {
  return marshall({ content, ...entry, ...key, ...siblingAttributes(table) });
}

/** The value that was stored. Throws NewerSchemaError for an item of newer code. */
export function contentOf(item: Item): NativeAttributeValue {
  const { content, ...storage } = unmarshall(item);
  refuseNewer(storage, SIBLING_SCHEMA);
  return content;
}
