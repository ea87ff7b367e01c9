import { readStatisticsQuery } from '../lib/core/statistics/query-schema.ts';
import { type ShowStatisticsPorts, showStatistics } from '../lib/flow/history/show-statistics.ts';
import { wireShowStatistics } from '../lib/wiring.ts';
import { toJsonResult } from './middleware/http.ts';
import { serveRequests } from './middleware/init-once.ts';
import { type ApiParts, api } from './middleware/route.ts';

export type ShowStatisticsParts = ApiParts & { ports: ShowStatisticsPorts };

/** GET /stats, for holders of a read or write token. */
export function createShowStatistics({ ports, ...parts }: ShowStatisticsParts) {
  return api(parts, {
    access: 'read',
    parameters: (event, now) => readStatisticsQuery(event.queryStringParameters ?? {}, now),
    handle: async ({ query }, { now }) => toJsonResult(200, await showStatistics(ports, query, now)),
  });
}

export const handler = serveRequests(wireShowStatistics, createShowStatistics);
