import type { SlackChannel } from '../../core/delivery/channels.ts';
import type { SendOutcome } from '../../core/delivery/delivery.ts';
import type { RateLimitStore } from '../../core/delivery/delivery-stores.ts';
import {
  type BookedSlot,
  EARLY,
  EDITS_BUCKET,
  getBookingWindow,
  getSecondsUntilSlot,
  LATEST_EDIT,
  LATEST_START,
  LONGEST_PAUSE,
  type Rank,
  type RateLimit,
  UNSAID_RETRY_AFTER,
} from '../../core/delivery/rate-limit.ts';
import { boundRetryAfter } from '../../core/delivery/retry-delay.ts';
import { type Millis, SECOND } from '../../core/shared/time.ts';

export type RateLimitPorts = {
  rateLimits: RateLimitStore;
  /** How often Slack may be called. */
  slackRateLimit: RateLimit;
  clock: { now(): Millis; pause(ms: Millis): Promise<void> };
};

/** Who calls: `bucket` is the channel's, `key` and `attempt` are those of the delivered message. */
export type Caller = {
  bucket: string;
  rank: Rank;
  /** The rank of its edits. */
  editRank: Rank;
  key: string;
  attempt: number;
  /**
   * Slots booked earlier. Absent: nothing stores slots for this caller, so it waits for its slot in the
   * function.
   */
  slots?: BookedSlot[];
};

type Bucket = { bucket: string; spacing: Millis; latest: Millis };

/**
 * A Slack channel whose calls wait for their slot. A slot more than a second ahead is booked: the call
 * returns `rate_limited` with the slot and the wait, and the message uses the slot when it comes again.
 * Without a free slot the outcome is that of a refused call. When Slack refuses a call as one too many, the
 * channel is blocked for every run, booked slots included.
 */
export function rateLimitSlack(ports: RateLimitPorts, slack: SlackChannel, caller: Caller): SlackChannel {
  const { slackRateLimit } = ports;
  const run: Run = { caller, booked: [...(caller.slots ?? [])], refused: false };
  const posts = [{ bucket: caller.bucket, spacing: slackRateLimit.perChannel, latest: LATEST_START }];
  // The scarcer slot first, because a booked slot that stays unused is lost.
  const edits = [{ bucket: EDITS_BUCKET, spacing: slackRateLimit.perEdit, latest: LATEST_EDIT }, ...posts];
  const { rank, editRank } = caller;

  return {
    canEdit: slack.canEdit,
    post: (to, message) => callInSlot(ports, run, rank, posts, () => slack.post(to, message)),
    reply: (ref, message, options) =>
      callInSlot(ports, run, rank, posts, () => slack.reply(ref, message, options)),
    update: (ref, message) => callInSlot(ports, run, editRank, edits, () => slack.update(ref, message)),
  };
}

const MOST_TRIES = 3;

/** How far ahead the next call may lie after Slack has refused a call of this run. */
const AFTER_REFUSAL: Millis = 10 * SECOND;

type Run = {
  caller: Caller;
  booked: BookedSlot[];
  /**
   * A call was refused. Later calls of this run wait here, because the next run would start with the refused
   * call again.
   */
  refused: boolean;
};

async function callInSlot(
  ports: RateLimitPorts,
  run: Run,
  rank: Rank,
  buckets: Bucket[],
  call: () => Promise<SendOutcome>,
): Promise<SendOutcome> {
  const slots: BookedSlot[] = [];
  for (const bucket of buckets) {
    const slot = await waitForSlot(ports, run, rank, bucket, slots);
    if (typeof slot !== 'number') return slot;
    slots.push({ key: run.caller.key, bucket: bucket.bucket, at: slot });
  }
  const outcome = await call();
  if (outcome.kind !== 'delivered') run.refused = true;
  if (outcome.kind === 'retryable' && outcome.reason === 'rate_limited') {
    const until = ports.clock.now() + boundRetryAfter(outcome.retryAfterMs ?? UNSAID_RETRY_AFTER);
    await Promise.all(buckets.map(({ bucket }) => ports.rateLimits.block(bucket, until)));
  }
  return outcome;
}

/** The start of the slot, after waiting for it; or why the message has to come again. */
async function waitForSlot(
  ports: RateLimitPorts,
  run: Run,
  rank: Rank,
  { bucket, spacing, latest }: Bucket,
  slots: BookedSlot[],
): Promise<Millis | SendOutcome> {
  const { rateLimits, clock } = ports;
  const { caller } = run;
  const mayLeave = caller.slots !== undefined && !run.refused;
  const bookingWindow = run.refused
    ? Math.min(AFTER_REFUSAL, getBookingWindow(rank))
    : getBookingWindow(rank);
  for (let tries = 1; ; tries += 1) {
    const now = clock.now();
    const booked = takeBooked(run, bucket, now - latest);
    const booking = booked ?? (await rateLimits.book(bucket, { now, spacing, bookingWindow }));
    if (booking.kind === 'busy') return returnLater(caller, rank, booking.until - now, booking.blocked);
    const wait = booking.at - now;
    if (wait > LONGEST_PAUSE + (booked ? EARLY : 0) && mayLeave) {
      const slot = { key: caller.key, bucket, at: booking.at };
      return returnForSlot([...slots, slot], wait, booking.blocked === true);
    }
    if (wait > 0) await clock.pause(wait);
    if (wait > 0 || booked) {
      // Slack may have asked for a pause since the slot was booked.
      const blocked = await rateLimits.blockedUntil(bucket);
      if (blocked > clock.now() && tries < MOST_TRIES && mayLeave && rank === 'urgent') continue;
      if (blocked > clock.now()) return returnLater(caller, rank, blocked - clock.now(), true);
    }
    // A call late in its slot would be too close to the next one, unless it can never be on time.
    if (clock.now() - booking.at <= latest || tries === MOST_TRIES) return booking.at;
  }
}

/** The slot booked in a bucket, unless it began before `since`. Each is used once. */
function takeBooked(
  run: Run,
  bucket: string,
  since: Millis,
): { kind: 'slot'; at: Millis; blocked?: true } | undefined {
  const slot = run.booked.find((each) => each.bucket === bucket && each.key === run.caller.key);
  run.booked = run.booked.filter((each) => each !== slot);
  return slot && slot.at >= since ? { kind: 'slot', at: slot.at } : undefined;
}

/** Returns the booked slots; the message comes back shortly before the last one. */
function returnForSlot(slots: BookedSlot[], wait: Millis, blocked: boolean): SendOutcome {
  return {
    kind: 'retryable',
    reason: 'rate_limited',
    ...describeWait(blocked),
    retryAfterMs: Math.max(1, Math.floor((wait - EARLY) / SECOND)) * SECOND,
    slots,
  };
}

function returnLater({ key, attempt }: Caller, rank: Rank, wait: Millis, blocked: boolean): SendOutcome {
  return {
    kind: 'retryable',
    reason: 'rate_limited',
    ...describeWait(blocked),
    retryAfterMs: getSecondsUntilSlot(wait, rank, key, attempt),
  };
}

function describeWait(blocked: boolean): { detail: string; unasked?: true } {
  return blocked
    ? { detail: 'Slack: 429, and it wants to be left alone' }
    : { detail: 'other messages go first', unasked: true };
}
