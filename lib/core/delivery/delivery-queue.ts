import type { DeliverMessage, SummaryMessage } from './delivery.ts';

/** The deliver queue: FIFO, one message group per incident and destination. */
export interface DeliveryQueue {
  /** Sends all or throws. A repeat is harmless: `key` and `attempt` form the deduplication id. */
  send(messages: (DeliverMessage | SummaryMessage)[]): Promise<void>;
}

/**
 * Messages of one group arrive in order, one after the other. Details, the watch over a storm and
 * messages that are set aside have groups of their own, so that no notice of the incident waits behind them.
 */
export function getMessageGroup(message: DeliverMessage | SummaryMessage): string {
  const { incidentId, target } = message;
  const group = `${incidentId} ${target.destination}`;
  if ('kind' in message) return group;
  if (message.storm) return `${group} storm ${message.storm.startedAt}`;
  if (message.details) return `${group} details`;
  return message.setAside ? `${group} set aside` : group;
}
