import type { LocalMail } from '../../infra/local/mail/read-mail.ts';
import { checkSlackBlocks } from '../../infra/local/slack/check-slack-blocks.ts';
import type { LocalSlackMessage } from '../../infra/local/slack/local-slack-messages.ts';
import { createMailChannel } from '../../lib/channels/email/channel.ts';
import { createPngEncoder } from '../../lib/channels/email/client/png-encoder.ts';
import { type BaseSubject, getBaseSubject } from '../../lib/channels/email/render/subject.ts';
import { createSlackChannel } from '../../lib/channels/slack/channel.ts';
import type { SlackMessage } from '../../lib/channels/slack/slack-client.ts';
import { type Abilities, decide, type Plan } from '../../lib/core/delivery/decide.ts';
import type { NoticeMessage } from '../../lib/core/delivery/deliver-message-schema.ts';
import type { DestinationRecord } from '../../lib/core/delivery/delivery.ts';
import type { Diagnosis } from '../../lib/core/diagnosis/findings/finding.ts';
import { chooseAmong } from '../../lib/core/notice/choose-diagnoses.ts';
import { composeNotice } from '../../lib/core/notice/compose.ts';
import type { Notice } from '../../lib/core/notice/notice.ts';
import { listRecipients } from '../../lib/core/routing/recipients.ts';
import { routeNotice, toRoutedNotice } from '../../lib/core/routing/route-notice.ts';
import { interruptNobody, type Target } from '../../lib/core/routing/target.ts';
import type { Runbook, RunbookCatalog } from '../../lib/core/runbook/runbook.ts';
import { SECOND } from '../../lib/core/shared/time.ts';
import type { Moment } from './moments.ts';

/** How one moment looks in Slack and mail. */
export type RenderedMoment = {
  moment: Moment;
  notice: Notice;
  /** The root at that time and, if the moment has one, its message in the thread. */
  slack: LocalSlackMessage[];
  /** Absent if the moment sends no mail. */
  mail?: LocalMail;
  /** Slack's reason to refuse the message. */
  refused: string[];
};

export const PUBLIC_URL = 'https://first-responder.example';
const FROM = 'first-responder@cryptofunk.example';
/** From the decision to the message. */
const ON_THE_WAY = 3 * SECOND;

const mailLists = {
  ALERT_EMAIL_TO: ['team@cryptofunk.example'],
  CRITICAL_ALERT_EMAIL_TO: ['on-call@cryptofunk.example'],
};
/** Channels that only render: nothing here is sent. */
const unused = async () => Promise.reject(new Error('a preview sends nothing'));
const slackChannel = createSlackChannel({
  client: { canEdit: true, post: unused, update: unused, reply: unused },
});
const mailChannel = createMailChannel({
  client: { send: unused },
  mailLists,
  domain: 'cryptofunk.example',
  pictures: createPngEncoder(),
  log: {
    info() {},
    warn(message, data) {
      throw new Error(message, { cause: data });
    },
    error() {},
  },
});
const channels = [slackChannel, mailChannel];

/** Renders a moment's notice like a delivery. */
export async function renderMoment(
  catalog: RunbookCatalog,
  runbook: Runbook,
  moment: Moment,
  diagnoses: Diagnosis[],
): Promise<RenderedMoment> {
  const { incident, effect, details, at } = moment.notified;
  const notice = composeNotice({
    incident,
    details,
    runbook,
    ...chooseAmong(incident, diagnoses, effect),
    cause: effect,
    notified: listRecipients(catalog, incident),
    publicUrl: PUBLIC_URL,
    now: at + ON_THE_WAY,
  });
  const targets = routeNotice(catalog, channels, toRoutedNotice(catalog, incident, effect));
  const slack = await slackMessages(moment, notice, loudest(targets));
  const mail = await mailOf(moment, notice, targets, firstBaseSubject(catalog, runbook, moment));
  return {
    moment,
    notice,
    slack,
    mail,
    refused: slack.flatMap(({ blocks }) => {
      const checked = checkSlackBlocks(blocks);
      return checked.kind === 'ok' ? [] : [checked.error, ...checked.messages];
    }),
  };
}

function loudest(targets: Target[]): Target | undefined {
  return targets
    .filter(({ channel }) => channel === slackChannel.channel)
    .toSorted((a, b) => slackChannel.getLoudness(b) - slackChannel.getLoudness(a))[0];
}

