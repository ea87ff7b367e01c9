import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { listenOnLoopback } from '../../../infra/local/stack/listen-on-loopback.ts';

/** What Alertmanager documents of its webhook body, as far as recordings are picked by it. */
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
  /** The body as it was posted, to the byte. */
  body: string;
  payload: RecordedPayload;
  /** Answer that the sender got; 0 while it waits for one. */
  status: number;
};

/** Records every webhook POST; passes it on and answers like the other side when there is one. */
export type WebhookRecorder = {
  readonly url: string;
  readonly deliveries: readonly RecordedDelivery[];
  /** Where deliveries go from now on; without one they are answered 200. */
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
