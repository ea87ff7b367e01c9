import type { LocalMail } from '../../../infra/local/mail/read-mail.ts';
import type { LocalSmtp } from '../../../infra/local/mail/smtp.ts';
import type { LocalSlackMessage } from '../../../infra/local/slack/local-slack-messages.ts';
import type { LocalSlack } from '../../../infra/local/slack/slack.ts';
import { slackWords } from './slack-text.ts';

/** The messages in Slack and the mailboxes, by alertname. */
export type NotifiedPeople = {
  /** Root messages in every channel or in one, sorted by channel. */
  roots(alertname: string, channel?: string): LocalSlackMessage[];
  channels(alertname: string): string[];
  replies(root: LocalSlackMessage | undefined): LocalSlackMessage[];
  resolvedReplies(root: LocalSlackMessage): LocalSlackMessage[];
  mails(alertname: string): LocalMail[];
  resolvedMails(alertname: string): LocalMail[];
};

export function notifiedPeople(slack: LocalSlack, smtp: LocalSmtp): NotifiedPeople {
  function roots(alertname: string, channel?: string): LocalSlackMessage[] {
    return slack
      .messages()
      .filter(({ threadTs, text }) => threadTs === undefined && text.includes(alertname))
      .filter((message) => channel === undefined || message.channel === channel)
      .toSorted((a, b) => a.channel.localeCompare(b.channel));
  }
  function replies(root: LocalSlackMessage | undefined): LocalSlackMessage[] {
    return slack
      .messages()
      .filter(({ channelId, threadTs }) => channelId === root?.channelId && threadTs === root?.ts);
  }
  function mails(alertname: string): LocalMail[] {
    return smtp.mails().filter(({ subject }) => subject.includes(alertname));
  }
  return {
    roots,
    replies,
    mails,
    channels: (alertname) => roots(alertname).map(({ channel }) => channel),
    resolvedReplies: (root) => replies(root).filter((reply) => slackWords(reply).includes('RESOLVED')),
    resolvedMails: (alertname) => mails(alertname).filter(({ subject }) => subject.includes('RESOLVED')),
  };
}
