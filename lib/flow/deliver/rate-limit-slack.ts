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
  /** How often Slack may be asked. */
  slackRateLimit: RateLimit;
  clock: { now(): Millis; pause(ms: Millis): Promise<void> };
};

/** Whose calls they are: `lane` is the channel's, `key` and `attempt` those of the message that is delivered. */
export type Caller = {
  bucket: string;
  rank: Rank;
  /** That of its edits. */
  editRank: Rank;
  key: string;
  attempt: number;
  /** Slots booked earlier. Absent: nobody keeps them for this caller, so it waits for a slot where it is. */
  slots?: BookedSlot[];
};

type Bucket = { bucket: string; spacing: Millis; latest: Millis };

/**
 * A Slack channel whose calls wait for their slot. One that lies further ahead than a second is booked: the call comes
 * to `rate_limited` with the slot and the time until it, and the message uses the slot when it comes again. Where no
 * slot can be booked, the outcome is that of a call that Slack itself refuses. What Slack refuses for being too many
 * blocks the channel for every run, booked slots included.
 */
export function rateLimitSlack(ports: RateLimitPorts, slack: SlackChannel, caller: Caller): SlackChannel {
  const { slackRateLimit } = ports;
  const run: Run = { caller, booked: [...(caller.slots ?? [])], refused: false };
  const posts = [{ bucket: caller.bucket, spacing: slackRateLimit.perChannel, latest: LATEST_START }];
  // The scarcer slot first: one that is taken and not used is lost.
  const edits = [{ bucket: EDITS_BUCKET, spacing: slackRateLimit.perEdit, latest: LATEST_EDIT }, ...posts];
  const { rank, editRank } = caller;

  return {
    canEdit: slack.canEdit,
    post: (to, message) => inTurn(ports, run, rank, posts, () => slack.post(to, message)),
    reply: (ref, message, options) =>
      inTurn(ports, run, rank, posts, () => slack.reply(ref, message, options)),
    update: (ref, message) => inTurn(ports, run, editRank, edits, () => slack.update(ref, message)),
  };
}

const MOST_TRIES = 3;

/** How far ahead the next call may lie when Slack has refused the one before it in this run. */
const AFTER_REFUSAL: Millis = 10 * SECOND;

type Run = {
  caller: Caller;
  booked: BookedSlot[];
  /** A call was refused: what follows in its place is waited for here, because the next run would begin with it again. */
  refused: boolean;
};

async function inTurn(
  ports: RateLimitPorts,
  run: Run,
  rank: Rank,
  buckets: Bucket[],
  call: () => Promise<SendOutcome>,
): Promise<SendOutcome> {
  const taken: BookedSlot[] = [];
  for (const bucket of buckets) {
    const slot = await waitForSlot(ports, run, rank, bucket, taken);
    if (typeof slot !== 'number') return slot;
    taken.push({ key: run.caller.key, bucket: bucket.bucket, at: slot });
  }
  const outcome = await call();
  if (outcome.kind !== 'delivered') run.refused = true;
  if (outcome.kind === 'retryable' && outcome.reason === 'rate_limited') {
    const until = ports.clock.now() + boundRetryAfter(outcome.retryAfterMs ?? UNSAID_RETRY_AFTER);
    await Promise.all(buckets.map(({ bucket }) => ports.rateLimits.block(bucket, until)));
  }
  return outcome;
}

/** When the slot began that has come, or why the message has to come again. */
async function waitForSlot(
  ports: RateLimitPorts,
  run: Run,
  rank: Rank,
  { bucket, spacing, latest }: Bucket,
  taken: BookedSlot[],
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
    const turn = booked ?? (await rateLimits.book(bucket, { now, spacing, bookingWindow: bookingWindow }));
    if (turn.kind === 'busy') return stayAway(caller, rank, turn.until - now, turn.blocked);
    const wait = turn.at - now;
    if (wait > LONGEST_PAUSE + (booked ? EARLY : 0) && mayLeave) {
      const slot = { key: caller.key, bucket, at: turn.at };
      return comeFor([...taken, slot], wait, turn.blocked === true);
    }
    if (wait > 0) await clock.pause(wait);
    if (wait > 0 || booked) {
      // Slack may have asked for a pause since the slot was booked.
      const blocked = await rateLimits.blockedUntil(bucket);
      if (blocked > clock.now() && tries < MOST_TRIES && mayLeave && rank === 'urgent') continue;
      if (blocked > clock.now()) return stayAway(caller, rank, blocked - clock.now(), true);
    }
    // Who comes late to a slot would be too close to the next one, unless it can never be on time.
    if (clock.now() - turn.at <= latest || tries === MOST_TRIES) return turn.at;
  }
}

/** The slot that was booked in a lane, unless it began before `since`. Each is used once. */
function takeBooked(
  run: Run,
  bucket: string,
  since: Millis,
): { kind: 'turn'; at: Millis; blocked?: true } | undefined {
  const slot = run.booked.find((each) => each.bucket === bucket && each.key === run.caller.key);
  run.booked = run.booked.filter((each) => each !== slot);
  return slot && slot.at >= since ? { kind: 'turn', at: slot.at } : undefined;
}

/** It has a slot, and is to be there shortly before it. */
function comeFor(slots: BookedSlot[], wait: Millis, blocked: boolean): SendOutcome {
  return {
    kind: 'retryable',
    reason: 'rate_limited',
    ...becauseOf(blocked),
    retryAfterMs: Math.max(1, Math.floor((wait - EARLY) / SECOND)) * SECOND,
    slots,
  };
}

function stayAway({ key, attempt }: Caller, rank: Rank, wait: Millis, blocked: boolean): SendOutcome {
  return {
    kind: 'retryable',
    reason: 'rate_limited',
    ...becauseOf(blocked),
    retryAfterMs: getSecondsUntilSlot(wait, rank, key, attempt),
  };
}

function becauseOf(blocked: boolean): { detail: string; unasked?: true } {
  return blocked
    ? { detail: 'Slack: 429, and it wants to be left alone' }
    : { detail: 'other messages go first', unasked: true };
}