async function slackMessages(
  moment: Moment,
  notice: Notice,
  target: Target | undefined,
): Promise<LocalSlackMessage[]> {
  if (target === undefined) return [];
  const plan = planFor(moment, target, slackChannel.abilities);
  const isFirst = plan.do === 'post';
  const ts = ((notice.at - (isFirst ? 0 : notice.at - notice.openedAt)) / SECOND).toFixed(6);
  const show = async (kind: 'root' | 'reply' | 'details', to: Target, at: string) => {
    const rendered = await slackChannel.render({ kind, notice }, to);
    return rendered && message(String(target.to), at, rendered.body);
  };
  const root = await show('root', isFirst ? target : interruptNobody(target), ts);
  if (root === undefined) return [];
  if (plan.do !== 'edit') {
    const after = (Number(ts) + 1).toFixed(6);
    const rest = notice.state === 'firing' ? await show('details', target, after) : undefined;
    return rest === undefined ? [root] : [root, { ...rest, threadTs: ts }];
  }
  const edited = { ...root, edits: 1, editedAt: notice.at };
  if (plan.reply === 'none') return [edited];
  const reply = await show('reply', target, (notice.at / SECOND).toFixed(6));
  return reply === undefined
    ? [edited]
    : [edited, { ...reply, threadTs: ts, broadcast: plan.reply === 'broadcast' }];
}

function message(channel: string, ts: string, { text, blocks }: SlackMessage): LocalSlackMessage {
  return { channel, channelId: channel, ts, broadcast: false, text, blocks, via: 'bot', edits: 0 };
}

/** The base subject of the first mail about it. */
function firstBaseSubject(
  catalog: RunbookCatalog,
  runbook: Runbook,
  { notified, before }: Moment,
): BaseSubject {
  const { incident, effect, details, at } = before[0] ?? notified;
  const now = at + ON_THE_WAY;
  return getBaseSubject(
    composeNotice({
      incident,
      details,
      runbook,
      cause: effect,
      notified: listRecipients(catalog, incident),
      now,
    }),
  );
}

async function mailOf(
  moment: Moment,
  notice: Notice,
  targets: Target[],
  baseSubject: BaseSubject,
): Promise<LocalMail | undefined> {
  const target = targets.find(({ channel }) => channel === mailChannel.channel);
  if (target === undefined || planFor(moment, target, mailChannel.abilities).do !== 'post') return undefined;
  const rendered = await mailChannel.render({ kind: 'root', notice }, target, { baseSubject });
  if (rendered === undefined) return undefined;
  const { mail } = rendered.body;
  const { subject, text, html, messageId, references = [], pictures = [] } = mail;
  return {
    at: notice.at,
    from: FROM,
    to: mail.to,
    recipients: mail.to,
    subject,
    messageId,
    references,
    text,
    html,
    headerLines: [
      `From: ${FROM}`,
      `To: ${mail.to.join(', ')}`,
      `Subject: ${subject}`,
      `Message-ID: ${messageId}`,
      `References: ${references.join(' ')}`,
    ],
    attachments: pictures.map(({ contentId, fileName, png }) => ({
      contentId,
      fileName,
      contentType: 'image/png',
      disposition: 'inline',
      related: true,
      base64: Buffer.from(png).toString('base64'),
    })),
    size: html.length,
  };
}

/** The messages for a destination that has received everything before. */
function planFor({ notified, before }: Moment, target: Target, abilities: Abilities): Plan {
  const { incident, effect } = notified;
  const last = before.at(-1);
  const record: DestinationRecord = {
    destination: target.destination,
    lastSeq: last?.effect.seq ?? 0,
    lastPingSeq: last?.effect.seq ?? 0,
    lastTier: last?.effect.tier ?? 0,
    resolvedSeq: 0,
    claimUntil: 0,
    lastShownFiring: last && last.incident.status === 'open',
    root: last && abilities.edit ? { channelId: 'C1', ts: '1' } : undefined,
  };
  const { kind: _, details: __, moves: ___, ...noticed } = effect;
  const message: NoticeMessage = {
    schema: 1,
    kind: 'notice',
    key: effect.id,
    incidentId: incident.id,
    effect: noticed,
    target,
    attempt: 1,
  };
  return decide({ message, incident, record, abilities, now: effect.at });
}
