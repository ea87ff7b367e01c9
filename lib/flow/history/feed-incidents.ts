import { buildFeed, type FeedWriter } from '../../core/history/feed.ts';
import type { IncidentQuery, IncidentSummary } from '../../core/history/history.ts';
import { redactTexts } from '../../core/redaction/redact-texts.ts';
import type { ListPorts } from './list-incidents.ts';

export type FeedPorts = ListPorts & { feed: FeedWriter; publicUrl?: string };

/** Bounds the pages, and so the work, of one feed. */
const MOST_PAGES = 5;

/**
 * GET /incidents.atom: the latest incidents of a listing. `search` is the request's query string. A feed
 * reader follows no cursor, so a half-empty page is filled from the pages after it.
 */
export async function feedIncidents(
  { publicUrl, history, feed }: FeedPorts,
  query: IncidentQuery,
  search: string,
): Promise<string> {
  const incidents: IncidentSummary[] = [];
  let after = query.after;
  for (let page = 0; page < MOST_PAGES && incidents.length < query.limit; page += 1) {
    const limit = query.limit - incidents.length;
    const found = await history.list({ ...query, limit, ...(after && { after }) });
    incidents.push(...found.incidents);
    after = found.next;
    if (after === undefined) break;
  }
  return feed.write(buildFeed({ incidents: redactTexts(incidents), query, search, publicUrl }));
}
