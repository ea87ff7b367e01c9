import type { NoticeMessage } from '../../../lib/core/delivery/deliver-message-schema.ts';
import type { NoticeEffect } from '../../../lib/core/incident/effect-schema.ts';
import { STORED_AT } from './stored-incident.ts';

/** Changes of a message or of its effect. */
export type MessageChange = Partial<Omit<NoticeMessage, 'effect'> & NoticeEffect>;

/** A message for Slack; `key` is its name in tests. */
export function deliverMessage(key: string, change: MessageChange = {}): NoticeMessage {
  const {
    id = 'incident.1:1',
    seq = 1,
    reason = 'opened',
    ping = true,
    tier = 1,
    tiers = [1],
    at = STORED_AT,
    summary = 'One alert started to fire.',
    userAction,
    flappingOver,
    unverified,
    ...message
  } = change;
  return {
    schema: 1,
    kind: 'notice',
    key,
    incidentId: 'incident.1',
    effect: { id, seq, reason, ping, tier, tiers, at, summary, userAction, flappingOver, unverified },
    target: { channel: 'slack', destination: 'slack:#alerts', to: '#alerts', mentions: [] },
    attempt: 1,
    ...message,
  };
}
