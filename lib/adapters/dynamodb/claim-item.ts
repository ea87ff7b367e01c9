import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Millis } from '../../core/shared/time.ts';
import { holds } from './condition.ts';
import { marshall } from './marshall.ts';
import { type DynamoTable, siblingAttributes } from './table.ts';

/**
 * Takes an item's claim until `until` when none is live at `now`, in one conditional update; `false`: another run holds
 * it, or newer code wrote the item. `destination` is kept with an item that stands for one, which the claim may create.
 */
export function claimItem(
  table: DynamoTable,
  key: { pk: string; sk: string },
  { now, until, destination }: { now: Millis; until: Millis; destination?: string },
): Promise<boolean> {
  const { schema, expiresAt } = siblingAttributes(table);
  const named = destination === undefined ? '' : 'destination = :destination, ';
  return holds(
    table.client.send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: marshall(key),
        UpdateExpression: `SET claimUntil = :until, ${named}#schema = :schema, expiresAt = :expiresAt`,
        ConditionExpression:
          '(attribute_not_exists(claimUntil) OR claimUntil <= :now) AND ' +
          '(attribute_not_exists(#schema) OR #schema <= :schema)',
        ExpressionAttributeNames: { '#schema': 'schema' },
        ExpressionAttributeValues: marshall({
          ':until': until,
          ':now': now,
          ':schema': schema,
          ':expiresAt': expiresAt,
          ...(destination === undefined ? {} : { ':destination': destination }),
        }),
      }),
    ),
  );
}
