import type { DeliverMessage, SummaryMessage } from './delivery.ts';

/** The deliver queue: FIFO, one message group per incident and destination. */
export interface DeliveryQueue {
  /** Sends all or throws; a repeat is harmless, because `key` and `attempt` make the deduplication id. */
  send(messages: (DeliverMessage | SummaryMessage)[]): Promise<void>;
}

/**
 * Messages of one group arrive in order, one after the other. The watch over a storm has its own, so that it stands in
 * the way of nothing that is told of the incident that began it.
 */
export function messageGroup(message: DeliverMessage | SummaryMessage): string {
  const { incidentId, target } = message;
  const storm = 'kind' in message ? undefined : message.storm;
  return `${incidentId} ${target.destination}${storm ? ` storm ${storm.startedAt}` : ''}`;
}
