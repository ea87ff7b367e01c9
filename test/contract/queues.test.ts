import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSqsDeliveryQueue, createSqsEffectQueue } from '../../lib/adapters/sqs/queues.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { deliverMessage } from '../support/factories/deliver-message.ts';
import { storedEffect } from '../support/factories/stored-incident.ts';
import {
  createMemoryDeliveryQueue,
  createMemoryEffectQueue,
  type MemoryQueue,
} from '../support/fakes/memory-queues.ts';
import { createFakeClock } from '../support/fakes/memory-world.ts';
import { type LocalQueues, startLocalQueues, takeAll } from '../support/servers/local-queues.ts';
import { deliveryQueueContract, effectQueueContract } from './queues.contract.ts';

let local: LocalQueues;

beforeAll(async () => {
  local = await startLocalQueues();
});

afterAll(() => local.close());

effectQueueContract('the memory queue', async () => {
  const queue = createMemoryEffectQueue(() => 0);
  return { queue, takeAll: async () => drain(queue) };
});

effectQueueContract('SQS', async () => {
  const urls = await local.fresh();
  const queue = createSqsEffectQueue({ client: local.client, queueUrl: urls.DiagnoseQueue });
  return { queue, takeAll: () => bodies(urls.DiagnoseQueue) };
});

deliveryQueueContract('the memory queue', async () => {
  const queue = createMemoryDeliveryQueue(() => 0);
  return { queue, takeAll: async () => drain(queue) };
});

deliveryQueueContract('SQS', async () => {
  const urls = await local.fresh();
  const queue = createSqsDeliveryQueue({ client: local.client, queueUrl: urls.DeliverQueue });
  return { queue, takeAll: () => bodies(urls.DeliverQueue) };
});

describe('the memory queue', () => {
  it('accepts a repeated effect again once the deduplication window has passed', async () => {
    const clock = createFakeClock(0);
    const queue = createMemoryEffectQueue(clock.now);
    const incident = { id: 'a.1' };

    await queue.publish(incident, [storedEffect(incident, 1)]);
    clock.advance(5 * MINUTE - 1);
    await queue.publish(incident, [storedEffect(incident, 1)]);
    clock.advance(1);
    await queue.publish(incident, [storedEffect(incident, 1)]);

    expect(queue.sent).toHaveLength(2);
    expect(queue.swallowed).toEqual(['a.1:1']);
  });
});

describe('what is sent to SQS', () => {
  it('is one call for up to ten effects', async () => {
    const { DiagnoseQueue } = await local.fresh();
    const incident = { id: 'a.1' };
    const effects = Array.from({ length: 10 }, (_, n) => storedEffect(incident, n + 1));
    local.calls.reset();

    await createSqsEffectQueue({ client: local.client, queueUrl: DiagnoseQueue }).publish(incident, effects);

    expect(local.calls.counts).toEqual({ SendMessageBatchCommand: 1 });
  });

  it('is grouped by incident, and by incident and destination', async () => {
    const urls = await local.fresh();
    const effects = createSqsEffectQueue({ client: local.client, queueUrl: urls.DiagnoseQueue });
    const deliveries = createSqsDeliveryQueue({ client: local.client, queueUrl: urls.DeliverQueue });
    const mail = { channel: 'email', destination: 'email', to: [] } as const;

    await effects.publish({ id: 'a.1' }, [storedEffect({ id: 'a.1' }, 1)]);
    await deliveries.send([
      deliverMessage('k1'),
      deliverMessage('k2'),
      deliverMessage('k3', { target: { ...mail, to: [] } }),
      deliverMessage('k4', { incidentId: 'other.1' }),
    ]);

    const [effect] = await takeAll(local.client, urls.DiagnoseQueue);
    const groups = (await takeAll(local.client, urls.DeliverQueue)).map((message) => message.group);
    expect([effect?.group, effect?.deduplicationId]).toEqual(['a.1', 'a.1:1']);
    expect(new Set(groups).size).toBe(3);
  });

  it('has ids that SQS accepts, however long or odd ours are', async () => {
    const { DiagnoseQueue } = await local.fresh();
    const incident = { id: `${'ü'.repeat(70)}.1` };
    const long = { id: `${'a'.repeat(200)}.1` };
    const queue = createSqsEffectQueue({ client: local.client, queueUrl: DiagnoseQueue });

    await queue.publish(incident, [storedEffect(incident, 1), storedEffect(incident, 2)]);
    await queue.publish(long, [storedEffect(long, 1)]);

    const taken = await takeAll(local.client, DiagnoseQueue);
    const ids = taken.map((message) => message.deduplicationId ?? '');
    expect(new Set(ids).size).toBe(3);
    for (const id of [...ids, ...taken.map((message) => message.group ?? '')]) {
      expect(id).toMatch(/^[!-~]{1,128}$/);
    }
  });

  it('is split into batches under 1 MiB', async () => {
    const { DiagnoseQueue } = await local.fresh();
    const incident = { id: 'a.1' };
    const effects = [1, 2, 3].map((seq) =>
      storedEffect(incident, seq, { userAction: { by: 'Ana', note: 'x'.repeat(400_000) } }),
    );
    local.calls.reset();

    const accepted = await createSqsEffectQueue({ client: local.client, queueUrl: DiagnoseQueue }).publish(
      incident,
      effects,
    );

    expect(accepted).toBe(3);
    expect(local.calls.counts).toEqual({ SendMessageBatchCommand: 2 });
  });
});

