import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

const SCANS: ReadonlySet<string> = new Set([
  'ScanCommand',
  'ExecuteStatementCommand',
  'BatchExecuteStatementCommand',
  'ExecuteTransactionCommand',
]);

/** Makes the client throw for every call that reads, or could read, a table from end to end. */
export function refuseScans(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next, context) => (args) => {
      const name = context.commandName ?? '';
      if (SCANS.has(name)) throw new Error(`${name}: the table is never scanned`);
      return next(args);
    },
    { step: 'initialize', name: 'refuseScans' },
  );
}
