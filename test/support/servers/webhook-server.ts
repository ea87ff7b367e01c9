import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../../../infra/local/stack/listen-on-loopback.ts';

export type WebhookServer = {
  readonly url: string;
  /** The requests that were answered with success, oldest first. */
  readonly accepted: { headers: IncomingHttpHeaders; body: string }[];
  /** What happens to the next requests; `undefined`: they are accepted. */
  trouble(
    next: { status: number; headers?: Record<string, string>; body?: string } | 'hang' | 'break' | undefined,
  ): void;
  close(): Promise<void>;
};

/** Receives webhooks as a program that has trouble on request. */
export async function startWebhookServer(): Promise<WebhookServer> {
  const accepted: WebhookServer['accepted'] = [];
  let trouble: Parameters<WebhookServer['trouble']>[0];
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (trouble === 'hang') return;
    if (trouble === 'break') {
      request.socket.destroy();
    } else if (trouble !== undefined) {
      response.writeHead(trouble.status, trouble.headers).end(trouble.body);
    } else {
      accepted.push({ headers: request.headers, body });
      response.writeHead(204).end();
    }
  }
  const server = createServer((request, response) => void receive(request, response));
  const { port, close } = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}/in?key=very-secret`,
    accepted,
    trouble: (next) => {
      trouble = next;
    },
    close,
  };
}
