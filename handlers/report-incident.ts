import middy from '@middy/core';
import { isIncidentId } from '../lib/core/incident/incident.ts';
import type { Log } from '../lib/core/shared/log.ts';
import type { Millis } from '../lib/core/shared/time.ts';
import { type ReportIncidentPorts, reportIncident } from '../lib/flow/history/report-incident.ts';
import { wireReportIncident } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { type HttpEvent, type HttpResult, toProblem } from './middleware/http.ts';
import { initOnce } from './middleware/init-once.ts';
import { answerNotStarted } from './middleware/not-started.ts';
import { validateParameters } from './middleware/validate-parameters.ts';

export type ReportIncidentParts = {
  access: AccessTokens;
  ports: ReportIncidentPorts;
  clock: { now(): Millis };
  log: Log;
};

/** GET /incidents/{id}/report: a post-mortem draft as Markdown, for holders of a read or write token. */
export function createReportIncident({ access, ports, clock, log }: ReportIncidentParts) {
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('read', access))
    .use(validateParameters({ id: { of: 'incident', isValid: isIncidentId } }))
    .handler(async (event) => {
      const report = await reportIncident(ports, event.pathParameters?.id ?? '', clock.now());
      if (report === undefined) return toProblem(404, 'There is no incident with this id.', { path: 'id' });
      return {
        statusCode: 200,
        headers: {
          'content-type': 'text/markdown; charset=utf-8',
          'content-disposition': `inline; filename="${report.fileName}"`,
          'cache-control': 'no-store',
          // The report holds labels: no browser may guess that it is a page.
          'x-content-type-options': 'nosniff',
        },
        body: report.markdown,
      };
    });
}

export const handler = initOnce(
  async () => createReportIncident(await wireReportIncident()),
  answerNotStarted,
);
