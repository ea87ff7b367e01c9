import { writeCursor } from '../../core/history/cursor.ts';
import type { IncidentHistory, IncidentQuery, IncidentSummary } from '../../core/history/history.ts';
import { redactTexts } from '../../core/redaction/redact-texts.ts';
import type { SigningKey } from '../../core/shared/signature.ts';
import { formatIso } from '../../core/shared/time.ts';

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

/** One page, newest first. May hold fewer than `limit`, even none; without `cursor` it is the last. */
export type IncidentPage = { incidents: ListedIncident[]; cursor?: string };

export type ListPorts = { history: Pick<IncidentHistory, 'list'> };

/** GET /incidents. `query` comes from readIncidentQuery; `key` signs the cursor. */
export async function listIncidents(
  ports: ListPorts,
  query: IncidentQuery,
  key: SigningKey,
): Promise<IncidentPage> {
  const { incidents, next } = await ports.history.list(query);
  return {
    incidents: incidents.map(toListedIncident),
    cursor: next && writeCursor(next, query, key),
  };
}

/** A summary with its times as ISO 8601, redacted. */
export function toListedIncident(summary: IncidentSummary): ListedIncident {
  const { openedAt, resolvedAt, acknowledgedAt, firstAcknowledgedAt, ...rest } = summary;
  return {
    ...redactTexts(rest),
    openedAt: formatIso(openedAt),
    resolvedAt: formatIso(resolvedAt),
    acknowledgedAt: formatIso(acknowledgedAt),
    firstAcknowledgedAt: formatIso(firstAcknowledgedAt),
  };
}
