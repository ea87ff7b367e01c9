import { ChangeMessageVisibilityCommand, MessageNotInflight } from '@aws-sdk/client-sqs';
import type { SqsQueue } from './send-in-order.ts';

/** Lets a failed message come back after a time of the consumer's choosing, not after the queue's. */
export type VisibilityChanger = {
  /** Whole seconds from now, 0 to 43,200. A message that is gone or already visible again is left alone. */
  changeVisibility(receiptHandle: string, seconds: number): Promise<void>;
};

const MAX_SECONDS = 43_200;

export function createSqsVisibility({ client, queueUrl }: SqsQueue): VisibilityChanger {
  return {
    async changeVisibility(receiptHandle, seconds) {
      try {
        await client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: queueUrl,
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: Math.min(MAX_SECONDS, Math.max(0, Math.ceil(seconds))),
          }),
        );
      } catch (error) {
        if (error instanceof MessageNotInflight) return;
        throw error;
      }
    },
  };
}
