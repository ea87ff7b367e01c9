import type { DiagnoseMessage, EffectQueue } from '../../core/incident/effect-queue.ts';
import { type SqsQueue, sendInOrder } from './send-in-order.ts';

/** The diagnose queue on SQS. Throws QueueError only when not even the oldest effect was taken. */
export function createSqsEffectQueue(queue: SqsQueue): EffectQueue {
  return {
    async hand(incident, effects) {
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
