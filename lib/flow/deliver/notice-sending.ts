import type { SendPlan } from '../../core/delivery/decide.ts';
import type { NoticeMessage } from '../../core/delivery/deliver-message-schema.ts';
import type { DestinationRecord, SendOutcome } from '../../core/delivery/delivery.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { Millis } from '../../core/shared/time.ts';
import type { PreparedNotice } from './render-notice.ts';

/**
 * The outcome, and the destination's record with everything people have seen by now, even after a failure.
 */
export type SentNotice = {
  outcome: SendOutcome;
  record: DestinationRecord;
  /** The root has no room for some details. */
  hasDetails?: boolean;
};

export type NoticeSending = {
  message: NoticeMessage;
  incident: Incident;
  record: DestinationRecord;
  plan: Exclude<SendPlan, { do: 'digest' }>;
  notice: PreparedNotice;
  attempt: number;
  now: Millis;
  /** Stores what people have seen so far, before further sends. */
  keep(record: DestinationRecord): Promise<void>;
};
