import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Millis } from '../../../core/shared/time.ts';
import type { RollUp } from '../../../core/statistics/roll-up.ts';
import type { RollUps } from '../../../core/statistics/statistics-store.ts';
import { putWhereHeld } from '../table/errors.ts';
import { marshall, unmarshall } from '../table/marshall.ts';
import { queryItems } from '../table/query-items.ts';
import {
  assertSchemaVersion,
  CHILD_SCHEMA,
  computeExpiry,
  type DynamoTable,
  type Item,
} from '../table/table.ts';
import { formatHourKey, parseHourKey } from './dirty-hours.ts';
import { packRollUp, unpackRollUp } from './pack-roll-up.ts';

/**
 * The counted hours, a partition for each UTC month. Calls made: `keep` one PutItem, `between` one Query a month, in
 * parallel. They expire together with the incidents that they were counted from.
 */
export function createDynamoRollUps(table: DynamoTable): RollUps {
  const { client, tableName, retentionDays } = table;

  return {
    async keep(rollUp, countedAt) {
      const terms = [
        '(attribute_not_exists(countedAt) OR countedAt <= :countedAt)',
        '(attribute_not_exists(#schema) OR #schema <= :schema)',
        // An empty hour needs no item, unless it had one.
        ...(rollUp.quarters.length === 0 ? ['attribute_exists(pk)'] : []),
      ];
      await putWhereHeld(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall({
              pk: getPartition(rollUp.hour),
              sk: formatHourKey(rollUp.hour),
              schema: CHILD_SCHEMA,
              expiresAt: computeExpiry(rollUp.hour, retentionDays),
              countedAt,
              packed: packRollUp(rollUp),
            }),
            ConditionExpression: terms.join(' AND '),
            ExpressionAttributeNames: { '#schema': 'schema' },
            ExpressionAttributeValues: marshall({ ':countedAt': countedAt, ':schema': CHILD_SCHEMA }),
          }),
        ),
      );
    },

    async between(from, to) {
      const months = await Promise.all(
        listMonths(from, to).map((pk) =>
          queryItems(client, {
            TableName: tableName,
            KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
            ExpressionAttributeValues: marshall({
              ':pk': pk,
              ':first': formatHourKey(from),
              ':last': formatHourKey(to - 1),
            }),
          }),
        ),
      );
      return months
        .flat()
        .map(toRollUp)
        .filter(({ hour, quarters }) => hour >= from && quarters.length > 0);
    },
  };
}

function getPartition(hour: Millis): string {
  return `stats#${formatHourKey(hour).slice(0, 7)}`;
}

function listMonths(from: Millis, to: Millis): string[] {
  const months: string[] = [];
  const start = new Date(from);
  for (let month = 0; ; month += 1) {
    const first = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + month);
    if (first >= to) return months;
    months.push(getPartition(first));
  }
}

function toRollUp(item: Item): RollUp {
  const { pk, sk, schema, packed } = unmarshall(item);
  assertSchemaVersion({ pk, sk, schema }, CHILD_SCHEMA);
  return { hour: parseHourKey(sk), quarters: unpackRollUp(packed) };
}
