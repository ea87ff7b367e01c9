import { LONGEST_SEND } from '../../../lib/core/delivery/budget.ts';
import type { MailChannel, SlackChannel } from '../../../lib/core/delivery/channels.ts';
import type { MessageRef, SendOutcome } from '../../../lib/core/delivery/delivery.ts';
import type { MailMessage, SlackMessage } from '../../../lib/core/notice/notice.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';

type Pause = (ms: Millis) => Promise<void>;

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

/**
 * The outcome of the next call. A given outcome is returned and nothing happens; `lost-answer` sends the message and
 * then throws, like a crash between Slack's answer and our record; `hang` takes all its allowed time; an
 * Error is thrown before anything happens.
 */
type Scripted = SendOutcome | 'lost-answer' | 'hang' | Error;

const noAnswer: SendOutcome = {
  kind: 'retryable',
  reason: 'timeout',
  detail: 'no answer in time',
  mayHaveArrived: true,
};

export type MemorySlackChannel = SlackChannel & {
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
export function createMemorySlackChannel(
  options: { canEdit?: boolean; now?: () => Millis; pause?: Pause } = {},
): MemorySlackChannel {
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

export type MemoryMailChannel = MailChannel & {
  /** Mails that arrived, oldest first. */
  readonly sent: MailMessage[];
  /** Every attempt, failed ones included. */
  readonly calls: MailMessage[];
  script: (...next: Scripted[]) => void;
  /** Forgets what was scripted. */
  recover: () => void;
};

/** A mail server in memory. */
export function createMemoryMailChannel(options: { pause?: Pause } = {}): MemoryMailChannel {
  const sent: MailMessage[] = [];
  const calls: MailMessage[] = [];
  const scripted: Scripted[] = [];

  return {
    sent,
    calls,
    script: (...next) => void scripted.push(...next),
    recover: () => void scripted.splice(0),
    async send(mail, within = LONGEST_SEND) {
      calls.push(mail);
      return meet(
        scripted,
        async () => options.pause?.(within),
        () => {
          sent.push(mail);
          return { kind: 'delivered' };
        },
      );
    },
  };
}

async function meet(
  scripted: Scripted[],
  wait: () => Promise<void>,
  act: () => SendOutcome,
): Promise<SendOutcome> {
  const next = scripted.shift();
  if (next === undefined) return act();
  if (next === 'hang') {
    await wait();
    return noAnswer;
  }
  if (next instanceof Error) throw next;
  if (next === 'lost-answer') {
    act();
    throw new Error('the answer was lost after the message had been taken');
  }
  return next;
}
