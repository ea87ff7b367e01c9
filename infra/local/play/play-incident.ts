import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { LocalMail } from '../mail/read-mail.ts';
import type { LocalSlackMessage } from '../slack/local-slack-messages.ts';
import type { Arrivals } from '../stack/ready-stack.ts';
import { renderNoticeForTerminal } from './render-notice-for-terminal.ts';
import type { SampleAlert } from './sample-alerts.ts';
import { sampleDelivery } from './sample-delivery.ts';

const NOTIFIED_WITHIN = 30_000;
/** How long to wait for more after the last arrival. */
const QUIET_FOR = 1_500;

export type PlayOptions = {
  /** The API, without a path. */
  url: string;
  token: string;
  alerts: SampleAlert[];
  status: 'firing' | 'resolved';
  arrivals(): Promise<Arrivals>;
};

/** The result: the API's answer, and the messages and mails that arrived or changed since. */
export type Played = {
  incidents: { id: string; outcome: string }[];
  messages: LocalSlackMessage[];
  mails: LocalMail[];
  /** Whether anybody can see the notices. */
  seen: boolean;
};

const answerSchema = z.object({ incidents: z.array(z.object({ id: z.string(), outcome: z.string() })) });

/**
 * Posts alerts like an Alertmanager and waits for the notices, at most 30 s. Throws one sentence when the webhook is
 * not accepted.
 */
export async function playIncident(options: PlayOptions): Promise<Played> {
  const { url, token, alerts, status, arrivals } = options;
  const before = marksOf(await arrivals());
  const response = await fetch(`${url}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(sampleDelivery(alerts, new Date(), status)),
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`The delivery was answered ${response.status}: ${body}`);
  const { incidents } = answerSchema.parse(JSON.parse(body));
  const known = await arrivals();
  const seen = known.messages !== undefined || known.mails !== undefined;
  if (!seen || incidents.every(({ outcome }) => outcome === 'duplicate')) {
    return { incidents, messages: [], mails: [], seen };
  }

  const deadline = Date.now() + NOTIFIED_WITHIN;
  let marks = before;
  let since = Date.now();
  let now = known;
  for (;;) {
    const latest = marksOf(now);
    if (latest.join() !== marks.join()) {
      marks = latest;
      since = Date.now();
    }
    const arrived = marks.join() !== before.join();
    if ((arrived && Date.now() - since > QUIET_FOR) || Date.now() > deadline) break;
    await pause(100);
    now = await arrivals();
  }
  const old = new Set(before);
  const messages = now.messages ?? [];
  return {
    incidents,
    messages: messages
      .filter((message) => !old.has(messageMark(message)))
      .filter((message) => isAbout(message, messages, incidents)),
    mails: (now.mails ?? []).filter((mail) => !old.has(mail.messageId)),
    seen,
  };
}

/** Details of an incident that was played before may arrive meanwhile. A message's root links to its incident. */
function isAbout(
  message: LocalSlackMessage,
  all: LocalSlackMessage[],
  incidents: Played['incidents'],
): boolean {
  const root = all.find(({ ts, channelId }) => ts === message.threadTs && channelId === message.channelId);
  const text = JSON.stringify(root ?? message);
  return incidents.some(({ id }) => text.includes(id)) || !text.includes('/console/incidents/');
}

/** The notices as text for a terminal: one message and one mail, because the others say the same. */
export function showPlayed({ incidents, messages, mails, seen }: Played, color: boolean): string {
  if (!seen) return 'Slack and mail are real here, so look there.';
  if (incidents.length > 0 && incidents.every(({ outcome }) => outcome === 'duplicate')) {
    return 'It is open already, so nobody is told again; --resolved ends it.';
  }
  if (messages.length + mails.length === 0) return 'No notice has arrived yet; the inbox will show it.';
  const roots = messages.filter(({ threadTs }) => threadTs === undefined);
  const message = roots.find(({ channel }) => channel.endsWith('critical')) ?? roots[0] ?? messages[0];
  const notices = [message, mails[0]].filter((notice) => notice !== undefined);
  return [
    ...notices.map((notice) => renderNoticeForTerminal(notice, { color })),
    `Arrived: ${counted(messages.length, 'Slack message')}, ${counted(mails.length, 'mail')}. The inbox shows all.`,
  ].join('\n');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function marksOf({ messages = [], mails = [] }: Arrivals): string[] {
  return [...messages.map(messageMark), ...mails.map(({ messageId }) => messageId)];
}

/** An edited message is new as well. */
function messageMark({ channelId, ts, edits }: LocalSlackMessage): string {
  return `${channelId}/${ts}/${edits}`;
}
