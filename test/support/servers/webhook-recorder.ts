import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { listenOnLoopback } from '../../../infra/local/stack/listen-on-loopback.ts';

/** The documented fields of Alertmanager's webhook body by which recordings are chosen. */
const payloadSchema = z.looseObject({
  version: z.literal('4'),
  receiver: z.string(),
  status: z.enum(['firing', 'resolved']),
  externalURL: z.string(),
  groupKey: z.string(),
  truncatedAlerts: z.number(),
  alerts: z.array(
    z.looseObject({
      status: z.enum(['firing', 'resolved']),
      labels: z.record(z.string(), z.string()),
      fingerprint: z.string(),
      startsAt: z.string(),
      endsAt: z.string(),
    }),
  ),
});

export type RecordedPayload = z.infer<typeof payloadSchema>;

export type RecordedDelivery = {
  path: string;
  headers: IncomingHttpHeaders;
  /** The exact body of the request. */
  body: string;
  payload: RecordedPayload;
  /** The status that the sender got; 0 while it waits for it. */
  status: number;
};

/** Records every webhook POST; passes it on and returns the other side's answer if there is one. */
export type WebhookRecorder = {
  readonly url: string;
  readonly deliveries: readonly RecordedDelivery[];
  /** The target of webhooks from now on; without it they are answered 200. */
  forwardTo(origin: string): void;
  stop(): Promise<void>;
};

export async function startWebhookRecorder(): Promise<WebhookRecorder> {
  const deliveries: RecordedDelivery[] = [];
  let origin: string | undefined;
  const server = createServer((request, response) => {
    void take(request).then(
      ({ status, body }) => response.writeHead(status).end(body),
      (error: unknown) => response.writeHead(502).end(String(error)),
    );
  });
  async function take(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const body = await text(request);
    const path = request.url ?? '/';
    const payload = payloadSchema.parse(JSON.parse(body));
    const delivery: RecordedDelivery = { path, headers: request.headers, body, payload, status: 0 };
    deliveries.push(delivery);
    const answer = origin === undefined ? { status: 200, body: '' } : await pass(origin, delivery);
    delivery.status = answer.status;
    return answer;
  }
  const { port, close } = await listenOnLoopback(server);

  return {
    url: `http://127.0.0.1:${port}`,
    deliveries,
    forwardTo(next) {
      origin = next;
    },
    stop: close,
  };
}

async function pass(origin: string, delivery: RecordedDelivery): Promise<{ status: number; body: string }> {
  const response = await fetch(origin + delivery.path, {
    method: 'POST',
    headers: {
      'content-type': delivery.headers['content-type'] ?? 'application/json',
      authorization: delivery.headers.authorization ?? '',
    },
    body: delivery.body,
  });
  return { status: response.status, body: await response.text() };
}
