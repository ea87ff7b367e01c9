import type { DeliverMessage } from '../../../lib/core/delivery/deliver-message-schema.ts';
import { type DeliveryQueue, getMessageGroup } from '../../../lib/core/delivery/delivery-queue.ts';
import type { EffectQueue } from '../../../lib/core/incident/effect-queue.ts';
import type { DiagnoseMessage } from '../../../lib/core/incident/effect-schema.ts';
import { MINUTE, type Millis } from '../../../lib/core/shared/time.ts';
import { createFaults, type Faults } from './faults.ts';

/** How long SQS FIFO answers success to a repeated deduplication id and keeps only the first message. */
const DEDUPLICATION_WINDOW = 5 * MINUTE;

type QueuedMessage<T> = { body: T; group: string; dedupId: string; at: Millis; receives: number };

/** The receiving end of a memory queue. */
export type MemoryQueue<T> = {
  readonly calls: Record<string, number>;
  /** Every message that the queue accepted, oldest first, consumed or not. */
  readonly sent: T[];
  /** Unfinished messages, oldest first. */
  readonly waiting: QueuedMessage<T>[];
  /** Deduplication ids of repeats that were answered with success and dropped. */
  readonly swallowed: string[];
  /** The oldest waiting message that is first in its group; it stays until `done`. Counts a receive. */
  receive(skipGroups?: ReadonlySet<string>): QueuedMessage<T> | undefined;
  done(message: QueuedMessage<T>): void;
};

export type MemoryEffectQueue = EffectQueue &
  MemoryQueue<DiagnoseMessage> & {
    /** The next `hand` accepts only this many of its effects. */
    acceptOnly(count: number): void;
  };

export type MemoryDeliveryQueue = DeliveryQueue & MemoryQueue<DeliverMessage>;

/** The diagnose queue in memory. `now` moves its five-minute deduplication window. */
export function createMemoryEffectQueue(
  now: () => Millis,
  faults: Faults = createFaults(),
): MemoryEffectQueue {
  const port = faults.port('effects');
  const queue = fifo<DiagnoseMessage>(now);
  let accepts: number | undefined;

  return {
    ...queue.receiver,
    calls: port.calls,
    acceptOnly: (count) => {
      accepts = count;
    },
    publish: (incident, effects) =>
      port.run('hand', () => {
        const accepted = effects.slice(0, accepts);
        accepts = undefined;
        for (const effect of accepted) {
          queue.put({ schema: 1, incidentId: incident.id, effect }, incident.id, effect.id);
        }
        return accepted.length;
      }),
  };
}

/** The deliver queue in memory. */
export function createMemoryDeliveryQueue(
  now: () => Millis,
  faults: Faults = createFaults(),
): MemoryDeliveryQueue {
  const port = faults.port('deliveries');
  const queue = fifo<DeliverMessage>(now);

  return {
    ...queue.receiver,
    calls: port.calls,
    send: (messages) =>
      port.run('send', () => {
        for (const message of messages) {
          queue.put(message, getMessageGroup(message), `${message.key}:${message.attempt}`);
        }
      }),
  };
}

function fifo<T>(now: () => Millis) {
  const sent: T[] = [];
  const waiting: QueuedMessage<T>[] = [];
  const swallowed: string[] = [];
  const seenAt = new Map<string, Millis>();

  return {
    put(body: T, group: string, dedupId: string): void {
      const at = now();
      if (at - (seenAt.get(dedupId) ?? Number.NEGATIVE_INFINITY) < DEDUPLICATION_WINDOW) {
        swallowed.push(dedupId);
        return;
      }
      // The oldest come first, so that what is kept does not grow with the time that passes.
      for (const [id, seen] of seenAt) {
        if (at - seen < DEDUPLICATION_WINDOW) break;
        seenAt.delete(id);
      }
      seenAt.set(dedupId, at);
      const copy = structuredClone(body);
      sent.push(copy);
      waiting.push({ body: copy, group, dedupId, at, receives: 0 });
    },
    receiver: {
      sent,
      waiting,
      swallowed,
      receive(skipGroups: ReadonlySet<string> = new Set()): QueuedMessage<T> | undefined {
        const message = waiting.find((entry) => !skipGroups.has(entry.group));
        if (message) message.receives += 1;
        return message && { ...message, body: structuredClone(message.body) };
      },
      done(message: QueuedMessage<T>): void {
        const index = waiting.findIndex(
          (entry) => entry.dedupId === message.dedupId && entry.at === message.at,
        );
        if (index >= 0) waiting.splice(index, 1);
      },
    },
  };
}
