import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { localCredentials, localRegion, startLocalDynamodb } from '../../../infra/local/aws/dynamodb.ts';
import type { DynamoTable } from '../../../lib/adapters/dynamodb/table/table.ts';
import { type CountedCalls, countCalls } from '../fakes/counting-calls.ts';
import { refuseEmptyNames } from '../fakes/refuse-empty-names.ts';
import { refuseScans } from '../fakes/refuse-scans.ts';

/** A real client on a DynamoDB stand-in of its own, with its calls counted; a Scan throws. */
export type LocalTable = {
  table: DynamoTable;
  endpoint: string;
  calls: CountedCalls;
  close(): Promise<void>;
};

/** Starts it; `now` is the clock that expiry counts from. */
export async function startLocalTable(now: () => number = Date.now): Promise<LocalTable> {
  const local = await startLocalDynamodb();
  const client = new DynamoDBClient({
    endpoint: local.endpoint,
    region: localRegion,
    credentials: localCredentials,
  });
  refuseScans(client);
  refuseEmptyNames(client);
  return {
    table: { client, tableName: local.tableName, retentionDays: 400, now },
    endpoint: local.endpoint,
    calls: countCalls(client),
    async close() {
      client.destroy();
      await local.close();
    },
  };
}
