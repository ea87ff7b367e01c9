import type { Incident } from '../incident/incident.ts';
import { countAlerts } from '../incident/status.ts';
import type { IncidentQuery, IncidentSummary, ListPosition } from './history.ts';

/** One incident in a listing; also what the indexes project. */
export function toSummary(incident: Incident): IncidentSummary {
  const { firing, total } = countAlerts(incident);
  return {
    id: incident.id,
    source: incident.source,
    alertname: incident.alertname,
    group: incident.group,
    status: incident.status,
    severity: incident.severity,
    openedAt: incident.openedAt,
    resolvedAt: incident.resolvedAt,
    acknowledgedAt: incident.ack?.at,
    acknowledgedBy: incident.ack?.by,
    firing,
    total,
    tier: incident.tiers.highest,
    category: incident.category,
    firstAcknowledgedAt: incident.firstAcknowledgedAt,
    flapped: incident.flapping.ever ? incident.flapping.ever : undefined,
    pages: incident.paging.counts,
  };
}

/** Filters that compare one field of a summary. */
export const filterFields = ['status', 'alertname', 'severity', 'source', 'category'] as const;

/** Whether a listing shows this incident on its page after `after`. */
export function matches(summary: IncidentSummary, query: IncidentQuery): boolean {
  if (summary.openedAt < query.from || summary.openedAt >= query.to) return false;
  if (filterFields.some((field) => query[field] !== undefined && summary[field] !== query[field]))
    return false;
  return query.after === undefined || compareNewestFirst(query.after, summary) < 0;
}

/** The order of listings: by opening time, then by id, both descending. Negative when `a` comes first. */
export function compareNewestFirst(a: ListPosition, b: ListPosition): number {
  if (a.openedAt !== b.openedAt) return b.openedAt - a.openedAt;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}
