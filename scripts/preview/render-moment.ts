import type { LocalMail } from '../../infra/local/mail/smtp.ts';
import { checkSlackBlocks } from '../../infra/local/slack/check-slack-blocks.ts';
import type { LocalSlackMessage } from '../../infra/local/slack/local-slack-messages.ts';
import { createPngEncoder } from '../../lib/adapters/png/png-encoder.ts';
import { type Abilities, decide, type Plan } from '../../lib/core/delivery/decide.ts';
import type { DeliverMessage, DestinationRecord } from '../../lib/core/delivery/delivery.ts';
import type { Diagnosis } from '../../lib/core/diagnosis/findings/finding.ts';
import { chooseDiagnoses } from '../../lib/core/notice/choose-diagnoses.ts';
import { composeNotice } from '../../lib/core/notice/compose.ts';
import { drawPictures } from '../../lib/core/notice/email/email-charts.ts';
import { renderMail } from '../../lib/core/notice/email/email-message.ts';
import { type BaseSubject, getBaseSubject } from '../../lib/core/notice/email/email-subject.ts';
import type { Notice, SlackMessage } from '../../lib/core/notice/notice.ts';
import {
  renderSlackDetails,
  renderSlackReply,
  renderSlackRoot,
} from '../../lib/core/notice/slack/slack-message.ts';
import { listRecipients } from '../../lib/core/routing/recipients.ts';
import { type ConfiguredChannels, routeNotice, type Target } from '../../lib/core/routing/route-notice.ts';
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

const encoder = createPngEncoder();

const channels: ConfiguredChannels = {
  slack: 'bot',
  mail: true,
  mailLists: {
    ALERT_EMAIL_TO: ['team@cryptofunk.example'],
    CRITICAL_ALERT_EMAIL_TO: ['on-call@cryptofunk.example'],
  },
};

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
    ...chooseDiagnoses(incident, diagnoses, { effectId: effect.id, reason: effect.reason }),
    cause: effect,
    notified: listRecipients(catalog, incident),
    publicUrl: PUBLIC_URL,
    now: at + ON_THE_WAY,
  });
  const targets = routeNotice(catalog, channels, {
    runbook,
    severity: incident.severity,
    had: incident.severityHistory.map(({ severity }) => severity),
    reason: effect.reason,
    ping: effect.ping,
    tiers: effect.tiers,
    at: effect.at,
    tierPages: incident.tiers.pages ?? [],
  });
  const slack = slackMessages(moment, notice, loudest(targets));
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

type SlackTarget = Extract<Target, { channel: 'slack' }>;

function loudest(targets: Target[]): SlackTarget | undefined {
  const channels = targets.filter((target) => target.channel === 'slack');
  return channels.toSorted((a, b) => b.mentions.length - a.mentions.length)[0];
}

function slackMessages(moment: Moment, notice: Notice, target: SlackTarget | undefined): LocalSlackMessage[] {
  if (target === undefined) return [];
  const { mentions } = target;
  const plan = planFor(moment, target, 'edits');
  const isFirst = plan.do === 'post';
  const ts = ((notice.at - (isFirst ? 0 : notice.at - notice.openedAt)) / SECOND).toFixed(6);
  const root = message(target.to, ts, renderSlackRoot(notice, isFirst ? mentions : []));
  if (plan.do !== 'edit') return [root, ...details(root, notice)];
  const edited = { ...root, edits: 1, editedAt: notice.at };
  if (plan.reply === 'none') return [edited];
  const reply = message(target.to, (notice.at / SECOND).toFixed(6), renderSlackReply(notice, mentions));
  return [edited, { ...reply, threadTs: ts, broadcast: plan.reply === 'broadcast' }];
}

function details(root: LocalSlackMessage, notice: Notice): LocalSlackMessage[] {
  const rest = notice.state === 'firing' ? renderSlackDetails(notice) : undefined;
  const ts = (Number(root.ts) + 1).toFixed(6);
  return rest === undefined ? [] : [{ ...message(root.channel, ts, rest), threadTs: root.ts }];
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
  const target = targets.find((each) => each.channel === 'email');
  if (target === undefined || planFor(moment, target, 'mails').do !== 'post') return undefined;
  const drawn = await drawPictures(notice, encoder, (error) => {
    throw error;
  });
  const mail = renderMail(notice, { to: target.to, domain: 'cryptofunk.example', baseSubject }, drawn);
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
    rootTs: last === undefined || target.channel === 'email' ? undefined : '1',
    channelId: last === undefined || target.channel === 'email' ? undefined : 'C1',
  };
  const { seq, reason, ping, tier, tiers, at, summary } = effect;
  const message: DeliverMessage = {
    schema: 1,
    key: effect.id,
    incidentId: incident.id,
    effectId: effect.id,
    seq,
    reason,
    ping,
    tier,
    tiers,
    at,
    summary,
    target,
    attempt: 1,
  };
  return decide(message, incident, record, abilities, at);
}
