import { redactPieces } from '../../core/channel/redact-pieces.ts';
import type { DeliverMessage } from '../../core/delivery/deliver-message-schema.ts';
import { closeDigest } from './close-digest.ts';
import { deliverDetails } from './deliver-details.ts';
import { type DeliverSummaryPorts, deliverMaintenanceSummary } from './deliver-maintenance-summary.ts';
import { type DeliverNoticePorts, deliverNotice } from './deliver-notice.ts';
import type { Delivering, DeliverNoticeResult } from './record-delivery.ts';

export type DeliverPorts = DeliverNoticePorts & DeliverSummaryPorts;

/**
 * Delivers one message of the deliver queue, by its kind. Throws when a store cannot be reached: it comes again. What is rendered
 * is redacted here, for every channel and every kind.
 */
export function deliverMessage(
  given: DeliverPorts,
  { message, attempt }: Delivering<DeliverMessage>,
): Promise<DeliverNoticeResult> {
  const ports = { ...given, channels: given.channels.map(redactPieces) };
  switch (message.kind) {
    case 'notice':
      return deliverNotice(ports, { message, attempt });
    case 'details':
      return deliverDetails(ports, { message, attempt });
    case 'storm-end':
      return closeDigest(ports, { message, attempt });
    case 'maintenance-summary':
      return deliverMaintenanceSummary(ports, { message, attempt });
  }
}
