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
  /** Further headers: what mail rules and mail clients go by. Each value is one line. */
  headers?: Record<string, string>;
  /** What the HTML shows as `cid:` and the content id. */
  pictures?: MailPicture[];
};

/** A PNG that travels within the mail. */
export type MailPicture = { contentId: string; fileName: string; png: Uint8Array };
