import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSqsDeliveryQueue } from '../../lib/adapters/sqs/delivery-queue.ts';
import { redriveDeliveries } from '../../lib/adapters/sqs/redrive.ts';
import { createSqsVisibility } from '../../lib/adapters/sqs/visibility.ts';
import { deliverMessage } from '../support/deliver-message.ts';
import { type LocalQueues, startLocalQueues, takeAll } from '../support/local-queues.ts';

let local: LocalQueues;

beforeAll(async () => {
  local = await startLocalQueues();
});

afterAll(() => local.close());

describe('a failed message', () => {
  it('comes back when its visibility says so', async () => {
    const { DeliverQueue } = await local.fresh();
    const queue = { client: local.client, queueUrl: DeliverQueue };
    await createSqsDeliveryQueue(queue).send([deliverMessage('k')]);
    const visibility = createSqsVisibility(queue);

    const first = await receiveOne(DeliverQueue);
    const hidden = await receiveOne(DeliverQueue);
    await visibility.changeVisibility(first?.ReceiptHandle ?? '', 0);
    const again = await receiveOne(DeliverQueue);

    expect(hidden).toBeUndefined();
    expect(again?.Body).toBe(first?.Body);
  });

  it('that is no longer in flight is left alone', async () => {
    const { DeliverQueue } = await local.fresh();
    const queue = { client: local.client, queueUrl: DeliverQueue };
    await createSqsDeliveryQueue(queue).send([deliverMessage('k')]);
    const visibility = createSqsVisibility(queue);
    const message = await receiveOne(DeliverQueue);
    await visibility.changeVisibility(message?.ReceiptHandle ?? '', 0);

    await expect(visibility.changeVisibility(message?.ReceiptHandle ?? '', 5)).resolves.toBeUndefined();
  });
});

describe('dead letters of the deliver queue', () => {
  it('go back with their attempt grown, and what is not ours stays', async () => {
    const urls = await local.fresh();
    const letters = createSqsDeliveryQueue({ client: local.client, queueUrl: urls.DeliverDeadLetters });
    const deliver = { client: local.client, queueUrl: urls.DeliverQueue };
    await createSqsDeliveryQueue(deliver).send([deliverMessage('k1')]);
    await takeAll(local.client, urls.DeliverQueue);
    await letters.send([deliverMessage('k1'), deliverMessage('k2', { attempt: 3 })]);
    await local.client.send(
      new SendMessageCommand({
        QueueUrl: urls.DeliverDeadLetters,
        MessageBody: '{"schema":2}',
        MessageGroupId: 'g',
        MessageDeduplicationId: 'd',
      }),
    );

    const result = await redriveDeliveries({
      client: local.client,
      deadLettersUrl: urls.DeliverDeadLetters,
      queueUrl: urls.DeliverQueue,
    });

    const back = await takeAll(local.client, urls.DeliverQueue);
    const { Attributes } = await local.client.send(
      new GetQueueAttributesCommand({
        QueueUrl: urls.DeliverDeadLetters,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    expect(result).toEqual({ moved: 2, left: 1 });
    expect(back.map((message) => message.body)).toEqual([
      deliverMessage('k1', { attempt: 2 }),
      deliverMessage('k2', { attempt: 4 }),
    ]);
    expect(
      Object.values(Attributes ?? {})
        .map(Number)

        .toSorted((a, b) => a - b),
    ).toEqual([0, 1]);
  });
});

async function receiveOne(queueUrl: string) {
  const { Messages } = await local.client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
  return Messages?.[0];
}
