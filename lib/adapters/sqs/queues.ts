import type { DeliverMessage } from '../../core/delivery/deliver-message-schema.ts';
import { type DeliveryQueue, getMessageGroup } from '../../core/delivery/delivery-queue.ts';
import type { EffectQueue } from '../../core/incident/effect-queue.ts';
import type { DiagnoseMessage } from '../../core/incident/effect-schema.ts';
import { hashSha256 } from '../../core/shared/hash.ts';
import { type OutgoingMessage, type SqsQueue, sendInOrder } from './send-in-order.ts';

/** The diagnose queue on SQS. Throws QueueError only if not even the oldest effect was accepted. */
export function createSqsEffectQueue(queue: SqsQueue): EffectQueue {
  return {
    async publish(incident, effects) {
      const messages = effects.map((effect) => {
        const body: DiagnoseMessage = { schema: 1, incidentId: incident.id, effect };
        return { body, group: incident.id, deduplicationId: effect.id };
      });
      const { accepted, failure } = await sendInOrder(queue, messages);
      if (failure && accepted === 0) throw failure;
      return accepted;
    },
  };
}

/** The deliver queue on SQS. Throws QueueError unless every message was accepted. */
export function createSqsDeliveryQueue(queue: SqsQueue): DeliveryQueue {
  return {
    async send(messages) {
      const { failure } = await sendInOrder(queue, messages.map(toOutgoingMessage));
      if (failure) throw failure;
    },
  };
}

/** One group per incident and destination; a deliberate re-send differs by its attempt. */
export function toOutgoingMessage(message: DeliverMessage): OutgoingMessage {
  return {
    body: message,
    group: hashSha256(getMessageGroup(message)),
    deduplicationId: `${message.key}:${message.attempt}`,
  };
}
