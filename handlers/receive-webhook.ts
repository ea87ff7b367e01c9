import middy from '@middy/core';
import type { SourceToken } from '../lib/config/variables.ts';
import type { Log } from '../lib/core/shared/log.ts';
import type { Millis } from '../lib/core/shared/time.ts';
import { type ReceiveDeliveryPorts, receiveDelivery } from '../lib/flow/receive-delivery.ts';
import { wireReceiveWebhook } from '../lib/wiring.ts';
import { authenticateSource, type SourcedEvent } from './middleware/authenticate-source.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { coldStart } from './middleware/cold-start.ts';
import { decodeBody } from './middleware/decode-body.ts';
import { type HttpResult, json, problem } from './middleware/http.ts';
import { notStarted } from './middleware/not-started.ts';

export type ReceiveWebhookParts = {
  tokens: SourceToken[];
  ports: ReceiveDeliveryPorts;
  clock: { now(): Millis };
  log: Log;
};

/** A line for each delivery must not become as long as whoever writes labels likes. */
const MAX_LOGGED = 20;

/**
 * POST /webhooks/alertmanager. 4xx only for what a retry cannot fix (400, 401, 413): Alertmanager drops those,
 * and 429 too, but repeats everything that gets a 5xx.
 */
export function receiveWebhookHandler({ tokens, ports, clock, log }: ReceiveWebhookParts) {
  return middy<SourcedEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authenticateSource(tokens))
    .use(decodeBody())
    .handler(async (event) => {
      const { source, body = '' } = event;
      const result = await receiveDelivery(ports, { source, body, now: clock.now() });
      if (result.kind === 'malformed') {
        log.warn('delivery quarantined', { source, path: result.path, reason: result.reason });
        return problem(400, result.reason, { path: result.path });
      }
      const { incidents, rejected, unknownSeverities } = result;
      if (unknownSeverities) {
        log.warn('severity not in severities.yaml', {
          source,
          severities: unknownSeverities.slice(0, MAX_LOGGED),
        });
      }
      log.info('delivery taken in', { source, incidents, rejected: rejected.length });
      return json(200, { incidents, rejected });
    });
}

export const handler = coldStart(async () => receiveWebhookHandler(await wireReceiveWebhook()), notStarted);
