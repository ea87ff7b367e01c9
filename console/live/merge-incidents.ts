import type { ListedIncident, Severity } from '../api/answers.ts';

const RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

/** At most so many are named one by one. */
const NAMED = 3;

/** The order of open incidents: the most severe first, then the newest. */
export function mostUrgentFirst(incidents: readonly ListedIncident[]): ListedIncident[] {
  return incidents.toSorted(
    (a, b) =>
      RANK[a.severity] - RANK[b.severity] ||
      Date.parse(b.openedAt) - Date.parse(a.openedAt) ||
      (a.id < b.id ? 1 : -1),
  );
}

/** Pages of one listing as one, each incident once: an incident may have moved between two pages. */
export function joinPages(
  shown: readonly ListedIncident[],
  more: readonly ListedIncident[],
): ListedIncident[] {
  const byId = new Map(shown.map((incident) => [incident.id, incident]));
  for (const incident of more) byId.set(incident.id, incident);
  return [...byId.values()];
}

/**
 * The announcement for a screen reader after a refresh: new incidents, more severe ones, the number of resolved ones.
 * Empty without such news, and after the first answer.
 */
export function newsBetween(
  before: readonly ListedIncident[] | undefined,
  now: readonly ListedIncident[],
): string {
  if (before === undefined) return '';
  const known = new Map(before.map((incident) => [incident.id, incident]));
  const left = new Set(now.map(({ id }) => id));
  const opened = now.filter(({ id }) => !known.has(id));
  const raised = now.filter((incident) => {
    const earlier = known.get(incident.id);
    return earlier !== undefined && RANK[incident.severity] < RANK[earlier.severity];
  });
  const over = before.filter(({ id }) => !left.has(id)).length;
  return [
    opened.length > 0 && `${counted(opened.length, 'new incident')}: ${named(opened)}.`,
    raised.length > 0 && `Raised: ${named(raised)}.`,
    over > 0 && `${counted(over, 'incident')} no longer open.`,
  ]
    .filter((sentence) => sentence !== false)
    .join(' ');
}

function named(incidents: readonly ListedIncident[]): string {
  const names = mostUrgentFirst(incidents)
    .slice(0, NAMED)
    .map(({ severity, alertname }) => `${severity} ${alertname}`);
  const rest = incidents.length - names.length;
  return names.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
