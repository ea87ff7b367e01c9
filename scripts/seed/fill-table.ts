import { setTimeout } from 'node:timers/promises';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { createDynamoDestinationStore } from '../../lib/adapters/dynamodb/delivery/destination-store.ts';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { toIncidentItem } from '../../lib/adapters/dynamodb/incidents/incident-item.ts';
import type { DynamoTable, Item } from '../../lib/adapters/dynamodb/table/table.ts';
import type { PastIncident } from './past-incidents.ts';
import { keepRecord } from './past-record.ts';

export type FillOptions = {
  table: DynamoTable;
  /** The newest first. */
  incidents: Iterator<PastIncident>;
  count: number;
  /** How many of the newest get details, timelines, diagnoses and deliveries. */
  withRecords: number;
  stop: AbortSignal;
  onProgress(written: number): void;
};

/** Limit of one BatchWriteItem. */
const BATCH = 25;
/** Batches in flight. */
const AT_ONCE = 8;
const RECORDS_AT_ONCE = 16;
const THROTTLED_PAUSE = 200;

/** Writes the next `count` incidents; returns how many that were, fewer when stopped. */
export async function fillTable(options: FillOptions): Promise<number> {
  const { table, incidents, count, withRecords, stop, onProgress } = options;
  const records: PastIncident[] = [];
  let taken = 0;
  let written = 0;

  function nextBatch(): Item[] {
    const items: Item[] = [];
    while (items.length < BATCH && taken < count) {
      const next = incidents.next();
      if (next.done) break;
      if (taken < withRecords) records.push(next.value);
      items.push(toIncidentItem(next.value.incident, table.retentionDays));
      taken += 1;
    }
    return items;
  }

  async function writeBatches(): Promise<void> {
    while (!stop.aborted) {
      const items = nextBatch();
      if (items.length === 0) return;
      await writeAll(table, items);
      written += items.length;
      onProgress(written);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, writeBatches));

  const ports = { history: createDynamoHistory(table), destinations: createDynamoDestinationStore(table) };
  async function writeRecords(): Promise<void> {
    for (let past = records.shift(); past !== undefined && !stop.aborted; past = records.shift()) {
      await keepRecord(ports, past);
    }
  }
  await Promise.all(Array.from({ length: RECORDS_AT_ONCE }, writeRecords));
  return written;
}

async function writeAll({ client, tableName }: DynamoTable, items: Item[]): Promise<void> {
  let requests = items.map((Item) => ({ PutRequest: { Item } }));
  while (requests.length > 0) {
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }),
    );
    requests = (UnprocessedItems?.[tableName] ?? []).flatMap(({ PutRequest }) =>
      PutRequest?.Item === undefined ? [] : [{ PutRequest: { Item: PutRequest.Item } }],
    );
    // A throttled table accepts a part of them; the SDK waits between attempts only when it accepts none.
    if (requests.length > 0) await setTimeout(THROTTLED_PAUSE);
  }
}
