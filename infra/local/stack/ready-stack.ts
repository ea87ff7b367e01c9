import type { LocalMail } from '../mail/smtp.ts';
import type { LocalSlackMessage } from '../slack/local-slack-messages.ts';

/** What has arrived at the stand-ins so far; without a part where the real one is used, so that nobody can look. */
export type Arrivals = { messages?: LocalSlackMessage[]; mails?: LocalMail[] };

/** The stack, when it can take a delivery. */
export type ReadyStack = {
  /** The API, without a path. */
  url: string;
  /** For deliveries; absent when the tokens are in Parameter Store. */
  token?: string;
  arrivals(): Promise<Arrivals>;
  prometheusUrl: string;
};

/** The first token of `source=token,...` or `token,...`; undefined when the tokens are in Parameter Store. */
export function firstToken(tokens: string | undefined): string | undefined {
  const first = tokens?.split(',')[0]?.trim();
  return first === undefined ? undefined : first.replace(/^[\w.-]+=(?=.)/, '');
}
