import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import { createSqsDeadLetters } from '../../lib/adapters/sqs/dead-letters.ts';
import { createSqsDeliveryQueue } from '../../lib/adapters/sqs/queues.ts';
import type { DeliverMessage, SummaryMessage } from '../../lib/core/delivery/deliver-message-schema.ts';
import { SECOND } from '../../lib/core/shared/time.ts';
import { deliverMessage } from '../support/factories/deliver-message.ts';
import { STORED_AT } from '../support/factories/stored-incident.ts';
import { waitFor } from '../support/processes/wait-for.ts';
import { type LocalQueues, startLocalQueues, takeAll } from '../support/servers/local-queues.ts';

let local: LocalQueues;

beforeAll(async () => {
  local = await startLocalQueues();
});

afterAll(() => local.close());

const summary: SummaryMessage = {
  schema: 1,
  kind: 'maintenance-summary',
  key: 's1',
  incidentId: 'maintenance.m1',
  maintenanceId: 'm1',
  target: { channel: 'email', destination: 'email', to: ['a@example.com'] },
  attempt: 2,
};

async function open(now: () => number = systemClock.now) {
  const urls = await local.fresh();
  const letters = { client: local.client, queueUrl: urls.DeliverDeadLetters };
  const deliver = { client: local.client, queueUrl: urls.DeliverQueue };
  return {
    urls,
    deadLetters: createSqsDeadLetters({ letters, deliver, now }),
    die: (messages: DeliverMessage[]) => createSqsDeliveryQueue(letters).send(messages),
    dieAs: (body: string) =>
      local.client.send(
        new SendMessageCommand({
          QueueUrl: urls.DeliverDeadLetters,
          MessageBody: body,
          MessageGroupId: body,
          MessageDeduplicationId: body,
        }),
      ),
    /** Numbers of visible and hidden letters. */
    counts: async () => {
      const { Attributes } = await local.client.send(
        new GetQueueAttributesCommand({
          QueueUrl: urls.DeliverDeadLetters,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return [
        Number(Attributes?.ApproximateNumberOfMessages),
        Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
      ];
    },
  };
}

// In parallel, each on queues of its own: a listing ends with a second in which nothing more comes.
describe.concurrent('a list of dead letters', () => {
  it('gives incident, destination, reason and time', async () => {
    const { deadLetters, die, urls } = await open();
    await die([deliverMessage('k1', { reason: 'escalated', attempt: 3 }), summary]);

    const listing = await deadLetters.list();

    const { Messages = [] } = await local.client.send(
      new ReceiveMessageCommand({
        QueueUrl: urls.DeliverDeadLetters,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    const letter = Messages.find(({ Body }) => Body?.includes(summary.kind));
    expect(listing).toEqual({
      count: 2,
      unreadable: 0,
      letters: expect.arrayContaining([
        {
          incidentId: 'incident.1',
          destination: 'slack:#alerts',
          reason: 'escalated',
          at: STORED_AT,
          attempt: 3,
        },
        {
          incidentId: 'maintenance.m1',
          destination: 'email',
          reason: 'maintenance-summary',
          at: Number(letter?.Attributes?.SentTimestamp),
          attempt: 2,
        },
      ]),
    });
  });

  it('is empty when there are none', async () => {
    const { deadLetters } = await open();

    expect(await deadLetters.list()).toEqual({ count: 0, letters: [], unreadable: 0 });
  });

  it('counts letters that it cannot read', async () => {
    const { deadLetters, die, dieAs } = await open();
    await die([deliverMessage('k1')]);
    await dieAs('{"schema":2}');
    await dieAs('no-json');

    const listing = await deadLetters.list();

    expect(listing).toMatchObject({ count: 3, unreadable: 2, letters: [{ incidentId: 'incident.1' }] });
  });

  it('hides nothing and loses nothing, however often it is requested', async () => {
    const { deadLetters, die, counts, urls } = await open();
    const messages = Array.from({ length: 15 }, (_, n) =>
      deliverMessage(`k${n}`, { incidentId: `incident.${n}` }),
    );
    await die(messages);

    const lengths: number[] = [];
    for (let summary = 0; summary < 5; summary += 1) lengths.push((await deadLetters.list()).letters.length);

    expect(lengths).toEqual([15, 15, 15, 15, 15]);
    expect(await counts()).toEqual([15, 0]);
    const { Attributes } = await local.client.send(
      new GetQueueAttributesCommand({ QueueUrl: urls.DeliverDeadLetters, AttributeNames: ['All'] }),
    );
    expect(Attributes).not.toHaveProperty('RedrivePolicy');
    expect((await takeAll(local.client, urls.DeliverDeadLetters)).map(({ body }) => body)).toEqual(messages);
  });

  it('still counts letters that another request holds', async () => {
    const { deadLetters, die, urls } = await open();
    await die([deliverMessage('k1'), deliverMessage('k2', { incidentId: 'incident.2' })]);
    await local.client.send(
      new ReceiveMessageCommand({ QueueUrl: urls.DeliverDeadLetters, MaxNumberOfMessages: 1 }),
    );

    const listing = await deadLetters.list();

    expect(listing).toMatchObject({ count: 2, letters: [{ incidentId: 'incident.2' }] });
  });

  it('lists at most a hundred at once, and their total number', async () => {
    const { deadLetters, die, counts } = await open();
    await die(Array.from({ length: 104 }, (_, n) => deliverMessage(`k${n}`, { incidentId: `i.${n}` })));

    const listing = await deadLetters.list();

    expect(listing.count).toBe(104);
    expect(listing.letters.length).toBeGreaterThanOrEqual(100);
    expect(await counts()).toEqual([104, 0]);
  });
});

describe.concurrent('requests at the same time', () => {
  /** Holds the first letter like another request that is in the middle of its work. */
  async function holdOne(urls: { DeliverDeadLetters: string }) {
    const { Messages = [] } = await local.client.send(
      new ReceiveMessageCommand({
        QueueUrl: urls.DeliverDeadLetters,
        MaxNumberOfMessages: 1,
        VisibilityTimeout: 30,
      }),
    );
    return (VisibilityTimeout: number) =>
      local.client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: urls.DeliverDeadLetters,
          ReceiptHandle: Messages[0]?.ReceiptHandle,
          VisibilityTimeout,
        }),
      );
  }

  const three = [1, 2, 3].map((n) => deliverMessage(`k${n}`, { incidentId: `incident.${n}` }));

  it('a redrive also sends what another request held when it began', async () => {
    const { deadLetters, die, counts, urls } = await open();
    await die(three);
    const setVisibility = await holdOne(urls);

    const redriven = deadLetters.redrive();
    await waitFor('the others to be sent', async () => ((await counts())[1] === 1 ? true : undefined));
    await setVisibility(0);

    expect(await redriven).toEqual({ redriven: 3, remaining: 0 });
  });

  it('a redrive says that letters remain, which another request still holds', async () => {
    const { deadLetters, die, urls } = await open();
    await die(three);
    await holdOne(urls);

    expect(await deadLetters.redrive()).toEqual({ redriven: 2, remaining: 1 });
  });

  it('two redrives and two listings lose no letter and send none twice', async () => {
    const { deadLetters, die, counts, urls } = await open();
    const many = Array.from({ length: 25 }, (_, n) => deliverMessage(`k${n}`, { incidentId: `i.${n}` }));
    await die(many);

    const [, first, second] = await Promise.all([
      deadLetters.list(),
      deadLetters.redrive(),
      deadLetters.redrive(),
      deadLetters.list(),
    ]);

    expect(first.redriven + second.redriven).toBe(25);
    expect([first.remaining, second.remaining]).toEqual([0, 0]);
    expect(await counts()).toEqual([0, 0]);
    const sent = (await takeAll(local.client, urls.DeliverQueue)).map(({ body }) => body);
    expect(sent).toHaveLength(25);
  });

  it('two listings see all letters', async () => {
    const { deadLetters, die } = await open();
    await die(three);

    const listings = await Promise.all([deadLetters.list(), deadLetters.list()]);

    for (const { count } of listings) expect(count).toBe(3);
    expect(listings.map(({ letters }) => letters.length)).toEqual([3, 3]);
  });
});

describe.concurrent('a redrive', () => {
  it('sends each again with its attempt increased, and leaves unreadable ones in place and visible', async () => {
    const { deadLetters, die, dieAs, counts, urls } = await open();
    const deliver = { client: local.client, queueUrl: urls.DeliverQueue };
    await createSqsDeliveryQueue(deliver).send([deliverMessage('k1')]);
    await takeAll(local.client, urls.DeliverQueue);
    await die([deliverMessage('k1'), deliverMessage('k2', { attempt: 3 }), summary]);
    await dieAs('{"schema":2}');

    const result = await deadLetters.redrive();

    expect(result).toEqual({ redriven: 3, remaining: 1 });
    expect(await counts()).toEqual([1, 0]);
    const back = await takeAll(local.client, urls.DeliverQueue);
    expect(back.map(({ body }) => body)).toEqual(
      expect.arrayContaining([
        deliverMessage('k1', { attempt: 2 }),
        deliverMessage('k2', { attempt: 4 }),
        { ...summary, attempt: 3 },
      ]),
    );
  });

  it('keeps the fields that newer code has added to a letter', async () => {
    const { deadLetters, dieAs, urls } = await open();
    await dieAs(JSON.stringify({ ...deliverMessage('k'), added: 'later' }));

    await deadLetters.redrive();

    const [back] = await takeAll(local.client, urls.DeliverQueue);
    expect(back?.body).toEqual({ ...deliverMessage('k', { attempt: 2 }), added: 'later' });
  });

  it('stops before the API call must end, and returns the number that remain', async () => {
    const times = [0, 0, 16 * SECOND];
    const { deadLetters, die, counts } = await open(() => times.shift() ?? 16 * SECOND);
    await die([1, 2, 3].map((n) => deliverMessage(`k${n}`, { incidentId: `incident.${n}` })));

    const result = await deadLetters.redrive();

    expect(result).toEqual({ redriven: 1, remaining: 2 });
    expect(await counts()).toEqual([2, 0]);
  });

  it('has moved nothing and hidden nothing when the queue accepts nothing', async () => {
    const { urls, die, counts } = await open();
    await die([deliverMessage('k1')]);
    const broken = createSqsDeadLetters({
      letters: { client: local.client, queueUrl: urls.DeliverDeadLetters },
      deliver: { client: local.client, queueUrl: `${urls.DeliverQueue}-gone` },
      now: systemClock.now,
    });

    await expect(broken.redrive()).rejects.toThrow('SQS did not take the batch');

    expect(await counts()).toEqual([1, 0]);
  });
});
