import middy from '@middy/core';
import type { Log } from '../lib/core/shared/log.ts';
import type { Millis } from '../lib/core/shared/time.ts';
import { readStatisticsQuery } from '../lib/core/statistics/query-schema.ts';
import { type ShowStatisticsPorts, showStatistics } from '../lib/flow/history/show-statistics.ts';
import { wireShowStatistics } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { type HttpEvent, type HttpResult, toJsonResult, toProblem } from './middleware/http.ts';
import { initOnce } from './middleware/init-once.ts';
import { answerNotStarted } from './middleware/not-started.ts';

export type ShowStatisticsParts = {
  access: AccessTokens;
  ports: ShowStatisticsPorts;
  clock: { now(): Millis };
  log: Log;
};

/** GET /stats, for holders of a read or write token. */
export function createShowStatistics({ access, ports, clock, log }: ShowStatisticsParts) {
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('read', access))
    .handler(async (event) => {
      const now = clock.now();
      const reading = readStatisticsQuery(event.queryStringParameters ?? {}, now);
      if (reading.kind === 'refused') return toProblem(400, reading.reason, { path: reading.path });
      return toJsonResult(200, await showStatistics(ports, reading.query, now));
    });
}

export const handler = initOnce(
  async () => createShowStatistics(await wireShowStatistics()),
  answerNotStarted,
);
