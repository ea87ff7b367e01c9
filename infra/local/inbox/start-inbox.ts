import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { LocalSmtp } from '../mail/smtp.ts';
import type { LocalSlack } from '../slack/slack.ts';
import { listenOnLoopback } from '../stack/listen-on-loopback.ts';
import { inboxContent, inboxPage } from './inbox-page.ts';
import { type SendLocalSlackAction, takeSlackAction } from './press-local-button.ts';
import { renderMails } from './render-mails.ts';
import { renderSlackMessages } from './render-slack-messages.ts';

export type InboxOptions = {
  /** Absent when the real Slack, or a real mail server, is used. */
  slack?: Pick<LocalSlack, 'messages'>;
  smtp?: Pick<LocalSmtp, 'mails'>;
  /** Sends a Slack action like Slack; absent where actions cannot be signed. */
  slackAction?: SendLocalSlackAction;
  /** The address of the table, for programs that fill it; absent when it is not on this machine. */
  table?: { endpoint: string; tableName: string };
  /** 0 or absent: a free one. */
  port?: number;
};

type Answer = { status: number; type: string; body: (nonce: string) => string };

export type Inbox = { port: number; url: string; close: () => Promise<void> };

/**
 * One page that shows the messages at the stand-ins, on loopback. `/messages` and `/mails` are the same as JSON,
 * `/table` is the address of the table. Everything shown is escaped, and the page's policy lets no script run but its
 * own.
 */
export async function startInbox(options: InboxOptions): Promise<Inbox> {
  const messages = () => options.slack?.messages() ?? [];
  const mails = () => options.smtp?.mails() ?? [];
  const content = () => inboxContent(renderSlackMessages(messages()), renderMails(mails()));

  const server = createServer((request, response) => {
    answerFor(request).then(
      (answer) => reply(response, answer),
      () => response.destroy(),
    );
  });

  async function answerFor(request: IncomingMessage): Promise<Answer> {
    const path = new URL(request.url ?? '/', 'http://inbox').pathname;
    if (request.method !== 'POST' || path !== '/press') return answerTo(path);
    const { status, text } = await takeSlackAction(request, options.slackAction);
    return { status, type: 'text/plain; charset=utf-8', body: () => text };
  }

  function reply(response: ServerResponse, answer: Answer): void {
    const nonce = randomBytes(16).toString('base64url');
    response.writeHead(answer.status, {
      'content-type': answer.type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      // A mail's frame inherits this policy: mails bring their own styles, and have only pictures of their own.
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    });
    response.end(answer.body(nonce));
  }

  function answerTo(path: string): Answer {
    const html = 'text/html; charset=utf-8';
    const json = 'application/json; charset=utf-8';
    switch (path) {
      case '/':
        return { status: 200, type: html, body: (nonce) => inboxPage(content(), nonce) };
      case '/content':
        return { status: 200, type: html, body: () => content().html };
      case '/messages':
        return { status: 200, type: json, body: () => JSON.stringify(messages()) };
      case '/mails':
        return { status: 200, type: json, body: () => JSON.stringify(mails()) };
      case '/table':
        return { status: 200, type: json, body: () => JSON.stringify(options.table ?? null) };
      default:
        return { status: 404, type: 'text/plain', body: () => 'not found' };
    }
  }

  const { port, close } = await listenOnLoopback(server, options.port);
  return { port, url: `http://localhost:${port}`, close };
}
