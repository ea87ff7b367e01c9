import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import { formatDuration } from '../notice/document/format-time.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import { formatUtc } from '../shared/time.ts';
import { getEnd } from './maintenance.ts';
import type { Maintenance } from './maintenance-store.ts';

/** Incidents of each kind that are named; the others are counted. Nobody reads more at night. */
const MAX_NAMED = 15;
/** 15 such lines, the heading and the count of the rest fit easily where a message is limited most. */
const MAX_LINE = 170;

/**
 * Incidents that fired during a maintenance, and those that still fire: counts for the heading and two lists,
 * as raw text.
 */
export type MaintenanceSummary = { counts: string; about: string; stillFiring: string[]; over: string[] };

export function summarizeMaintenance(maintenance: Maintenance, incidents: Incident[]): MaintenanceSummary {
  const firing = incidents.filter(isFiring);
  const over = incidents.filter((incident) => !isFiring(incident));
  const { from, by, reason } = maintenance;
  return {
    counts: `${incidents.length} fired meanwhile, ${firing.length} still ${firing.length === 1 ? 'fires' : 'fire'}`,
    about: `${reason} - ${by}, from ${formatUtc(from)} to ${formatUtc(getEnd(maintenance))}. Nobody was notified of these:`,
    stillFiring: listNamed(firing, (incident) => `fires since ${formatUtc(incident.openedAt)}, notified now`),
    over: listNamed(
      over,
      (incident) =>
        `was over after ${formatDuration((incident.resolvedAt ?? incident.lastSeenAt) - incident.openedAt)}`,
    ),
  };
}

/** `Maintenance over: 3 fired meanwhile, 1 still fires`. */
export function formatSummaryHeading({ counts }: MaintenanceSummary): string {
  return `Maintenance over: ${counts}`;
}

/** The lists of a summary that name anything, with their titles. */
export function listSummaryLists({
  stillFiring,
  over,
}: MaintenanceSummary): { title: string; lines: string[] }[] {
  return [
    { title: 'Still firing', lines: stillFiring },
    { title: 'Over by itself', lines: over },
  ].filter(({ lines }) => lines.length > 0);
}

/** For a summary that cannot be rendered: the maintenance, the muted incidents and the failure. */
export function listPlainSummaryLines(id: string, incidents: Incident[], why: string): string[] {
  const named = incidents.slice(0, MAX_NAMED).map((incident) => {
    const words = [incident.severity, incident.alertname, incident.id];
    return clip(toOneLine(words.join(' ')), MAX_LINE);
  });
  const more = incidents.length - named.length;
  return [
    `Maintenance ${id} is over: ${incidents.length} incidents notified nobody`,
    ...named,
    ...(more > 0 ? [`and ${more} more`] : []),
    `This summary could not be written out in full: ${why}`,
  ];
}

/** The most severe first, then the oldest. */
function listNamed(incidents: Incident[], describe: (incident: Incident) => string): string[] {
  const rank = { critical: 0, warning: 1, info: 2 };
  const sorted = incidents.toSorted((a, b) => rank[a.severity] - rank[b.severity] || a.openedAt - b.openedAt);
  const shown = sorted.slice(0, MAX_NAMED).map((incident) => {
    const group = Object.entries(incident.group).flatMap(([name, value]) =>
      name === 'alertname' ? [] : [value],
    );
    const where = [incident.source, ...group].join(', ');
    return clip(
      toOneLine(`${incident.severity.toUpperCase()} ${incident.alertname} (${where}): ${describe(incident)}`),
      MAX_LINE,
    );
  });
  const more = sorted.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}
