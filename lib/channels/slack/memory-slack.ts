import type { MessageRef, SendOutcome } from '../../core/delivery/delivery.ts';
import type { Millis } from '../../core/shared/time.ts';
import { createScriptedCalls, type Pause, type ScriptedCalls } from '../scripted-calls.ts';
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

export type MemorySlack = SlackClient &
  ScriptedCalls<SlackCall> & {
    /** Every message in a channel, in the order posted. */
    readonly posted: PostedMessage[];
    /** Roots in one channel, oldest first. */
    roots: (to?: string) => PostedMessage[];
    replies: (ref: MessageRef) => PostedMessage[];
    /** Makes later edits of this message fail as permanent `not_found`, like Slack for a deleted one. */
    forget: (ref: MessageRef) => void;
  };

/** Slack in memory: bot-like by default, `canEdit: false` for an incoming webhook. */
export function createMemorySlack(
  options: { canEdit?: boolean; now?: () => Millis; pause?: Pause } = {},
): MemorySlack {
  const now = options.now ?? (() => 0);
  const canEdit = options.canEdit ?? true;
  const { answer, ...scripted } = createScriptedCalls<SlackCall>(options.pause);
  const { find, add, ...messages } = createMessages(canEdit);

  return {
    ...messages,
    ...scripted,
    canEdit,
    async post(to, message, within) {
      const channelId = `C${to.replace(/^#/, '')}`;
      const call = { at: now(), channelId, kind: 'post', to, message } as const;
      return answer(call, within, () => add(message, { to, channelId, broadcast: false }));
    },
    async update(ref, message, within) {
      const call = { at: now(), channelId: ref.channelId, kind: 'update', ref, message } as const;
      return answer(call, within, () => {
        const entry = find(ref);
        if (!entry) return { kind: 'permanent', reason: 'not_found', detail: 'message_not_found' };
        entry.message = message;
        entry.history.push(message);
        return { kind: 'delivered', ref };
      });
    },
    async reply(ref, message, { broadcast }, within) {
      const { channelId, ts: threadTs } = ref;
      const call = { at: now(), channelId, kind: 'reply', ref, message, broadcast } as const;
      return answer(call, within, () => {
        const root = find(ref);
        if (!root) return { kind: 'permanent', reason: 'not_found', detail: 'thread_not_found' };
        return add(message, { to: root.to, channelId, threadTs, broadcast });
      });
    },
  };
}

type Place = Pick<PostedMessage, 'to' | 'threadTs' | 'broadcast'> & { channelId: string };

function createMessages(canEdit: boolean) {
  const posted: PostedMessage[] = [];
  let count = 0;
  const isAt = (one: MessageRef, other: MessageRef) =>
    one.ts === other.ts && one.channelId === other.channelId;
  return {
    posted,
    find: (ref: MessageRef) => (canEdit ? posted.find((entry) => isAt(entry.ref, ref)) : undefined),
    add(message: SlackMessage, { channelId, ...place }: Place): SendOutcome {
      count += 1;
      const ref = { channelId, ts: `1700000000.${String(count).padStart(6, '0')}` };
      posted.push({ ...place, ref, message, history: [message] });
      return canEdit ? { kind: 'delivered', ref } : { kind: 'delivered' };
    },
    roots: (to?: string) =>
      posted.filter((entry) => !entry.threadTs && (to === undefined || entry.to === to)),
    replies: ({ ts, channelId }: MessageRef) =>
      posted.filter((entry) => entry.threadTs === ts && entry.ref.channelId === channelId),
    forget(ref: MessageRef) {
      const index = posted.findIndex((entry) => entry.ref.ts === ref.ts);
      if (index >= 0) posted.splice(index, 1);
    },
  };
}
