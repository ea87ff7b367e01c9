import { formatDuration } from '../../lib/core/notice/document/format-time.ts';
import { formatUtc, SECOND } from '../../lib/core/shared/time.ts';
import type { Durations, Stats } from './answers.ts';
import { type Column, fitTable } from './fit-table.ts';
import { safeLine } from './safe-text.ts';
import { paint, type Terminal } from './terminal.ts';

/** The figures of a range: the total first, then by day, by alert, by category, by tier. */
export function writeStats(stats: Stats, terminal: Terminal): string {
  const { otherAlertnames } = stats;
  const others =
    otherAlertnames > 0 ? [paint(`and ${otherAlertnames} incidents of other alerts`, 'dim', terminal)] : [];
  return [
    summaryLines(stats, terminal),
    table(dayColumns, stats.byDay, terminal),
    [...table(alertColumns, stats.byAlertname, terminal), ...others],
    table(categoryColumns, stats.byCategory, terminal),
    table(tierColumns, stats.notices, terminal),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function summaryLines(stats: Stats, terminal: Terminal): string[] {
  const { from, to, tz, asOf, incidents, open, diagnoses } = stats;
  const lines: [string, string][] = [
    ['incidents', `${incidents}, ${open} open`],
    ['acknowledged', durationsWords(stats.mtta, 'not acknowledged')],
    ['resolved', durationsWords(stats.mttr, 'not resolved yet')],
    ['never acknowledged', String(stats.neverAcknowledged)],
    ['flapping', String(stats.flapping)],
    ['diagnoses', `${diagnoses.count}, ${diagnoses.neededAttention} needed attention`],
  ];
  return [
    paint(
      safeLine(
        `${formatUtc(Date.parse(from))} to ${formatUtc(Date.parse(to))}, days in ${tz}, as of ${formatUtc(Date.parse(asOf))}`,
      ),
      'dim',
      terminal,
    ),
    ...lines.map(([name, words]) => `${name.padEnd(20)}${words}`),
  ];
}

/** `4 min at the median, 12 min at p90 (38 counted; 4 not resolved yet, left out)` */
function durationsWords({ medianSeconds, p90Seconds, counted, leftOut }: Durations, missing: string): string {
  const left = leftOut > 0 ? `${leftOut} ${missing}, left out` : '';
  if (medianSeconds === undefined) return left === '' ? 'none' : `none; ${left}`;
  const p90 = p90Seconds === undefined ? '' : `, ${words(p90Seconds)} at p90`;
  return `${words(medianSeconds)} at the median${p90} (${[`${counted} counted`, left].filter(Boolean).join('; ')})`;
}

function words(seconds: number | undefined): string {
  return seconds === undefined ? '' : formatDuration(seconds * SECOND);
}

const dayColumns: Column<Stats['byDay'][number]>[] = [
  { title: 'DAY', of: ({ day }) => day },
  { title: 'INCIDENTS', of: ({ incidents }) => String(incidents), right: true },
  { title: 'CRITICAL', of: ({ critical }) => String(critical), right: true, spare: 3 },
  { title: 'WARNING', of: ({ warning }) => String(warning), right: true, spare: 4 },
  { title: 'INFO', of: ({ info }) => String(info), right: true, spare: 5 },
  {
    title: 'ACKNOWLEDGED IN',
    of: ({ mtta }) => words(mtta.medianSeconds),
    right: true,
    spare: 1,
  },
  { title: 'RESOLVED IN', of: ({ mttr }) => words(mttr.medianSeconds), right: true, spare: 2 },
];

const alertColumns: Column<Stats['byAlertname'][number]>[] = [
  { title: 'ALERT', of: ({ alertname }) => alertname, narrow: 16 },
  { title: 'INCIDENTS', of: ({ incidents }) => String(incidents), right: true },
  { title: 'ALERTS', of: ({ alerts }) => String(alerts), right: true },
];

const categoryColumns: Column<Stats['byCategory'][number]>[] = [
  { title: 'CATEGORY', of: ({ category }) => category, narrow: 16 },
  { title: 'INCIDENTS', of: ({ incidents }) => String(incidents), right: true },
];

const tierColumns: Column<Stats['notices'][number]>[] = [
  { title: 'TIER', of: ({ tier }) => `L${tier}` },
  { title: 'NOTICES', of: ({ notices }) => String(notices), right: true },
  { title: 'PEOPLE', of: ({ people }) => String(people), right: true },
  { title: 'A PERSON AND HOUR', of: ({ perPersonHour }) => perPersonHour?.toFixed(3) ?? '-', right: true },
];

function table<Row>(columns: Column<Row>[], rows: Row[], terminal: Terminal): string[] {
  return rows.length === 0 ? [] : fitTable(columns, rows, terminal);
}
