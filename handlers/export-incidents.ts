import middy from '@middy/core';
import { deriveCursorKey, formatNextPage } from '../lib/core/history/cursor.ts';
import type { Log } from '../lib/core/shared/log.ts';
import type { Millis } from '../lib/core/shared/time.ts';
import { type ExportPorts, exportIncidents } from '../lib/flow/history/export-incidents.ts';
import { wireExportIncidents } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import type { HttpEvent, HttpResult } from './middleware/http.ts';
import { parseIncidentQuery } from './middleware/incident-query.ts';
import { initOnce } from './middleware/init-once.ts';
import { answerNotStarted } from './middleware/not-started.ts';

export type ExportIncidentsParts = {
  access: AccessTokens;
  /** Those that a category may be filtered by. */
  categories: readonly string[];
  ports: ExportPorts;
  clock: { now(): Millis };
  log: Log;
};

/**
 * GET /incidents.csv and /incidents.jsonl, for holders of a read or write token. An answer holds up to 1,000
 * incidents, and a link to the next ones if there are any (RFC 8288).
 */
export function createExportIncidents({ access, categories, ports, clock, log }: ExportIncidentsParts) {
  const key = deriveCursorKey(access);
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('read', access))
    .handler(async (event) => {
      const format = event.rawPath.endsWith('.csv') ? 'csv' : 'jsonl';
      const reading = parseIncidentQuery(event, clock.now(), { key, categories }, 'export');
      if (reading.kind === 'refused') return reading.answer;
      const { query } = reading;
      const { body, cursor } = await exportIncidents(ports, query, format, key);
      const header = query.after === undefined ? 'present' : 'absent';
      return {
        statusCode: 200,
        headers: {
          'content-type':
            format === 'csv'
              ? `text/csv; charset=utf-8; header=${header}`
              : 'application/jsonl; charset=utf-8',
          'content-disposition': `attachment; filename="incidents.${format}"`,
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          ...(cursor && { link: `<incidents.${format}?${formatNextPage(query, cursor)}>; rel="next"` }),
        },
        body,
      };
    });
}

export const handler = initOnce(
  async () => createExportIncidents(await wireExportIncidents()),
  answerNotStarted,
);
