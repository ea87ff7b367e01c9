import { ConditionalCheckFailedException, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Claim, Claimed, Holder } from '../../../core/delivery/claim.ts';
import { putWhereHeld } from './errors.ts';
import { marshall } from './marshall.ts';
import { createChildAttributes, type DynamoTable, type Item } from './table.ts';

type Key = { pk: string; sk: string };

/**
 * Takes an item's claim as ClaimedItem says, in one conditional update, and returns the item. `undefined`: another
 * run holds the claim or has left an intent, or newer code wrote the item. The claim may create an item that stands
 * for a destination; `destination` is then stored with it.
 */
export async function claimItem(
  table: DynamoTable,
  key: Key,
  { owner, now, until, intent, uncertainSends }: Claim,
  destination?: string,
): Promise<Item | undefined> {
  const { schema, expiresAt } = createChildAttributes(table);
  const further = Object.entries({ intent, uncertainSends, destination }).filter(
    ([, value]) => value !== undefined,
  );
  const set = further.map(([name]) => `${name} = :${name}, `).join('');
  const over = 'attribute_not_exists(claimUntil) OR claimUntil <= :now';
  const free = intent && !uncertainSends ? `(${over}) AND attribute_not_exists(intent)` : over;
  try {
    const { Attributes } = await table.client.send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: marshall(key),
        UpdateExpression: `SET claimUntil = :until, claimOwner = :owner, ${set}#schema = :schema, expiresAt = :expiresAt`,
        ConditionExpression: `(${free} OR claimOwner = :owner) AND (attribute_not_exists(#schema) OR #schema <= :schema)`,
        ExpressionAttributeNames: { '#schema': 'schema' },
        ExpressionAttributeValues: marshall({
          ':until': until,
          ':owner': owner,
          ':now': now,
          ':schema': schema,
          ':expiresAt': expiresAt,
          ...Object.fromEntries(further.map(([name, value]) => [`:${name}`, value])),
        }),
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes ?? {};
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
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
  return putWhereHeld(
    table.client.send(
      new PutItemCommand({
        TableName: table.tableName,
        Item: marshall({
          ...notified,
          claimUntil: until,
          ...(until === 0 ? { savedBy: owner } : { claimOwner: owner }),
          ...key,
          ...createChildAttributes(table),
        }),
        ConditionExpression: 'claimOwner = :owner OR (attribute_not_exists(claimOwner) AND savedBy = :owner)',
        ExpressionAttributeValues: marshall({ ':owner': owner }),
      }),
    ),
  );
}
