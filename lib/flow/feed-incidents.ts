import { type FeedWriter, incidentFeed } from '../core/history/feed.ts';
import type { IncidentQuery } from '../core/history/history.ts';
import { findIncidents, type ListPorts } from './list-incidents.ts';

export type FeedPorts = ListPorts & { feed: FeedWriter; publicUrl?: string };

/** GET /incidents.atom: the latest incidents of a listing. `search` is the query string that was asked with. */
export async function feedIncidents(
  { publicUrl, ...ports }: FeedPorts,
  query: IncidentQuery,
  search: string,
): Promise<string> {
  const { found: incidents } = await findIncidents(ports, query);
  return ports.feed.write(
    incidentFeed({ incidents, query, search, ...(publicUrl === undefined ? {} : { publicUrl }) }),
  );
}
