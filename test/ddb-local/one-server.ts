import { join } from 'node:path';
import { fetchEmulator } from '../../scripts/dynamodb-local/fetch-emulator.ts';
import { type DynamodbLocal, startDynamodbLocal } from '../support/servers/dynamodb-local.ts';
import { DYNAMODB_ENDPOINT } from '../support/servers/local-table.ts';

let server: DynamodbLocal | undefined;

/** Starts one DynamoDB Local for all files of the suite, which have a table each. Vitest calls it before all files. */
export async function setup(): Promise<void> {
  server = await startDynamodbLocal(
    fetchEmulator(join(import.meta.dirname, '..', '..', '.build', 'dynamodb-local')),
  );
  // The processes that run test files inherit it.
  process.env[DYNAMODB_ENDPOINT] = server.endpoint;
}

export async function teardown(): Promise<void> {
  await server?.stop();
}
