import middy from '@middy/core';
import { deriveCursorKey } from '../lib/core/history/cursor.ts';
import type { IncidentHistory } from '../lib/core/history/history.ts';
import type { Log } from '../lib/core/shared/log.ts';
import type { Millis } from '../lib/core/shared/time.ts';
import { listIncidents } from '../lib/flow/history/list-incidents.ts';
import { wireReadHistory } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { type HttpEvent, type HttpResult, toJsonResult } from './middleware/http.ts';
import { parseIncidentQuery } from './middleware/incident-query.ts';
import { initOnce } from './middleware/init-once.ts';
import { answerNotStarted } from './middleware/not-started.ts';

export type ListIncidentsParts = {
  access: AccessTokens;
  /** Those that a category may be filtered by. */
  categories: readonly string[];
  ports: { history: Pick<IncidentHistory, 'list'> };
  clock: { now(): Millis };
  log: Log;
};

/** GET /incidents, for holders of a read or write token. */
export function createListIncidents({ access, categories, ports, clock, log }: ListIncidentsParts) {
  const key = deriveCursorKey(access);
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('read', access))
    .handler(async (event) => {
      const reading = parseIncidentQuery(event, clock.now(), { key, categories });
      if (reading.kind === 'refused') return reading.answer;
      return toJsonResult(200, await listIncidents(ports, reading.query, key));
    });
}

export const handler = initOnce(async () => createListIncidents(await wireReadHistory()), answerNotStarted);
