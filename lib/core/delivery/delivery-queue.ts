import type { DeliverMessage } from './deliver-message-schema.ts';

/** The deliver queue: FIFO, one message group per incident and destination. */
export interface DeliveryQueue {
  /** Sends all or throws. A repeat is harmless: `key` and `attempt` form the deduplication id. */
  send(messages: DeliverMessage[]): Promise<void>;
}

/**
 * Messages of one group arrive in order, one after the other. Details, the watch over a storm and
 * messages that are set aside have groups of their own, so that no notice of the incident waits behind them.
 */
export function getMessageGroup(message: DeliverMessage): string {
  const group = `${message.incidentId} ${message.target.destination}`;
  switch (message.kind) {
    case 'notice':
      return message.setAside ? `${group} set aside` : group;
    case 'details':
      return `${group} details`;
    case 'storm-end':
      return `${group} storm ${message.startedAt}`;
    case 'maintenance-summary':
      return group;
  }
}
