import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type LocalDynamodb,
  localCredentials,
  localRegion,
  startLocalDynamodb,
  tableDefinition,
} from '../../../infra/local/aws/dynamodb.ts';
import type { DynamoTable } from '../../../lib/adapters/dynamodb/table/table.ts';
import { type CountedCalls, countCalls } from '../fakes/counting-calls.ts';
import { refuseEmptyNames } from '../fakes/refuse-empty-names.ts';
import { refuseScans } from '../fakes/refuse-scans.ts';
import { plantTableFault } from '../fakes/table-faults.ts';

/** The variable with the address of a running server, in which each table is then made; without it each has a server. */
export const DYNAMODB_ENDPOINT = 'FIRST_RESPONDER_TEST_DYNAMODB';

/** A real client on a table of its own, with its calls counted; a Scan throws. */
export type LocalTable = {
  table: DynamoTable;
  endpoint: string;
  calls: CountedCalls;
  close(): Promise<void>;
};

/** `now` is the clock that expiry counts from. `fault` is one of `tableFaults`, in every call. */
export async function startLocalTable(
  now: () => number = Date.now,
  fault = process.env[DYNAMODB_ENDPOINT] && process.env['PLANTED_FAULT'],
): Promise<LocalTable> {
  const shared = process.env[DYNAMODB_ENDPOINT];
  const local = shared ? await createTable(shared, fault) : await startLocalDynamodb();
  const client = createClient(local.endpoint, fault);
  refuseScans(client);
  // Amazon's refuse them themselves.
  if (!shared) refuseEmptyNames(client);
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

async function createTable(endpoint: string, fault: string | undefined): Promise<LocalDynamodb> {
  const TableName = `first-responder-${randomUUID()}`;
  const client = createClient(endpoint, fault);
  await client.send(new CreateTableCommand({ TableName, ...tableDefinition() }));
  return {
    endpoint,
    tableName: TableName,
    async close() {
      await client.send(new DeleteTableCommand({ TableName }));
      client.destroy();
    },
  };
}

function createClient(endpoint: string, fault: string | undefined): DynamoDBClient {
  const client = new DynamoDBClient({ endpoint, region: localRegion, credentials: localCredentials });
  if (fault) plantTableFault(client, fault);
  return client;
}
