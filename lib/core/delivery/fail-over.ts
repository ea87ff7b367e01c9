import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import { formatDuration } from '../notice/document/format-time.ts';
import type { ChannelRoutes } from '../routing/channel-routes.ts';
import type { Target } from '../routing/target.ts';
import type { Tier } from '../runbook/policy.ts';
import { DAY, MINUTE, type Millis, SECOND } from '../shared/time.ts';
import type { SendPlan } from './decide.ts';
import type { ChannelFailure, NoticeMessage } from './deliver-message-schema.ts';
import type { DestinationRecord, FailureReason, SendFailure } from './delivery.ts';
import type { Rank } from './rate-limit.ts';
import { boundRetryAfter, FAIL_OVER_AFTER, getRetryDelaySeconds } from './retry-delay.ts';

/** A page that will be later than the limit by this much fails over at once. */
const FAR_LATE: Millis = MINUTE;

/** The same failure of the same destination is reported at most this often. */
export const REPORT_AGAIN_AFTER: Millis = DAY;

/** A page of a critical incident that still fires. */
export function isUrgent(message: NoticeMessage, incident: Incident): boolean {
  return incident.severity === 'critical' && message.effect.ping && isFiring(incident);
}

/** The priority of the message's calls to its channel. */
export function getRank(message: NoticeMessage, incident: Incident, plan: SendPlan): Rank {
  if (isUrgent(message, incident)) return 'urgent';
  return message.effect.ping || plan.do !== 'edit' ? 'message' : 'rest';
}

/**
 * The tier for which another channel should carry the page now; `undefined`: none, not yet, or already
 * done. If the page is still stuck when the incident reaches the next tier, it is carried again for that
 * tier's people.
 */
export function getFailoverTier(
  message: NoticeMessage,
  incident: Incident,
  record: DestinationRecord,
  failure: SendFailure,
  now: Millis,
): Tier | undefined {
  if (message.failover || !isUrgent(message, incident)) return undefined;
  const { highest } = incident.tiers;
  const tier = highest > message.effect.tier ? highest : message.effect.tier;
  if (tier <= (record.failoverTier ?? 0)) return undefined;
  return failure.kind !== 'retryable' || isLate(message, failure, now) ? tier : undefined;
}

/** Whether the failure is worth reporting where the notice itself is known. A queue that moves is not. */
export function isChannelFailure(message: NoticeMessage, failure: SendFailure, now: Millis): boolean {
  if (failure.kind !== 'retryable') return true;
  return message.effect.ping && failure.unasked !== true && isLate(message, failure, now);
}

/** Late, or certain to be late by far, because the server asks for a longer pause. */
function isLate(message: NoticeMessage, failure: SendFailure, now: Millis): boolean {
  const lateAt = message.effect.at + FAIL_OVER_AFTER;
  return now >= lateAt || now + getRequestedPause(failure) > lateAt + FAR_LATE;
}

/** The pause that the server itself asks for. */
function getRequestedPause(failure: SendFailure): Millis {
  return failure.kind === 'retryable' && !failure.unasked ? boundRetryAfter(failure.retryAfterMs ?? 0) : 0;
}

/** A failure of a whole service is one failure, however many destinations show it. */
export function toChannelFailure(
  { isOneService }: Pick<ChannelRoutes, 'isOneService'>,
  target: Target,
  reason: FailureReason,
): ChannelFailure {
  const ofPlace = !isOneService || reason === 'not_found' || reason === 'rejected';
  return { destination: ofPlace ? target.destination : target.channel, reason };
}

/** The record of a destination that has not taken a notice, for those that work. */
export function recordFailure(
  channel: Pick<ChannelRoutes, 'isOneService'>,
  record: DestinationRecord,
  target: Target,
  { reason, detail }: SendFailure,
): DestinationRecord {
  const { wholeChannel: _, ...rest } = record;
  const whole = toChannelFailure(channel, target, reason).destination === target.channel;
  return { ...rest, failure: detail, wholeChannel: whole ? true : undefined };
}

/** How a channel's failures are told to people. */
export type FailureWords = {
  /** `Slack`, `The mail server`. */
  who: string;
  /** What the details of its failures begin with. */
  prefix: RegExp;
  /** The detail of a call that waits because the server has asked for a pause. */
  paused: string;
};

/** `Slack has not accepted this for 2 min: 429`, or `Slack does not accept notices for #ops: channel_not_found`. */
export function describeFailure(
  { isOneService, failureWords }: { isOneService: boolean; failureWords: FailureWords },
  { target, effect }: NoticeMessage,
  failure: SendFailure,
  now: Millis,
): string {
  const detail = failure.detail.replace(failureWords.prefix, '');
  const who = isOneService ? failureWords.who : `${failureWords.who} ${String(target.to)}`;
  if (failure.kind !== 'retryable') {
    const place =
      isOneService && typeof target.to === 'string' && target.to !== '' ? ` for ${target.to}` : '';
    return `${who} does not accept notices${place}: ${detail}`;
  }
  const waited = now - effect.at;
  const more =
    waited < FAIL_OVER_AFTER ? ` and asks to wait ${formatDuration(getRequestedPause(failure))} more` : '';
  return `${who} has not accepted this for ${formatDuration(waited)}${more}: ${detail}`;
}

/** Seconds until the next attempt; never past the moment of a failover. */
export function getNextAttemptSeconds(
  message: NoticeMessage,
  urgent: boolean,
  failure: Extract<SendFailure, { kind: 'retryable' }>,
  attempt: number,
  now: Millis,
): number {
  const delay = getRetryDelaySeconds(attempt, failure.retryAfterMs);
  const left = message.effect.at + FAIL_OVER_AFTER - now;
  if (!urgent || left <= 0 || getRequestedPause(failure) > left + FAR_LATE) return delay;
  return Math.min(delay, Math.max(1, Math.ceil(left / SECOND)));
}
