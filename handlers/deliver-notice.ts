import { readDeliverMessage } from '../lib/core/delivery/deliver-message-schema.ts';
import { type DeliverPorts, deliverMessage } from '../lib/flow/deliver/deliver-message.ts';
import { wireDeliverNotice } from '../lib/wiring.ts';
import { type ConsumerParts, createConsumer } from './middleware/consumer.ts';
import { runUnattended } from './middleware/init-once.ts';

const LONGEST_RETRY_SECONDS = 300;

export type DeliverNoticeParts = ConsumerParts & { ports: DeliverPorts };

/** Delay after an exception, so after broken infrastructure: 1 s, doubled each time, at most 5 min. */
export function getDeliverRetrySeconds(receiveCount: number): number {
  return Math.min(LONGEST_RETRY_SECONDS, 2 ** Math.min(receiveCount - 1, 10));
}

/** Consumer of the deliver queue. */
export function createDeliverNotice({ ports, ...parts }: DeliverNoticeParts) {
  return createConsumer(parts, {
    read: readDeliverMessage,
    unreadableSeconds: 0,
    afterFailure: getDeliverRetrySeconds,
    handle: async (message, attempt) => {
      const { incidentId, key, target } = message;
      const about = { incidentId, key, destination: target.destination, attempt };
      const result = await deliverMessage(ports, { message, attempt });
      if (result.kind === 'retry') {
        const { afterSeconds, reason } = result;
        // Waiting for a slot is no failure.
        const level = result.rateLimited ? 'info' : 'warn';
        parts.log[level]('notice to be sent again', { ...about, afterSeconds, reason });
        return { kind: 'again', afterSeconds };
      }
      parts.log.info('notice settled', { ...about, outcome: result.outcome });
      return { kind: 'done' };
    },
  });
}

export const handler = runUnattended(wireDeliverNotice, createDeliverNotice);
