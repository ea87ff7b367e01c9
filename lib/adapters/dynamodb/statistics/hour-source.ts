import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { HOUR, type Millis } from '../../../core/shared/time.ts';
import type { HourSource } from '../../../core/statistics/statistics-store.ts';
import { getDiagnosesKey, toDiagnosis } from '../history/diagnosis-entry.ts';
import { formatTimeKey, getOpenedKey, indexes, toIncidentSummary } from '../incidents/incident-item.ts';
import { marshall } from '../table/marshall.ts';
import { type DynamoTable, type Item, SHARDS } from '../table/table.ts';

/** Hours of the byTime index: one Query a shard and megabyte, all shards in parallel. */
export function createDynamoHourSource(table: DynamoTable): HourSource {
  return {
    async *incidentsOf(hour) {
      for await (const page of pagesOf(table, formatTimeKey, hour)) yield page.map(toIncidentSummary);
    },
    async *diagnosesOf(hour) {
      for await (const page of pagesOf(table, getDiagnosesKey, hour)) yield page.map(toDiagnosis);
    },
  };
}

async function* pagesOf(
  { client, tableName }: DynamoTable,
  partitionOf: (shard: number) => string,
  hour: Millis,
): AsyncGenerator<Item[]> {
  let streams: { shard: number; start?: Item }[] = SHARDS.map((shard) => ({ shard }));
  while (streams.length > 0) {
    const pages = await Promise.all(
      streams.map(({ shard, start }) =>
        client.send(
          new QueryCommand({
            TableName: tableName,
            IndexName: indexes.byTime,
            KeyConditionExpression: 'timeKey = :partition AND openedKey BETWEEN :lower AND :upper',
            ExclusiveStartKey: start,
            // `#` sorts before the digits, so a bare time comes before its ids.
            ExpressionAttributeValues: marshall({
              ':partition': partitionOf(shard),
              ':lower': getOpenedKey(hour, ''),
              ':upper': getOpenedKey(hour + HOUR, ''),
            }),
          }),
        ),
      ),
    );
    for (const { Items = [] } of pages) if (Items.length > 0) yield Items;
    streams = streams.flatMap(({ shard }, i) => {
      const start = pages[i]?.LastEvaluatedKey;
      return start ? [{ shard, start }] : [];
    });
  }
}
