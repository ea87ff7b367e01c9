import middy from '@middy/core';
import { deriveCursorKey } from '../lib/core/history/cursor.ts';
import type { Log } from '../lib/core/shared/log.ts';
import type { Millis } from '../lib/core/shared/time.ts';
import { type FeedPorts, feedIncidents } from '../lib/flow/history/feed-incidents.ts';
import { wireFeedIncidents } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import type { HttpEvent, HttpResult } from './middleware/http.ts';
import { parseIncidentQuery } from './middleware/incident-query.ts';
import { initOnce } from './middleware/init-once.ts';
import { answerNotStarted } from './middleware/not-started.ts';

export type FeedIncidentsParts = {
  access: AccessTokens;
  /** Those that a category may be filtered by. */
  categories: readonly string[];
  ports: FeedPorts;
  clock: { now(): Millis };
  log: Log;
};

/** GET /incidents.atom. Feed readers send no bearer token, but know basic authentication: the token is the password. */
export function createFeedIncidents({ access, categories, ports, clock, log }: FeedIncidentsParts) {
  const key = deriveCursorKey(access);
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('read', access))
    .handler(async (event) => {
      const reading = parseIncidentQuery(event, clock.now(), { key, categories });
      if (reading.kind === 'refused') return reading.answer;
      return {
        statusCode: 200,
        headers: {
          'content-type': 'application/atom+xml; charset=utf-8',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        },
        body: await feedIncidents(ports, reading.query, event.rawQueryString),
      };
    });
}

export const handler = initOnce(async () => createFeedIncidents(await wireFeedIncidents()), answerNotStarted);
