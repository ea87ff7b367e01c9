import { ChangeMessageVisibilityCommand, MessageNotInflight } from '@aws-sdk/client-sqs';
import type { SqsQueue } from './send-in-order.ts';

/** Returns a failed message to the queue after a time that the consumer chooses. */
export type VisibilityChanger = {
  /** Whole seconds from now, 0 to 43,200. A message that is gone or visible already is not touched. */
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
