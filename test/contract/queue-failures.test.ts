import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSqsDeliveryQueue } from '../../lib/adapters/sqs/queues.ts';
import { createSqsVisibility } from '../../lib/adapters/sqs/visibility.ts';
import { deliverMessage } from '../support/factories/deliver-message.ts';
import { type LocalQueues, startLocalQueues } from '../support/servers/local-queues.ts';

let local: LocalQueues;

beforeAll(async () => {
  local = await startLocalQueues();
});

afterAll(() => local.close());

describe('a failed message', () => {
  it('comes back after its visibility timeout', async () => {
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

  it('is not touched when it is no longer in flight', async () => {
    const { DeliverQueue } = await local.fresh();
    const queue = { client: local.client, queueUrl: DeliverQueue };
    await createSqsDeliveryQueue(queue).send([deliverMessage('k')]);
    const visibility = createSqsVisibility(queue);
    const message = await receiveOne(DeliverQueue);
    await visibility.changeVisibility(message?.ReceiptHandle ?? '', 0);

    await expect(visibility.changeVisibility(message?.ReceiptHandle ?? '', 5)).resolves.toBeUndefined();
  });
});

async function receiveOne(queueUrl: string) {
  const { Messages } = await local.client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
  return Messages?.[0];
}
