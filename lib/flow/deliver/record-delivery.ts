import type { NoticeMessage } from '../../core/delivery/deliver-message-schema.ts';
import type { DeliveryRecord, MessageRef } from '../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../core/delivery/delivery-stores.ts';
import type { Millis } from '../../core/shared/time.ts';

/** A message of the deliver queue and how often it was received, from 1. */
export type Delivering<M = NoticeMessage> = { message: M; attempt: number };

export type DeliverNoticeResult =
  | { kind: 'done'; outcome: DeliveryRecord['outcome']; record?: DeliveryRecord }
  /**
   * The message must come again after `afterSeconds`. `rateLimited`: only because other messages go first.
   */
  | { kind: 'retry'; afterSeconds: number; reason: string; rateLimited?: true };

/** Records the outcome of one attempt in the history. */
export async function recordDelivery(
  ports: { destinations: Pick<DestinationStore, 'saveDelivery'>; clock: { now(): Millis } },
  { message, attempt }: Delivering,
  outcome: DeliveryRecord['outcome'],
  detail?: string,
  ref?: MessageRef,
): Promise<DeliveryRecord> {
  const { seq, reason, ping, tier } = message.effect;
  const record: DeliveryRecord = {
    key: message.key,
    destination: message.target.destination,
    seq,
    reason,
    ping,
    tier,
    at: ports.clock.now(),
    outcome,
    attempts: attempt,
    detail,
    ref,
  };
  await ports.destinations.saveDelivery(message.incidentId, record);
  return record;
}
