import { deriveCursorKey, formatNextPage } from '../lib/core/history/cursor.ts';
import { type ExportPorts, exportIncidents } from '../lib/flow/history/export-incidents.ts';
import { wireExportIncidents } from '../lib/wiring.ts';
import { toFileResult } from './middleware/http.ts';
import { parseIncidentQuery } from './middleware/incident-query.ts';
import { serveRequests } from './middleware/init-once.ts';
import { type ApiParts, api } from './middleware/route.ts';

export type ExportIncidentsParts = ApiParts & {
  /** Those that a category may be filtered by. */
  categories: readonly string[];
  ports: ExportPorts;
};

/**
 * GET /incidents.csv and /incidents.jsonl, for holders of a read or write token. An answer holds up to 1,000
 * incidents, and a link to the next ones if there are any (RFC 8288).
 */
export function createExportIncidents({ categories, ports, ...parts }: ExportIncidentsParts) {
  const key = deriveCursorKey(parts.access);
  return api(parts, {
    access: 'read',
    parameters: (event, now) => parseIncidentQuery(event, now, { key, categories }, 'export'),
    handle: async ({ query }, { event }) => {
      const format = event.rawPath.endsWith('.csv') ? 'csv' : 'jsonl';
      const { body, cursor } = await exportIncidents(ports, query, format, key);
      const header = query.after === undefined ? 'present' : 'absent';
      const contentType =
        format === 'csv' ? `text/csv; charset=utf-8; header=${header}` : 'application/jsonl; charset=utf-8';
      return toFileResult(contentType, body, {
        'content-disposition': `attachment; filename="incidents.${format}"`,
        ...(cursor && { link: `<incidents.${format}?${formatNextPage(query, cursor)}>; rel="next"` }),
      });
    },
  });
}

export const handler = serveRequests(wireExportIncidents, createExportIncidents);
