import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MiddlewareObj } from '@middy/core';
import { MINUTE, type Millis } from '../../lib/core/shared/time.ts';
import { getHeader, type HttpEvent, type HttpResult, toProblem } from './http.ts';

/** Rejects replays. */
const MAX_AGE: Millis = 5 * MINUTE;

/**
 * Lets only requests pass that Slack signed, over the raw body: https://docs.slack.dev/authentication/verifying-requests-from-slack.
 * Runs before the body is decoded. Without a secret every request is refused.
 */
export function verifySlack(
  secret: string | undefined,
  clock: { now(): Millis },
): MiddlewareObj<HttpEvent, HttpResult> {
  return {
    before: ({ event }) => {
      if (secret === undefined)
        return toProblem(503, 'SLACK_SIGNING_SECRET is not set, so no Slack action can be trusted.');
      const timestamp = getHeader(event, 'x-slack-request-timestamp') ?? '';
      const offered = getHeader(event, 'x-slack-signature') ?? '';
      const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
      if (!isSigned(secret, timestamp, body, offered)) {
        return toProblem(401, 'The request is not signed with the secret of this Slack app.');
      }
      if (Math.abs(clock.now() - Number(timestamp) * 1000) > MAX_AGE) {
        return toProblem(401, 'The request was signed more than 5 minutes from now.');
      }
      return undefined;
    },
  };
}

function isSigned(secret: string, timestamp: string, body: Buffer, offered: string): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex');
  const expected = Buffer.from(`v0=${digest}`);
  const given = Buffer.from(offered);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
