import { toOneLine } from '../shared/plain-text.ts';
import { formatIso } from '../shared/time.ts';
import type { IncidentSummary } from './history.ts';

export type CsvCell = string | number | undefined;

/** Writes CSV as in RFC 4180: records end in CRLF, a missing cell is empty, and no cell runs as a formula. */
export interface CsvWriter {
  write(records: CsvCell[][]): string;
}

type Column = { name: string; of(incident: IncidentSummary): CsvCell };

/** New columns go to the end, so that programs that count columns keep working. */
const columns: Column[] = [
  { name: 'id', of: ({ id }) => id },
  { name: 'source', of: ({ source }) => text(source) },
  { name: 'alertname', of: ({ alertname }) => text(alertname) },
  { name: 'group', of: ({ group }) => text(groupWords(group)) },
  { name: 'status', of: ({ status }) => status },
  { name: 'severity', of: ({ severity }) => severity },
  { name: 'category', of: ({ category }) => text(category ?? '') },
  { name: 'openedAt', of: ({ openedAt }) => formatIso(openedAt) },
  { name: 'firstAcknowledgedAt', of: ({ firstAcknowledgedAt }) => formatIso(firstAcknowledgedAt) },
  { name: 'acknowledgedAt', of: ({ acknowledgedAt }) => formatIso(acknowledgedAt) },
  { name: 'acknowledgedBy', of: ({ acknowledgedBy }) => text(acknowledgedBy ?? '') },
  { name: 'resolvedAt', of: ({ resolvedAt }) => formatIso(resolvedAt) },
  { name: 'firing', of: ({ firing }) => firing },
  { name: 'alerts', of: ({ total }) => total },
  { name: 'tier', of: ({ tier }) => tier },
  { name: 'pagesL1', of: ({ pages }) => pages?.[0] ?? 0 },
  { name: 'pagesL2', of: ({ pages }) => pages?.[1] ?? 0 },
  { name: 'pagesL3', of: ({ pages }) => pages?.[2] ?? 0 },
  { name: 'flapped', of: ({ flapped }) => (flapped ? 'yes' : 'no') },
];

export const csvHeader: CsvCell[] = columns.map(({ name }) => name);

/** One incident in the order of the header; times are ISO 8601 in UTC. */
export function toCsvRecord(incident: IncidentSummary): CsvCell[] {
  return columns.map((column) => column.of(incident));
}

/** `agent=technical, exchange=binance` */
function groupWords(group: Readonly<Record<string, string>>): string {
  return Object.entries(group)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

/**
 * One line, because many programs read lines and not records, without control characters, which a terminal would obey.
 * Many spreadsheets in Europe split at semicolons. An apostrophe after each one keeps the next cell from beginning with a formula.
 */
function text(raw: string): string {
  return toOneLine(raw).replace(/(;\s*)(?=[=+\-@＝＋－＠])/g, "$1'");
}
