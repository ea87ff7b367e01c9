import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../stack/listen-on-loopback.ts';
import { createLocalSlackApi } from './local-slack-api.ts';
import type { LocalSlackMessage } from './local-slack-messages.ts';
import { failed, parseObject, rateLimited, type SlackAnswer } from './slack-answer.ts';
import type { SlackRules } from './slack-web-api.ts';

/** A fault for the next request. */
type SlackTrouble =
  | { kind: 'rate-limit'; retryAfterSeconds: number }
  | { kind: 'status'; status: number; body?: string }
  /** Web API: HTTP 200 with `ok: false`. Webhook: HTTP 400 with the code as text. */
  | { kind: 'error'; error: string }
  /** An answer that has no end. */
  | { kind: 'endless' }
  /** No answer until the stand-in closes. `served`: the message is accepted all the same. */
  | { kind: 'hang'; served?: boolean };

export type LocalSlackOptions = SlackRules & {
  /** 0 or absent: a free one. */
  port?: number;
};

export type LocalSlack = {
  port: number;
  /** For SLACK_API_URL; ends in `/api/`. */
  apiUrl: string;
  /** For SLACK_WEBHOOK_URL. */
  webhookUrl: string;
  /** The address for replies to an action under that message, like the one that Slack sends with the action. */
  responseUrl: (message: Pick<LocalSlackMessage, 'channelId' | 'ts'>) => string;
  messages: () => LocalSlackMessage[];
  /** Arguments of every call to the Web API, with `method`. */
  calls: () => Record<string, string>[];
  /** Queues faults for the next requests, first in first out. */
  trouble: (...next: SlackTrouble[]) => void;
  clear: () => void;
  close: () => Promise<void>;
};

const responsePath = /^\/actions\/(\w+)\/([\d.]+)$/;
const webhookPath = '/services/T00000000/B00000000/local-webhook';

/**
 * A stand-in for Slack: chat.postMessage, chat.update, auth.test, one incoming webhook and the replies to actions.
 * It holds messages in memory and is as strict about limits as Slack.
 */
export async function startLocalSlack(options: LocalSlackOptions = {}): Promise<LocalSlack> {
  const api = createLocalSlackApi(options);
  const calls: Record<string, string>[] = [];
  const troubles: SlackTrouble[] = [];

  function serve(url: string, body: string, token: string): SlackAnswer {
    if (url === webhookPath) return api.webhook(body);
    const [, channelId, ts] = responsePath.exec(url) ?? [];
    if (channelId !== undefined && ts !== undefined) return api.respond(channelId, ts, body);
    const method = /^\/api\/([\w.]+)$/.exec(url)?.[1];
    if (!method) return { status: 404, body: 'not found' };
    const fields = readFields(body);
    calls.push({ ...fields, method });
    return api.web(method, fields, token);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const url = new URL(request.url ?? '/', 'http://local').pathname;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const trouble = troubles.shift();
    if (trouble?.kind === 'hang') {
      if (trouble.served) serve(url, body, token);
      return;
    }
    if (trouble?.kind === 'endless') return sendForEver(response);
    reply(response, trouble ? troubled(trouble, url) : serve(url, body, token));
  }

  const server = createServer((request, response) => {
    // A sender that gave up in the middle needs no answer.
    handle(request, response).catch(() => response.destroy());
  });
  const { port, close } = await listenOnLoopback(server, options.port);

  return {
    port,
    apiUrl: `http://127.0.0.1:${port}/api/`,
    webhookUrl: `http://127.0.0.1:${port}${webhookPath}`,
    responseUrl: ({ channelId, ts }) => `http://127.0.0.1:${port}/actions/${channelId}/${ts}`,
    messages: api.messages.all,
    calls: () => [...calls],
    trouble: (...next) => void troubles.push(...next),
    clear() {
      api.messages.clear();
      calls.length = 0;
    },
    close,
  };
}

function sendForEver(response: ServerResponse): void {
  const block = ' '.repeat(64_000);
  const more = () => {
    while (!response.destroyed && response.write(block));
  };
  response.on('drain', more);
  response.writeHead(200, { 'content-type': 'application/json' });
  more();
}

function troubled(trouble: Exclude<SlackTrouble, { kind: 'hang' | 'endless' }>, url: string): SlackAnswer {
  switch (trouble.kind) {
    case 'rate-limit':
      return rateLimited(trouble.retryAfterSeconds);
    case 'status':
      return { status: trouble.status, body: trouble.body ?? 'trouble' };
    case 'error':
      return url === webhookPath ? { status: 400, body: trouble.error } : failed(trouble.error);
  }
}

/** The Web API takes forms and JSON; values that are not strings arrive as JSON text in a form. */
function readFields(body: string): Record<string, string> {
  const json = body.trimStart().startsWith('{') ? parseObject(body) : undefined;
  if (!json) return Object.fromEntries(new URLSearchParams(body));
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

function reply(response: ServerResponse, answer: SlackAnswer): void {
  const json = typeof answer.body !== 'string';
  response.writeHead(answer.status ?? 200, {
    'content-type': json ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
    ...answer.headers,
  });
  response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
}
