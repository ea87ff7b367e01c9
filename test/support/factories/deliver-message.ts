import type { DeliverMessage } from '../../../lib/core/delivery/delivery.ts';
import { STORED_AT } from './stored-incident.ts';

/** A message for Slack; `key` is its name in tests. */
export function deliverMessage(key: string, overrides: Partial<DeliverMessage> = {}): DeliverMessage {
  return {
    schema: 1,
    key,
    incidentId: 'incident.1',
    effectId: 'incident.1:1',
    seq: 1,
    reason: 'opened',
    ping: true,
    tier: 1,
    tiers: [1],
    at: STORED_AT,
    summary: 'One alert started to fire.',
    target: { channel: 'slack', destination: 'slack:#alerts', to: '#alerts', mentions: [] },
    attempt: 1,
    ...overrides,
  };
}
