import { deriveCursorKey } from '../lib/core/history/cursor.ts';
import type { IncidentHistory } from '../lib/core/history/history.ts';
import { listIncidents } from '../lib/flow/history/list-incidents.ts';
import { wireReadHistory } from '../lib/wiring.ts';
import { toJsonResult } from './middleware/http.ts';
import { parseIncidentQuery } from './middleware/incident-query.ts';
import { serveRequests } from './middleware/init-once.ts';
import { type ApiParts, api } from './middleware/route.ts';

export type ListIncidentsParts = ApiParts & {
  /** Those that a category may be filtered by. */
  categories: readonly string[];
  ports: { history: Pick<IncidentHistory, 'list'> };
};

/** GET /incidents, for holders of a read or write token. */
export function createListIncidents({ categories, ports, ...parts }: ListIncidentsParts) {
  const key = deriveCursorKey(parts.access);
  return api(parts, {
    access: 'read',
    parameters: (event, now) => parseIncidentQuery(event, now, { key, categories }),
    handle: async ({ query }) => toJsonResult(200, await listIncidents(ports, query, key)),
  });
}

export const handler = serveRequests(wireReadHistory, createListIncidents);
