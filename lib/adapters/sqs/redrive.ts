import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeliverMessage } from '../../core/delivery/delivery.ts';
import { outgoing } from './delivery-queue.ts';
import { sendInOrder } from './send-in-order.ts';

export type RedriveResult = {
  /** Messages that are back on the deliver queue. */
  moved: number;
  /** Messages that are no deliver messages of this version; they stay where they are. */
  left: number;
};

/**
 * Puts the deliver queue's dead letters back on it. Each is sent with its attempt grown, because SQS would swallow
 * the same deduplication id, and deleted only then: a crash in between sends twice, which `key` makes harmless.
 * Ends when the dead letters are empty or hidden. Throws QueueError when a message cannot be sent.
 */
export async function redriveDeliveries(queues: {
  client: SQSClient;
  deadLettersUrl: string;
  queueUrl: string;
}): Promise<RedriveResult> {
  const { client, deadLettersUrl, queueUrl } = queues;
  const result: RedriveResult = { moved: 0, left: 0 };

  for (let received = await receive(client, deadLettersUrl); received.length > 0; ) {
    for (const { Body = '', ReceiptHandle } of received) {
      const message = deliverMessage(Body);
      if (!message) {
        result.left += 1;
        continue;
      }
      const again = { ...message, attempt: message.attempt + 1 };
      const { failure } = await sendInOrder({ client, queueUrl }, [outgoing(again)]);
      if (failure) throw failure;
      await client.send(new DeleteMessageCommand({ QueueUrl: deadLettersUrl, ReceiptHandle }));
      result.moved += 1;
    }
    received = await receive(client, deadLettersUrl);
  }
  return result;
}

/** A short wait asks all of SQS's servers; without one an answer may be empty although messages wait. */
async function receive(client: SQSClient, queueUrl: string): Promise<Message[]> {
  const { Messages } = await client.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
  );
  return Messages ?? [];
}

/** As much of a check as a redrive needs: the message was ours when it was sent. */
function deliverMessage(body: string): DeliverMessage | undefined {
  try {
    const message: DeliverMessage | null = JSON.parse(body);
    const ours =
      message?.schema === 1 && typeof message.key === 'string' && Number.isInteger(message.attempt);
    return ours ? message : undefined;
  } catch {
    return undefined;
  }
}
