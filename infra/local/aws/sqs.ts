import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { refuseForeignPages } from '../stack/refuse-foreign-pages.ts';
import { localCredentials, localRegion } from './dynamodb.ts';
import { readResources } from './resources.ts';

/** Logical ids of infra/queues.yml. */
type QueueName = 'DiagnoseQueue' | 'DiagnoseDeadLetters' | 'DeliverQueue' | 'DeliverDeadLetters';

export type LocalSqs = {
  endpoint: string;
  urls: Record<QueueName, string>;
  close(): Promise<void>;
};

/**
 * Starts SQS's stand-in on loopback with the queues of infra/queues.yml in it. Port 0: any free one.
 * `overrides` changes attributes of all queues, for tests that cannot wait for a real visibility timeout.
 */
export async function startLocalSqs(
  options: { port?: number; stackName?: string; overrides?: Record<string, string> } = {},
): Promise<LocalSqs> {
  // Its own starter listens on every interface; the local stack is for this machine only.
  const app = buildApp({ logger: false, defaultRegion: localRegion });
  refuseForeignPages(app.server);
  const endpoint = await app.listen({ port: options.port ?? 0, host: '127.0.0.1' });
  const urls = await createLocalQueues(endpoint, options.stackName ?? 'first-responder', options.overrides);
  return {
    endpoint,
    urls,
    async close() {
      // Long polls would keep the server open for up to 20 seconds.
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/** The queues of infra/queues.yml under another stack name in a running stand-in. */
export async function createLocalQueues(
  endpoint: string,
  stackName: string,
  overrides: Record<string, string> = {},
): Promise<Record<QueueName, string>> {
  const client = new SQSClient({ endpoint, region: localRegion, credentials: localCredentials });
  const arns = new Map<string, string>();
  const definitions = readResources('queues.yml', { stackName, getAtt: (logicalId) => logicalId });

  async function create(logicalId: QueueName): Promise<string> {
    const properties = definitions[logicalId]?.Properties;
    if (!properties) throw new Error(`infra/queues.yml has no ${logicalId}`);
    const { QueueName, ...attributes } = properties;
    const name = String(QueueName);
    await client.send(
      new CreateQueueCommand({
        QueueName: name,
        Attributes: { ...attributeStrings(attributes, arns), ...overrides },
      }),
    );
    // The URL in its answer has a host name that only some resolvers know.
    const url = `${endpoint}/000000000000/${name}`;
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
    );
    arns.set(logicalId, Attributes?.QueueArn ?? '');
    return url;
  }

  // Dead letters first: the others point at their ARNs.
  const DiagnoseDeadLetters = await create('DiagnoseDeadLetters');
  const DeliverDeadLetters = await create('DeliverDeadLetters');
  const DiagnoseQueue = await create('DiagnoseQueue');
  const DeliverQueue = await create('DeliverQueue');
  client.destroy();
  return { DiagnoseQueue, DiagnoseDeadLetters, DeliverQueue, DeliverDeadLetters };
}

/** SQS takes attributes as strings; the redrive policy as JSON with the real ARN in it. */
function attributeStrings(
  attributes: Record<string, unknown>,
  arns: ReadonlyMap<string, string>,
): Record<string, string> {
  const strings: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'object' && value !== null) {
      const resolved = Object.entries(value).map(([key, inner]) => [key, arns.get(String(inner)) ?? inner]);
      strings[name] = JSON.stringify(Object.fromEntries(resolved));
      continue;
    }
    strings[name] = String(value);
  }
  return strings;
}
