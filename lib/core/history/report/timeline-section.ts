import { formatIso } from '../../shared/time.ts';
import { formatPlace } from '../build-timeline.ts';
import type { NoticeEntry, TimelineItem } from '../timeline.ts';
import type { Block } from './document.ts';
import type { ReportFacts } from './report-facts.ts';

/** Rows of the table; a longer timeline shows its beginning and its end. */
const FIRST_ROWS = 100;
const LAST_ROWS = 200;

/** The timeline, one row per moment and subject, without superseded notices. */
export function renderTimeline({ timeline, record }: ReportFacts): Block[] {
  const notified = timeline.filter((entry) => entry.kind !== 'notified' || entry.outcome !== 'superseded');
  const day = findOnlyDay(notified);
  const rows = toRows(notified, day === undefined ? formatTime : (entry) => formatTime(entry).slice(11));
  const missing = Math.max(0, rows.length - FIRST_ROWS - LAST_ROWS);
  const shown =
    missing === 0
      ? rows
      : [
          ...rows.slice(0, FIRST_ROWS),
          ['…', `${missing} rows are left out here.`],
          ...rows.slice(-LAST_ROWS),
        ];
  return [
    { kind: 'heading', level: 2, text: 'Timeline' },
    { kind: 'table', columns: [day === undefined ? 'UTC' : `${day}, UTC`, 'What happened'], rows: shown },
    ...(record.cut.length === 0
      ? []
      : [
          {
            kind: 'hint' as const,
            text: `There is more, older than what was read: ${record.cut.join(', ')}.`,
          },
        ]),
  ];
}

/** Consecutive deliveries of one notice share a row. */
function toRows(timeline: TimelineItem[], time: (entry: TimelineItem) => string): string[][] {
  const rows: string[][] = [];
  let notified: NoticeEntry[] = [];
  const flush = () => {
    const [first] = notified;
    if (first !== undefined) rows.push([time(first), formatNotified(notified)]);
    notified = [];
  };
  for (const entry of timeline) {
    const isNotified =
      entry.kind === 'notified' && entry.outcome === 'delivered' && entry.detail === undefined;
    if (!isNotified || notified.some(({ seq, what }) => seq !== entry.seq || what !== entry.what)) flush();
    if (isNotified) notified.push(entry);
    else rows.push([time(entry), entry.summary]);
  }
  flush();
  return rows;
}

function formatNotified(notified: NoticeEntry[]): string {
  const [first] = notified;
  const places = notified.map(({ destination }) => formatPlace(destination)).join(', ');
  const tier = notified.some(({ ping }) => ping) ? `, L${first?.tier ?? 1}` : '';
  return `Notified ${places} (${first?.what}${tier}).`;
}

/** The day, if everything happened on one day. */
function findOnlyDay(timeline: TimelineItem[]): string | undefined {
  const days = new Set(timeline.map((entry) => formatTime(entry).slice(0, 10)));
  const [day] = days;
  return days.size === 1 ? day : undefined;
}

function formatTime({ at }: TimelineItem): string {
  return formatIso(at).slice(0, -5).replace('T', ' ');
}
