import type { LocalMail } from '../mail/read-mail.ts';
import type { LocalSlackMessage } from '../slack/local-slack-messages.ts';

/** The messages and mails at the stand-ins so far; absent for a real part, which nobody can read. */
export type Arrivals = { messages?: LocalSlackMessage[]; mails?: LocalMail[] };

/** The stack, ready for a webhook. */
export type ReadyStack = {
  /** The API, without a path. */
  url: string;
  /** For webhooks; absent when the tokens are in Parameter Store. */
  token?: string;
  arrivals(): Promise<Arrivals>;
  prometheusUrl: string;
};

/** The first token of `source=token,...` or `token,...`; undefined when the tokens are in Parameter Store. */
export function firstToken(tokens: string | undefined): string | undefined {
  const first = tokens?.split(',')[0]?.trim();
  return first === undefined ? undefined : first.replace(/^[\w.-]+=(?=.)/, '');
}
