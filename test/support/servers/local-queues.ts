import { randomUUID } from 'node:crypto';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { localCredentials, localRegion } from '../../../infra/local/aws/dynamodb.ts';
import { createLocalQueues, type LocalSqs, startLocalSqs } from '../../../infra/local/aws/sqs.ts';
import { type CountedCalls, countCalls } from '../fakes/counting-calls.ts';

export type LocalQueues = {
  client: SQSClient;
  calls: CountedCalls;
  /** Queues of its own, with the attributes of infra/queues.yml. */
  fresh(): Promise<LocalSqs['urls']>;
  close(): Promise<void>;
};

/** An SQS stand-in of its own, with a real client whose calls are counted. */
export async function startLocalQueues(): Promise<LocalQueues> {
  const local = await startLocalSqs();
  const client = new SQSClient({
    endpoint: local.endpoint,
    region: localRegion,
    credentials: localCredentials,
  });
  return {
    client,
    calls: countCalls(client),
    fresh: () => createLocalQueues(local.endpoint, randomUUID()),
    async close() {
      client.destroy();
      await local.close();
    },
  };
}

export type TakenMessage = { body: unknown; group?: string; deduplicationId?: string };

/** Receives and deletes every visible message, in order. */
export async function takeAll(client: SQSClient, queueUrl: string): Promise<TakenMessage[]> {
  const taken: TakenMessage[] = [];
  for (;;) {
    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (!Messages?.length) return taken;
    for (const { Body, Attributes, ReceiptHandle } of Messages) {
      taken.push({
        body: JSON.parse(Body ?? 'null'),
        group: Attributes?.MessageGroupId ? Attributes.MessageGroupId : undefined,
        deduplicationId: Attributes?.MessageDeduplicationId ? Attributes.MessageDeduplicationId : undefined,
      });
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
}
