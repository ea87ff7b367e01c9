/** A message in the stand-in; plain data, also the JSON of the inbox. */
export type LocalSlackMessage = {
  /** As the sender named it; empty for the Slack incoming webhook's own channel. */
  channel: string;
  channelId: string;
  ts: string;
  /** Root's ts, on a thread reply. */
  threadTs?: string;
  /** The reply is shown in the channel too. */
  broadcast: boolean;
  text: string;
  blocks: Record<string, unknown>[];
  via: 'bot' | 'webhook';
  /** When it was last edited, in ms; absent: never. */
  editedAt?: number;
  edits: number;
  /** Replies to the person who clicked a button, visible to nobody else; oldest first. */
  answers?: string[];
};

/** Channels and messages of the stand-in, in memory. */
export type LocalSlackMessages = {
  all: () => LocalSlackMessage[];
  add: (
    message: Pick<LocalSlackMessage, 'channel' | 'text' | 'blocks' | 'via'> & Partial<LocalSlackMessage>,
  ) => LocalSlackMessage;
  find: (channelId: string, ts: string) => LocalSlackMessage | undefined;
  clear: () => void;
};

export function createLocalSlackMessages(now: () => number): LocalSlackMessages {
  let messages: LocalSlackMessage[] = [];
  let lastTs = 0;

  /** Slack's ts: seconds and a counter, unique and growing within a workspace. */
  function nextTs(): string {
    lastTs = Math.max(lastTs + 1, Math.floor(now() / 1000) * 1_000_000);
    const digits = String(lastTs).padStart(16, '0');
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }

  return {
    all: () => messages.map((message) => structuredClone(message)),
    add(fields) {
      const message = {
        channelId: channelIdOf(fields.channel),
        broadcast: false,
        edits: 0,
        ...fields,
        ts: nextTs(),
      };
      messages.push(message);
      return message;
    },
    find: (channelId, ts) => messages.find((each) => each.channelId === channelId && each.ts === ts),
    clear() {
      messages = [];
    },
  };
}

/** The same name always has the same id; an id stands for itself. */
export function channelIdOf(channel: string): string {
  if (/^C[A-Z0-9]{8,}$/.test(channel)) return channel;
  let hash = 7;
  for (const character of channel.replace(/^#/, ''))
    hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 36 ** 8;
  return `C0${hash.toString(36).toUpperCase().padStart(8, '0')}`;
}
