import { deriveCursorKey } from '../lib/core/history/cursor.ts';
import { type FeedPorts, feedIncidents } from '../lib/flow/history/feed-incidents.ts';
import { wireFeedIncidents } from '../lib/wiring.ts';
import { toFileResult } from './middleware/http.ts';
import { parseIncidentQuery } from './middleware/incident-query.ts';
import { serveRequests } from './middleware/init-once.ts';
import { type ApiParts, api } from './middleware/route.ts';

export type FeedIncidentsParts = ApiParts & {
  /** Those that a category may be filtered by. */
  categories: readonly string[];
  ports: FeedPorts;
};

/** GET /incidents.atom. Feed readers send no bearer token, but know basic authentication: the token is the password. */
export function createFeedIncidents({ categories, ports, ...parts }: FeedIncidentsParts) {
  const key = deriveCursorKey(parts.access);
  return api(parts, {
    access: 'read',
    parameters: (event, now) => parseIncidentQuery(event, now, { key, categories }),
    handle: async ({ query }, { event }) =>
      toFileResult(
        'application/atom+xml; charset=utf-8',
        await feedIncidents(ports, query, event.rawQueryString),
      ),
  });
}

export const handler = serveRequests(wireFeedIncidents, createFeedIncidents);
