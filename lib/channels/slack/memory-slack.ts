import { LONGEST_SEND } from '../../core/delivery/budget.ts';
import type { MessageRef, SendOutcome } from '../../core/delivery/delivery.ts';
import type { Millis } from '../../core/shared/time.ts';
import { meet, type Pause, type Scripted } from '../scripted-calls.ts';
import type { SlackClient, SlackMessage } from './slack-client.ts';

// For tests: the contract suite of the channels holds it to the real clients.

/** One message in its present state: `message` is the latest edit, `history` all versions, oldest first. */
type PostedMessage = {
  to: string;
  ref: MessageRef;
  message: SlackMessage;
  history: SlackMessage[];
  /** Timestamp of the root when this is a thread reply. */
  threadTs?: string;
  broadcast: boolean;
};

type SlackCall = { at: Millis; channelId: string } & (
  | { kind: 'post'; to: string; message: SlackMessage }
  | { kind: 'update'; ref: MessageRef; message: SlackMessage }
  | { kind: 'reply'; ref: MessageRef; message: SlackMessage; broadcast: boolean }
);

export type MemorySlack = SlackClient & {
  /** Every message in a channel, in the order posted. */
  readonly posted: PostedMessage[];
  /** Every call made, failed ones included. */
  readonly calls: SlackCall[];
  /** Roots in one channel, oldest first. */
  roots: (to?: string) => PostedMessage[];
  replies: (ref: MessageRef) => PostedMessage[];
  /** Queues the outcomes of the next calls, first in first out; afterwards calls succeed again. */
  script: (...next: Scripted[]) => void;
  /** Makes later edits of this message fail as permanent `not_found`, like Slack for a deleted one. */
  forget: (ref: MessageRef) => void;
};

/** Slack in memory: bot-like by default, `canEdit: false` for an incoming webhook. */
export function createMemorySlack(
  options: { canEdit?: boolean; now?: () => Millis; pause?: Pause } = {},
): MemorySlack {
  const now = options.now ?? (() => 0);
  const canEdit = options.canEdit ?? true;
  const waiting =
    (within: Millis = LONGEST_SEND) =>
    async () =>
      options.pause?.(within);
  const posted: PostedMessage[] = [];
  const calls: SlackCall[] = [];
  const scripted: Scripted[] = [];
  let count = 0;

  const find = (ref: MessageRef) =>
    posted.find((entry) => entry.ref.ts === ref.ts && entry.ref.channelId === ref.channelId);

  function add(
    to: string,
    channelId: string,
    message: SlackMessage,
    thread?: string,
    broadcast = false,
  ): SendOutcome {
    count += 1;
    const ref = { channelId, ts: `1700000000.${String(count).padStart(6, '0')}` };
    posted.push({
      to,
      ref,
      message,
      history: [message],
      broadcast,
      threadTs: thread,
    });
    return canEdit ? { kind: 'delivered', ref } : { kind: 'delivered' };
  }

  return {
    canEdit,
    posted,
    calls,
    roots: (to) => posted.filter((entry) => !entry.threadTs && (to === undefined || entry.to === to)),
    replies: (ref) =>
      posted.filter((entry) => entry.threadTs === ref.ts && entry.ref.channelId === ref.channelId),
    script: (...next) => void scripted.push(...next),
    forget(ref) {
      const index = posted.findIndex((entry) => entry.ref.ts === ref.ts);
      if (index >= 0) posted.splice(index, 1);
    },
    async post(to, message, within) {
      calls.push({ at: now(), channelId: channelIdOf(to), kind: 'post', to, message });
      return meet(scripted, waiting(within), () => add(to, channelIdOf(to), message));
    },
    async update(ref, message, within) {
      calls.push({ at: now(), channelId: ref.channelId, kind: 'update', ref, message });
      return meet(scripted, waiting(within), () => {
        const entry = canEdit ? find(ref) : undefined;
        if (!entry) return { kind: 'permanent', reason: 'not_found', detail: 'message_not_found' };
        entry.message = message;
        entry.history.push(message);
        return { kind: 'delivered', ref };
      });
    },
    async reply(ref, message, { broadcast }, within) {
      calls.push({ at: now(), channelId: ref.channelId, kind: 'reply', ref, message, broadcast });
      return meet(scripted, waiting(within), () => {
        const root = canEdit ? find(ref) : undefined;
        if (!root) return { kind: 'permanent', reason: 'not_found', detail: 'thread_not_found' };
        return add(root.to, ref.channelId, message, ref.ts, broadcast);
      });
    },
  };
}

function channelIdOf(to: string): string {
  return `C${to.replace(/^#/, '')}`;
}
