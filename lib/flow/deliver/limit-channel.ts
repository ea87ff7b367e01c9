import type { Channel } from '../../core/channel/channel.ts';
import type { Budget } from '../../core/delivery/budget.ts';
import type { DeliverMessage } from '../../core/delivery/deliver-message-schema.ts';
import type { SendOutcome } from '../../core/delivery/delivery.ts';
import type { RateLimitStore } from '../../core/delivery/delivery-stores.ts';
import {
  type BookedSlot,
  type Bucket,
  EARLY,
  getBookingWindow,
  getSecondsUntilSlot,
  LONGEST_PAUSE,
  type Rank,
  UNSAID_RETRY_AFTER,
} from '../../core/delivery/rate-limit.ts';
import { boundRetryAfter } from '../../core/delivery/retry-delay.ts';
import { findChannel } from '../../core/routing/channel-routes.ts';
import { type Millis, SECOND } from '../../core/shared/time.ts';
import { limitTime } from './limit-time.ts';

export type RateLimitPorts = {
  channels: readonly Channel[];
  rateLimits: RateLimitStore;
  clock: { now(): Millis; pause(ms: Millis): Promise<void> };
};

/** Who calls: `key` and `attempt` are those of the delivered message. */
type Caller = {
  destination: string;
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

/** The channel of a message for one run: its calls wait for their slot, and end within the run's budget. */
export function limitChannel(
  ports: RateLimitPorts,
  { message, attempt }: { message: Pick<DeliverMessage, 'key' | 'target'>; attempt: number },
  { budget, ...rates }: Pick<Caller, 'rank' | 'editRank' | 'slots'> & { budget: Budget },
): Channel {
  const { key, target } = message;
  // The wait for a slot also counts against the budget.
  const inTime = limitTime(ports.clock, findChannel(ports.channels, target.channel), budget);
  return limitRate(ports, inTime, { destination: target.destination, key, attempt, ...rates });
}

/**
 * A channel whose calls wait for their slot. A slot more than a second ahead is booked: the call
 * returns `rate_limited` with the slot and the wait, and the message uses the slot when it comes again.
 * Without a free slot the outcome is that of a refused call. When the server refuses a call as one too many, the
 * bucket is blocked for every run, booked slots included.
 */
function limitRate(ports: RateLimitPorts, channel: Channel, caller: Caller): Channel {
  const run: Run = { caller, channel, booked: [...(caller.slots ?? [])], refused: false };
  const { rank, editRank, destination } = caller;
  return {
    ...channel,
    async send(body, to, sending) {
      let { state } = sending;
      const buckets = channel.listBuckets('send', destination);
      const outcome = await callInSlot(ports, run, rank, buckets, async () => {
        const result = await channel.send(body, to, sending);
        state = result.state;
        return result.outcome;
      });
      return { outcome, state };
    },
    reply: (ref, body, options) =>
      callInSlot(ports, run, rank, channel.listBuckets('reply', destination), () =>
        channel.reply(ref, body, options),
      ),
    edit: (ref, body, withinMs) =>
      callInSlot(ports, run, editRank, channel.listBuckets('edit', destination), () =>
        channel.edit(ref, body, withinMs),
      ),
  };
}

const MOST_TRIES = 3;

/** How far ahead the next call may lie after the server has refused a call of this run. */
const AFTER_REFUSAL: Millis = 10 * SECOND;

type Run = {
  caller: Caller;
  channel: Channel;
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
  const { caller, channel } = run;
  const mayLeave = caller.slots !== undefined && !run.refused;
  const bookingWindow = run.refused
    ? Math.min(AFTER_REFUSAL, getBookingWindow(rank))
    : getBookingWindow(rank);
  for (let tries = 1; ; tries += 1) {
    const now = clock.now();
    const booked = takeBooked(run, bucket, now - latest);
    const booking = booked ?? (await rateLimits.book(bucket, { now, spacing, bookingWindow }));
    if (booking.kind === 'busy') return returnLater(run, rank, booking.until - now, booking.blocked);
    const wait = booking.at - now;
    if (wait > LONGEST_PAUSE + (booked ? EARLY : 0) && mayLeave) {
      const slot = { key: caller.key, bucket, at: booking.at };
      return returnForSlot(channel, [...slots, slot], wait, booking.blocked === true);
    }
    if (wait > 0) await clock.pause(wait);
    if (wait > 0 || booked) {
      // The server may have asked for a pause since the slot was booked.
      const blocked = await rateLimits.blockedUntil(bucket);
      if (blocked > clock.now() && tries < MOST_TRIES && mayLeave && rank === 'urgent') continue;
      if (blocked > clock.now()) return returnLater(run, rank, blocked - clock.now(), true);
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
function returnForSlot(channel: Channel, slots: BookedSlot[], wait: Millis, blocked: boolean): SendOutcome {
  return {
    kind: 'retryable',
    reason: 'rate_limited',
    ...describeWait(channel, blocked),
    retryAfterMs: Math.max(1, Math.floor((wait - EARLY) / SECOND)) * SECOND,
    slots,
  };
}

function returnLater({ caller, channel }: Run, rank: Rank, wait: Millis, blocked: boolean): SendOutcome {
  return {
    kind: 'retryable',
    reason: 'rate_limited',
    ...describeWait(channel, blocked),
    retryAfterMs: getSecondsUntilSlot(wait, rank, caller.key, caller.attempt),
  };
}

function describeWait({ failureWords }: Channel, blocked: boolean): { detail: string; unasked?: true } {
  return blocked ? { detail: failureWords.paused } : { detail: 'other messages go first', unasked: true };
}
