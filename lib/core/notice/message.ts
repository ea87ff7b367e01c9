/** A Slack message, rendered; `blocks` are Block Kit objects, `text` the notification preview. */
export type SlackMessage = { text: string; blocks: Record<string, unknown>[] };

/** One mail, rendered. Message-ID and References keep an incident one conversation in mail clients. */
export type MailMessage = {
  to: string[];
  subject: string;
  text: string;
  html: string;
  messageId: string;
  inReplyTo?: string;
  references?: string[];
};
