import type { DeliverMessage, SummaryMessage } from './delivery.ts';

/** The deliver queue: FIFO, one message group per incident and destination. */
export interface DeliveryQueue {
  /** Sends all or throws; a repeat is harmless, because `key` and `attempt` make the deduplication id. */
  send(messages: (DeliverMessage | SummaryMessage)[]): Promise<void>;
}