describe('a batch that SQS accepts in part', () => {
  it('counts only up to the first refused effect', async () => {
    const client = refusing(['2', '5']);
    const incident = { id: 'a.1' };
    const effects = Array.from({ length: 12 }, (_, n) => storedEffect(incident, n + 1));

    const accepted = await createSqsEffectQueue({ client, queueUrl: 'http://queue' }).publish(
      incident,
      effects,
    );

    expect(accepted).toBe(2);
  });

  it('is an error when not even the oldest effect was accepted', async () => {
    const queue = createSqsEffectQueue({ client: refusing(['0']), queueUrl: 'http://queue' });
    const incident = { id: 'a.1' };

    const handing = queue.publish(incident, [storedEffect(incident, 1), storedEffect(incident, 2)]);

    await expect(handing).rejects.toThrow('InternalError');
  });

  it('is an error for deliveries, which must all be sent', async () => {
    const queue = createSqsDeliveryQueue({ client: refusing(['1']), queueUrl: 'http://queue' });

    const sending = queue.send([deliverMessage('k1'), deliverMessage('k2')]);

    await expect(sending).rejects.toThrow('InternalError');
  });
});

describe('infra/queues.yml', () => {
  it('gives the queues the attributes that the consumers rely on', async () => {
    const urls = await local.fresh();

    const attributes = await Promise.all(
      [urls.DiagnoseQueue, urls.DeliverQueue].map(async (QueueUrl) => {
        const { Attributes = {} } = await local.client.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
        );
        const redrive = JSON.parse(Attributes.RedrivePolicy ?? '{}');
        return {
          visibility: Attributes.VisibilityTimeout,
          size: Attributes.MaximumMessageSize,
          receives: redrive.maxReceiveCount,
          dead: /-(diagnose|deliver)-dead\.fifo$/.exec(redrive.deadLetterTargetArn)?.[1],
        };
      }),
    );

    expect(attributes).toEqual([
      { visibility: '180', size: '1048576', receives: 4, dead: 'diagnose' },
      { visibility: '180', size: '1048576', receives: 100, dead: 'deliver' },
    ]);
  });
});

function drain<T>(queue: MemoryQueue<T>): T[] {
  const taken: T[] = [];
  for (let message = queue.receive(); message; message = queue.receive()) {
    taken.push(message.body);
    queue.done(message);
  }
  return taken;
}

async function bodies<T>(queueUrl: string): Promise<T[]> {
  return (await takeAll(local.client, queueUrl)).map((message) => message.body as T);
}

/** SQS with refusals; the emulator never refuses a part of a batch by itself. */
function refusing(ids: string[]): SQSClient {
  const client = new SQSClient({ region: 'local', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
  client.middlewareStack.add(
    () => async (args) => {
      const entries = 'Entries' in args.input ? (args.input.Entries ?? []) : [];
      const all = entries.map((entry) => entry.Id ?? '');
      const output = {
        $metadata: {},
        Successful: all
          .filter((Id) => !ids.includes(Id))
          .map((Id) => ({ Id, MessageId: Id, MD5OfMessageBody: '' })),
        Failed: all
          .filter((Id) => ids.includes(Id))
          .map((Id) => ({ Id, Code: 'InternalError', SenderFault: false })),
      };
      return { output, response: {} };
    },
    { step: 'initialize', priority: 'high' },
  );
  return client;
}
