import { isIncidentId } from '../lib/core/incident/incident.ts';
import { type ReportIncidentPorts, reportIncident } from '../lib/flow/history/report-incident.ts';
import { wireReportIncident } from '../lib/wiring.ts';
import { toFileResult, toUnknownId } from './middleware/http.ts';
import { serveRequests } from './middleware/init-once.ts';
import { readId } from './middleware/parameters.ts';
import { type ApiParts, api } from './middleware/route.ts';

export type ReportIncidentParts = ApiParts & { ports: ReportIncidentPorts };

/** GET /incidents/{id}/report: a post-mortem draft as Markdown, for holders of a read or write token. */
export function createReportIncident({ ports, ...parts }: ReportIncidentParts) {
  return api(parts, {
    access: 'read',
    parameters: readId('incident', isIncidentId),
    handle: async ({ id = '' }, { now }) => {
      const report = await reportIncident(ports, id, now);
      if (report === undefined) return toUnknownId('incident');
      return toFileResult('text/markdown; charset=utf-8', report.markdown, {
        'content-disposition': `inline; filename="${report.fileName}"`,
      });
    },
  });
}

export const handler = serveRequests(wireReportIncident, createReportIncident);
