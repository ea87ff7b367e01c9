import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { localCredentials, localRegion, startLocalDynamodb } from '../../infra/local/aws/dynamodb.ts';
import type { DynamoTable } from '../../lib/adapters/dynamodb/table/table.ts';
import type { Environment } from '../../lib/config/load-configuration.ts';

/** A table to fill, and its place in words. `own`: nobody else uses the table, and it is gone at the end. */
export type FoundTable = { table: DynamoTable; where: string; own: boolean; close(): Promise<void> };

const PATIENCE = 2_000;
const RETENTION_DAYS = 400;

/**
 * The table that the environment names, else that of the stack which `npm start` runs with the same environment, else
 * one of its own. A string says why there is none: a table without an endpoint would be a real one.
 */
export async function findTable(environment: Environment, own: boolean): Promise<FoundTable | string> {
  const { TABLE_NAME: tableName, AWS_ENDPOINT_URL_DYNAMODB: endpoint } = environment;
  if (!own && tableName) {
    if (!endpoint) return 'TABLE_NAME needs AWS_ENDPOINT_URL_DYNAMODB: only an emulator is filled.';
    return found(endpoint, tableName, 'the table given by TABLE_NAME');
  }
  const running = own ? undefined : await runningTable(environment);
  if (running) return found(running.endpoint, running.tableName, 'the stack that runs here');
  const local = await startLocalDynamodb();
  const { table } = found(local.endpoint, local.tableName, '');
  return {
    table,
    where: 'a table of its own',
    own: true,
    async close() {
      table.client.destroy();
      await local.close();
    },
  };
}

function found(endpoint: string, tableName: string, where: string): FoundTable {
  const client = new DynamoDBClient({ endpoint, region: localRegion, credentials: localCredentials });
  const table = { client, tableName, retentionDays: RETENTION_DAYS, now: Date.now };
  return { table, where, own: false, close: async () => client.destroy() };
}

const tableSchema = z.object({ endpoint: z.string(), tableName: z.string() });

/** The inbox of a running stack names its table. */
async function runningTable(environment: Environment) {
  const port = environment['INBOX_PORT'] ?? Number(environment['PORT'] ?? 3000) + 1;
  try {
    const response = await fetch(`http://127.0.0.1:${port}/table`, { signal: AbortSignal.timeout(PATIENCE) });
    return response.ok ? tableSchema.safeParse(await response.json()).data : undefined;
  } catch {
    return undefined;
  }
}
