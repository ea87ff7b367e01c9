import type { SlackChannel } from '../core/delivery/channels.ts';
import type { SendOutcome } from '../core/delivery/delivery.ts';
import {
  awayFor,
  EDITS_LANE,
  LATEST_START,
  type Pace,
  reachOf,
  UNSAID_RETRY_AFTER,
} from '../core/delivery/pace.ts';
import type { PaceStore } from '../core/delivery/pace-store.ts';
import { believedWait } from '../core/delivery/retry-delay.ts';
import type { Millis } from '../core/shared/time.ts';

export type PacePorts = {
  paces: PaceStore;
  /** How often Slack may be asked. */
  slackPace: Pace;
  clock: { now(): Millis; pause(ms: Millis): Promise<void> };
};

/** Whose calls they are: `lane` is the channel's, `key` and `attempt` those of the message that is delivered. */
export type Caller = { lane: string; urgent: boolean; key: string; attempt: number };

/**
 * A Slack channel whose calls wait for their turn. A turn that lies far ahead is not waited for: the call comes to
 * `rate_limited` with the time to stay away, like a call that Slack itself refuses. What Slack refuses for being
 * too many holds the channel for every run.
 */
export function paceSlack(ports: PacePorts, slack: SlackChannel, caller: Caller): SlackChannel {
  const { slackPace } = ports;
  const posts = [{ lane: caller.lane, spacing: slackPace.perChannel }];
  // The scarcer turn first: one that is taken and not used is lost.
  const edits = [{ lane: EDITS_LANE, spacing: slackPace.perEdit }, ...posts];

  return {
    canEdit: slack.canEdit,
    post: (to, message) => inTurn(ports, caller, posts, () => slack.post(to, message)),
    reply: (ref, message, options) => inTurn(ports, caller, posts, () => slack.reply(ref, message, options)),
    update: (ref, message) => inTurn(ports, caller, edits, () => slack.update(ref, message)),
  };
}

const MOST_TRIES = 3;

type Lane = { lane: string; spacing: Millis };

async function inTurn(
  ports: PacePorts,
  caller: Caller,
  lanes: Lane[],
  call: () => Promise<SendOutcome>,
): Promise<SendOutcome> {
  for (const lane of lanes) {
    const refused = await waitForTurn(ports, caller, lane);
    if (refused) return refused;
  }
  const outcome = await call();
  if (outcome.kind === 'retryable' && outcome.reason === 'rate_limited') {
    const until = ports.clock.now() + believedWait(outcome.retryAfterMs ?? UNSAID_RETRY_AFTER);
    await Promise.all(lanes.map(({ lane }) => ports.paces.hold(lane, until)));
  }
  return outcome;
}

/** `undefined` when the turn has come. */
async function waitForTurn(
  ports: PacePorts,
  caller: Caller,
  { lane, spacing }: Lane,
): Promise<SendOutcome | undefined> {
  const { paces, clock } = ports;
  for (let tries = 1; ; tries += 1) {
    const now = clock.now();
    const turn = await paces.take(lane, { now, spacing, reach: reachOf(caller.urgent) });
    if (turn.kind === 'busy') return stayAway(caller, turn.until - now, turn.held);
    if (turn.at > now) {
      await clock.pause(turn.at - now);
      // Slack may have asked for a pause while this run waited.
      const held = await paces.heldUntil(lane);
      if (held > clock.now()) return stayAway(caller, held - clock.now(), true);
    }
    // Who comes late to a turn would be too close to the next one, unless it can never be on time.
    if (clock.now() - turn.at <= LATEST_START || tries === MOST_TRIES) return undefined;
  }
}

function stayAway(caller: Caller, wait: Millis, held: boolean): SendOutcome {
  const { urgent, key, attempt } = caller;
  return {
    kind: 'retryable',
    reason: 'rate_limited',
    detail: held ? 'Slack: 429, and it wants to be left alone' : 'other messages go first',
    ...(held ? {} : { unasked: true }),
    retryAfterMs: awayFor(wait, urgent, key, attempt),
  };
}
