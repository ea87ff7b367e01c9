import { formatDuration } from '../../lib/core/notice/document/format-time.ts';
import { formatUtc, type Millis } from '../../lib/core/shared/time.ts';
import type { ShownIncident } from './answers.ts';
import { type Column, fitTable } from './fit-table.ts';
import { paint, type Style, severityStyle, type Terminal } from './terminal.ts';

/** Incidents as a table, with the number of open ones. */
export function writeList(
  incidents: ShownIncident[],
  { now, terminal }: { now: Millis; terminal: Terminal },
): string {
  const open = incidents.filter(({ status }) => status === 'open').length;
  const counted = `${incidents.length} ${incidents.length === 1 ? 'incident' : 'incidents'}, ${open} open`;
  return [...fitTable(columns(now), incidents, terminal), paint(counted, 'dim', terminal)].join('\n');
}

function columns(now: Millis): Column<ShownIncident>[] {
  return [
    { title: 'SEVERITY', of: ({ severity }) => severity, style: ({ severity }) => severityStyle(severity) },
    { title: 'STATUS', of: statusWords, style: statusStyle, narrow: 8 },
    { title: 'ALERT', of: ({ alertname }) => alertname, narrow: 14 },
    { title: 'GROUP', of: ({ group }) => labelWords(group), narrow: 10, spare: 2 },
    { title: 'FIRING', of: ({ firing, total }) => `${firing}/${total}`, right: true, spare: 4 },
    { title: 'TIER', of: ({ tier }) => (tier > 0 ? `L${tier}` : ''), spare: 3 },
    { title: 'SOURCE', of: ({ source }) => source, narrow: 6, spare: 5 },
    { title: 'OPENED (UTC)', of: ({ openedAt }) => formatUtc(Date.parse(openedAt)).replace(/ UTC$/, '') },
    { title: 'LASTS', of: (incident) => lengthWords(incident, now), right: true, spare: 1 },
    { title: 'ID', of: ({ id }) => id },
  ];
}

/** `open`, `ack Ana` while she has it, or `resolved`. */
function statusWords({ status, acknowledgedBy }: ShownIncident): string {
  if (status === 'resolved') return 'resolved';
  return acknowledgedBy === undefined ? 'open' : `ack ${acknowledgedBy}`;
}

function statusStyle({ status, acknowledgedBy }: ShownIncident): Style | undefined {
  if (status === 'resolved') return 'green';
  return acknowledgedBy === undefined ? 'bold' : undefined;
}

export function lengthWords(
  { openedAt, resolvedAt }: Pick<ShownIncident, 'openedAt' | 'resolvedAt'>,
  now: Millis,
): string {
  return formatDuration((resolvedAt === undefined ? now : Date.parse(resolvedAt)) - Date.parse(openedAt));
}

export function labelWords(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}
