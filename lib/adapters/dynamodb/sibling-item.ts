import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item } from './incident-item.ts';
import { type DynamoTable, refuseNewer, SIBLING_SCHEMA, siblingAttributes } from './table.ts';

/** An item beside the state item: storage attributes, and the stored value whole under `content`. */
export function siblingItem(table: DynamoTable, key: { pk: string; sk: string }, content: object): Item {
  return marshall({ content, ...key, ...siblingAttributes(table) }, { removeUndefinedValues: true });
}

/** The value that was stored. Throws NewerSchemaError for an item of newer code. */
export function contentOf<T>(item: Item): T {
  const { pk, sk, schema, content } = unmarshall(item);
  refuseNewer({ pk, sk, schema }, SIBLING_SCHEMA);
  return content as T;
}
