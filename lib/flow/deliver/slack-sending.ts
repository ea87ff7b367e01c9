import type { SlackChannel } from '../../core/delivery/channels.ts';
import type { SendPlan } from '../../core/delivery/decide.ts';
import type { DeliverMessage, DestinationRecord, SendOutcome } from '../../core/delivery/delivery.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { Target } from '../../core/routing/route-notice.ts';
import type { Millis } from '../../core/shared/time.ts';
import type { PreparedNotice } from './render-notice.ts';

/**
 * The outcome, and the destination's record with everything people have seen by now, even after a failure.
 */
export type SendResult = {
  outcome: SendOutcome;
  record: DestinationRecord;
  /** The root has no room for some details. */
  hasDetails?: boolean;
};

export type SlackPorts = {
  slack: SlackChannel;
  now: Millis;
  /** Stores what people have seen so far, before further sends. */
  keep(record: DestinationRecord): Promise<void>;
};

export type SlackTarget = Extract<Target, { channel: 'slack' }>;

export type SlackSending = {
  message: DeliverMessage;
  incident: Incident;
  record: DestinationRecord;
  plan: Exclude<SendPlan, { do: 'digest' }>;
  notice: PreparedNotice;
};
