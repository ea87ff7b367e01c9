import { writeCursor } from '../core/history/cursor.ts';
import type { IncidentHistory, IncidentQuery, IncidentSummary } from '../core/history/history.ts';
import { isoTime } from '../core/history/iso-time.ts';

/** An incident in a listing, ready for JSON; times are ISO 8601 in UTC. */
export type ListedIncident = Omit<
  IncidentSummary,
  'openedAt' | 'resolvedAt' | 'acknowledgedAt' | 'firstAcknowledgedAt'
> & {
  openedAt: string;
  resolvedAt?: string;
  acknowledgedAt?: string;
  firstAcknowledgedAt?: string;
};

/** One page, newest first. Without `cursor` it is the last one. */
export type IncidentPage = { incidents: ListedIncident[]; cursor?: string };

/** GET /incidents. `query` comes from readIncidentQuery. */
export async function listIncidents(ports: ListPorts, query: IncidentQuery): Promise<IncidentPage> {
  const { found, ...cursor } = await findIncidents(ports, query);
  return { incidents: found.map(listed), ...cursor };
}

export type ListPorts = { history: Pick<IncidentHistory, 'list'> };

/** The same page as summaries, for whoever shows them in another form. */
export async function findIncidents(
  ports: ListPorts,
  query: IncidentQuery,
): Promise<{ found: IncidentSummary[]; cursor?: string }> {
  // One more than the page holds tells whether there is another page.
  const all = await ports.history.list({ ...query, limit: query.limit + 1 });
  const found = all.slice(0, query.limit);
  const last = found.at(-1);
  return { found, ...(last && all.length > found.length ? { cursor: writeCursor(last, query) } : {}) };
}

/** A summary with its times as people and programs read them. */
export function listed(summary: IncidentSummary): ListedIncident {
  const { openedAt, resolvedAt, acknowledgedAt, firstAcknowledgedAt, ...rest } = summary;
  return {
    ...rest,
    openedAt: isoTime(openedAt),
    ...(resolvedAt === undefined ? {} : { resolvedAt: isoTime(resolvedAt) }),
    ...(acknowledgedAt === undefined ? {} : { acknowledgedAt: isoTime(acknowledgedAt) }),
    ...(firstAcknowledgedAt === undefined ? {} : { firstAcknowledgedAt: isoTime(firstAcknowledgedAt) }),
  };
}
