import type { SourceToken } from '../lib/config/variables.ts';
import { type ReceiveWebhookPorts, receiveWebhook } from '../lib/flow/receive/receive-webhook.ts';
import { refusePayload } from '../lib/flow/receive/refuse-payload.ts';
import { wireReceiveWebhook } from '../lib/wiring.ts';
import { authenticateSource, type SourcedEvent } from './middleware/authenticate-source.ts';
import { decodeBody } from './middleware/decode-body.ts';
import { type HttpResult, toJsonResult, toProblem } from './middleware/http.ts';
import { serveRequests } from './middleware/init-once.ts';
import { takeAnyParameters } from './middleware/parameters.ts';
import { createRoute, type RouteParts } from './middleware/route.ts';

export type ReceiveWebhookParts = RouteParts & { tokens: SourceToken[]; ports: ReceiveWebhookPorts };

/** Limit of rejected alerts, incidents and severities that an answer or a log line names: CloudWatch cuts at 256 KB. */
const MAX_NAMED = 100;

/** Words that may be logged: no token is as short, and no pair has these characters only. */
const NAMEABLE = /^[\p{L}\d _-]{1,16}$/u;

/** Seconds; a repeat finds the finished part as duplicates. */
const RETRY_AFTER = '1';

/**
 * POST /webhooks/alertmanager. 4xx only for mistakes that a retry cannot fix (400, 401, 413): Alertmanager drops
 * those, and 429 too, but repeats everything that gets a 5xx.
 */
export function createReceiveWebhook({ tokens, ports, ...parts }: ReceiveWebhookParts) {
  const { clock, log } = parts;

  /** Answers only once the incident is stored, because the sender drops the webhook for this answer. */
  async function refuseAndOpen(
    { source, body = '' }: SourcedEvent,
    { bytes, maxBytes }: { bytes: number; maxBytes: number },
  ): Promise<HttpResult> {
    const reason = await refusePayload(ports, { source, body, bytes, maxBytes, now: clock.now() });
    log.error('payload too large', { source, bytes, maxBytes });
    return toProblem(413, `${reason} Set max_alerts in the webhook_config.`);
  }

  return createRoute(parts, authenticateSource(tokens), {
    parameters: takeAnyParameters,
    body: decodeBody(refuseAndOpen),
    handle: async (_, { event, now }) => {
      const { source, body = '' } = event;
      const result = await receiveWebhook(ports, { source, body, now });
      if (result.kind === 'malformed') {
        log.warn('webhook quarantined', { source, path: result.path, reason: result.reason });
        return toProblem(400, result.reason, { path: result.path });
      }
      if (result.kind === 'unfinished') {
        const { done, total } = result;
        log.warn('webhook accepted in part', { source, done, total });
        const detail = `${done} of its ${total} incidents are stored; the rest follows with the next webhook.`;
        return toProblem(503, detail, { headers: { 'retry-after': RETRY_AFTER } });
      }
      const { incidents, rejected, quarantined, unknownSeverities } = result;
      if (unknownSeverities) {
        log.warn('severity not in severities.yaml', {
          source,
          severities: unknownSeverities.filter((word) => NAMEABLE.test(word)).slice(0, MAX_NAMED),
          unnamed: unknownSeverities.filter((word) => !NAMEABLE.test(word)).length || undefined,
        });
      }
      log.info('webhook accepted', {
        source,
        incidents: incidents.slice(0, MAX_NAMED),
        rejected: rejected.length,
      });
      if (quarantined !== undefined) {
        log.warn('alerts quarantined', { source, rejected: rejected.length, entry: quarantined });
      }
      return toJsonResult(200, {
        incidents,
        rejected: rejected.slice(0, MAX_NAMED),
        rejectedTotal: rejected.length,
      });
    },
  });
}

export const handler = serveRequests(wireReceiveWebhook, createReceiveWebhook);
