import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Millis } from '../../../core/shared/time.ts';
import type { RollUp } from '../../../core/statistics/roll-up.ts';
import type { RollUps } from '../../../core/statistics/statistics-store.ts';
import { holds } from '../table/errors.ts';
import { marshall, unmarshall } from '../table/marshall.ts';
import { queryItems } from '../table/query-items.ts';
import { type DynamoTable, expiry, type Item, refuseNewer, SIBLING_SCHEMA } from '../table/table.ts';
import { hourName, timeOfHour } from './hour-marks.ts';
import { packRollUp, unpackRollUp } from './pack-roll-up.ts';

/**
 * The counted hours, a partition for each UTC month. Calls made: `keep` one PutItem, `between` one Query a month, side
 * by side. They expire together with the incidents that they were counted from.
 */
export function createDynamoRollUps(table: DynamoTable): RollUps {
  const { client, tableName, retentionDays } = table;

  return {
    async keep(rollUp, countedAt) {
      const terms = [
        '(attribute_not_exists(countedAt) OR countedAt <= :countedAt)',
        '(attribute_not_exists(#schema) OR #schema <= :schema)',
        // An hour without anything has no item, unless it had one.
        ...(rollUp.quarters.length === 0 ? ['attribute_exists(pk)'] : []),
      ];
      await holds(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall({
              pk: partitionOf(rollUp.hour),
              sk: hourName(rollUp.hour),
              schema: SIBLING_SCHEMA,
              expiresAt: expiry(rollUp.hour, retentionDays),
              countedAt,
              packed: packRollUp(rollUp),
            }),
            ConditionExpression: terms.join(' AND '),
            ExpressionAttributeNames: { '#schema': 'schema' },
            ExpressionAttributeValues: marshall({ ':countedAt': countedAt, ':schema': SIBLING_SCHEMA }),
          }),
        ),
      );
    },

    async between(from, to) {
      const months = await Promise.all(
        monthsIn(from, to).map((pk) =>
          queryItems(client, {
            TableName: tableName,
            KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
            ExpressionAttributeValues: marshall({
              ':pk': pk,
              ':first': hourName(from),
              ':last': hourName(to - 1),
            }),
          }),
        ),
      );
      return months
        .flat()
        .map(rollUpOf)
        .filter(({ hour, quarters }) => hour >= from && quarters.length > 0);
    },
  };
}

function partitionOf(hour: Millis): string {
  return `stats#${hourName(hour).slice(0, 7)}`;
}

function monthsIn(from: Millis, to: Millis): string[] {
  const months: string[] = [];
  const start = new Date(from);
  for (let month = 0; ; month += 1) {
    const first = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + month);
    if (first >= to) return months;
    months.push(partitionOf(first));
  }
}

function rollUpOf(item: Item): RollUp {
  const { pk, sk, schema, packed } = unmarshall(item);
  refuseNewer({ pk, sk, schema }, SIBLING_SCHEMA);
  return { hour: timeOfHour(sk), quarters: unpackRollUp(packed) };
}
