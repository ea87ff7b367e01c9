import { once } from 'node:events';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { refuseForeignPages } from '../stack/refuse-foreign-pages.ts';
import { readResources } from './resources.ts';

export type LocalDynamodb = {
  endpoint: string;
  tableName: string;
  close(): Promise<void>;
};

/** Credentials that AWS SDKs require and no stand-in checks. */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };
export const localRegion = 'eu-central-1';

/**
 * Starts DynamoDB's stand-in on loopback with the table of infra/table.yml in it. Port 0: any free one.
 * Throws the error of `listen` when the port is taken.
 */
export async function startLocalDynamodb(
  options: { port?: number; tableName?: string } = {},
): Promise<LocalDynamodb> {
  const tableName = options.tableName ?? 'first-responder';
  const server = dynalite({ createTableMs: 0 });
  refuseForeignPages(server);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite listens on no port');
  const endpoint = `http://127.0.0.1:${address.port}`;

  await createLocalTable(endpoint, tableName);

  return {
    endpoint,
    tableName,
    async close() {
      const closed = new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

/** One more table of infra/table.yml in a running stand-in, so that test files do not share one. */
export async function createLocalTable(endpoint: string, tableName: string): Promise<void> {
  const client = new DynamoDBClient({ endpoint, region: localRegion, credentials: localCredentials });
  await client.send(new CreateTableCommand({ TableName: tableName, ...tableDefinition() }));
  client.destroy();
}

/** The part of the table's properties that CreateTable accepts; backups and expiry are AWS's own. */
export function tableDefinition(): Omit<CreateTableCommandInput, 'TableName'> {
  const resources = readResources('table.yml', {
    stackName: 'local',
    getAtt: (logicalId, attribute) => `${logicalId}.${attribute}`,
  });
  const table = resources.IncidentTable;
  if (table?.Type !== 'AWS::DynamoDB::Table') throw new Error('infra/table.yml has no IncidentTable');
  const properties: Omit<CreateTableCommandInput, 'TableName'> = table.Properties;
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } = properties;
  return { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode };
}
