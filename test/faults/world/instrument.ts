import type { MailClient } from '../../../lib/channels/email/mail-client.ts';
import type { SlackClient } from '../../../lib/channels/slack/slack-client.ts';
import type { WebhookClient } from '../../../lib/channels/webhook/webhook-client.ts';
import type { SendOutcome } from '../../../lib/core/delivery/delivery.ts';
import { CallFailed, type Faults } from '../../support/fakes/faults.ts';

type Method<A extends unknown[], R> = (...args: A) => Promise<R>;
type Port = ReturnType<Faults['port']>;

/**
 * A method whose calls can be struck like those of the stores. A call that fails alone gives `failure`, as the real
 * client does: clients report failures and throw nothing.
 */
export function struckCalls<A extends unknown[], R>(
  port: Port,
  method: string,
  call: Method<A, R>,
  failure: (failed: CallFailed) => NoInfer<R>,
): Method<A, R> {
  return async (...args) => {
    try {
      return await port.run(method, () => call(...args));
    } catch (error) {
      if (error instanceof CallFailed) return failure(error);
      throw error;
    }
  };
}

/** What a channel's client answers when a call fails: the message has not arrived, or only the answer is missing. */
function sendFailure({ moment }: CallFailed): SendOutcome {
  if (moment === 'before') return { kind: 'retryable', reason: 'unavailable', detail: 'HTTP 503' };
  return { kind: 'retryable', reason: 'timeout', detail: 'no answer in time', mayHaveArrived: true };
}

/** An edit can be repeated: that its answer is missing says nothing more. */
function editFailure(_: CallFailed): SendOutcome {
  return { kind: 'retryable', reason: 'unavailable', detail: 'HTTP 503' };
}

/** Lets the clients of the channels be struck as well, in place. */
export function strikeClients(
  faults: Faults,
  { slack, mail, webhook }: { slack: SlackClient; mail: MailClient; webhook: WebhookClient },
): void {
  const ofSlack = faults.port('slack');
  Object.assign(slack, {
    post: struckCalls(ofSlack, 'post', slack.post, sendFailure),
    reply: struckCalls(ofSlack, 'reply', slack.reply, sendFailure),
    update: struckCalls(ofSlack, 'update', slack.update, editFailure),
  } satisfies Omit<SlackClient, 'canEdit'>);
  Object.assign(mail, {
    send: struckCalls(faults.port('mail'), 'send', mail.send, sendFailure),
  } satisfies MailClient);
  Object.assign(webhook, {
    post: struckCalls(faults.port('webhook'), 'post', webhook.post, sendFailure),
  } satisfies WebhookClient);
}
