import { GetQueueAttributesCommand, type Message, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { Consumer } from 'sqs-consumer';
import type { LambdaStandIn } from './lambda-stand-in.ts';

/** Messages of different groups that one queue's function processes at the same time. */
const CONCURRENCY = 4;

export type QueueWorkerOptions = {
  queueUrl: string;
  functionKey: string;
  lambda: Pick<LambdaStandIn, 'invoke'>;
  /** Endpoint, region and credentials of the queue. */
  variables: Record<string, string>;
};

/**
 * Lambda's event source mapping: polls a queue, invokes a function with the messages, and deletes those that the
 * function does not report as failed. The others come back after their visibility timeout.
 */
export async function startQueueWorker(options: QueueWorkerOptions): Promise<{ close(): Promise<void> }> {
  const { queueUrl, functionKey, lambda, variables } = options;
  const sqs = new SQSClient({
    endpoint: variables.AWS_ENDPOINT_URL_SQS ?? '',
    region: variables.AWS_REGION ?? '',
    credentials:
      variables.AWS_ACCESS_KEY_ID === undefined
        ? undefined
        : {
            accessKeyId: variables.AWS_ACCESS_KEY_ID,
            secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
          },
  });
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  const arn = Attributes?.QueueArn ?? '';

  async function work(message: Message): Promise<Message | undefined> {
    const invocation = await lambda.invoke(functionKey, eventOf(message, arn, variables.AWS_REGION ?? ''));
    if (invocation.kind === 'failed') return undefined;
    const failures = failuresIn(invocation.value);
    return failures.includes(message.MessageId ?? '') ? undefined : message;
  }

  const consumers = Array.from({ length: CONCURRENCY }, () =>
    Consumer.create({
      queueUrl,
      sqs,
      messageSystemAttributeNames: ['All'],
      handleMessage: work,
      waitTimeSeconds: 20,
      suppressFifoWarning: true,
    }),
  );
  for (const consumer of consumers) {
    // Errors while stopping are expected; while running, the next poll follows by itself.
    consumer.on('error', () => undefined);
    consumer.on('processing_error', () => undefined);
    consumer.start();
  }
  return {
    async close() {
      for (const consumer of consumers) consumer.stop({ abort: true });
      sqs.destroy();
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
function eventOf(message: Message, arn: string, region: string): SQSEvent {
  const given = message.Attributes ?? {};
  return {
    Records: [
      {
        messageId: message.MessageId ?? '',
        receiptHandle: message.ReceiptHandle ?? '',
        body: message.Body ?? '',
        attributes: {
          ...given,
          ApproximateReceiveCount: given.ApproximateReceiveCount ?? '1',
          SentTimestamp: given.SentTimestamp ?? '',
          SenderId: given.SenderId ?? '',
          ApproximateFirstReceiveTimestamp: given.ApproximateFirstReceiveTimestamp ?? '',
        },
        messageAttributes: {},
        md5OfBody: message.MD5OfBody ?? '',
        eventSource: 'aws:sqs',
        eventSourceARN: arn,
        awsRegion: region,
      },
    ],
  };
}

function failuresIn(value: unknown): string[] {
  const response: SQSBatchResponse = Object(value);
  return (response.batchItemFailures ?? []).map((failure) => failure.itemIdentifier);
}
