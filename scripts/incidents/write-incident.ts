import { formatUtc, type Millis } from '../../lib/core/shared/time.ts';
import type { IncidentRecord } from './answers.ts';
import { type Column, fitTable } from './fit-table.ts';
import { safeLine } from './safe-text.ts';
import { paint, type Style, severityStyle, type Terminal } from './terminal.ts';
import { wrapText } from './wrap-text.ts';
import { labelWords, lengthWords } from './write-list.ts';

/** More rows would scroll the rest off the screen; --json has all. */
const MAX_ALERTS = 20;

/** One incident, top to bottom: its state, what needs attention, its alerts, its timeline, its notices. */
export function writeIncident(record: IncidentRecord, parts: { now: Millis; terminal: Terminal }): string {
  const { terminal } = parts;
  return [
    headLines(record, parts),
    section('Needs attention', findingLines(record, terminal), terminal),
    section('Alerts', alertLines(record, terminal), terminal),
    section('What happened (UTC)', timelineLines(record, terminal), terminal),
    section('Who was notified (UTC)', deliveryLines(record, terminal), terminal),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function headLines(
  { incident, runbook }: IncidentRecord,
  { now, terminal }: { now: Millis; terminal: Terminal },
) {
  const { severity, alertname, status, source, category, group, openedAt, resolvedAt } = incident;
  const since = `${status} since ${formatUtc(Date.parse(resolvedAt ?? openedAt))}`;
  const length = `${resolvedAt === undefined ? 'for' : 'after'} ${lengthWords(incident, now)}`;
  const labels = labelWords(group);
  return [
    `${paint(severity.toUpperCase(), severityStyle(severity), terminal)}  ${paint(safeLine(alertname), 'bold', terminal)}  ${safeLine(incident.id)}`,
    ...wrapText('', [source, category, labels].filter(Boolean).join(' · '), terminal),
    ...wrapText(
      '',
      [
        `${since}, ${length}`,
        ...(incident.resolvedBy === undefined ? [] : [`resolved by ${incident.resolvedBy}`]),
        `${incident.firing} of ${incident.truncated ? 'at least ' : ''}${incident.total} alerts firing`,
        ...(incident.tier > 0 ? [`L${incident.tier}`] : []),
        ...(incident.flapping ? ['flapping'] : []),
        `version ${incident.version}`,
      ].join(' · '),
      terminal,
    ),
    ...wrapText('', acknowledgementWords(incident), terminal),
    ...(runbook === undefined ? [] : wrapText('', `${runbook.summary} ${runbook.impact}`, terminal)),
  ];
}

function acknowledgementWords(incident: IncidentRecord['incident']): string {
  const { acknowledgedBy, acknowledgedAt, acknowledgementNote } = incident;
  if (acknowledgedBy === undefined || acknowledgedAt === undefined) return 'not acknowledged';
  const note = acknowledgementNote === undefined ? '' : `: ${acknowledgementNote}`;
  return `acknowledged by ${acknowledgedBy} at ${formatUtc(Date.parse(acknowledgedAt))}${note}`;
}

/** Of the latest diagnosis that ran: findings that need attention, and checks that failed. */
function findingLines({ diagnoses }: IncidentRecord, terminal: Terminal): string[] {
  const last = diagnoses.findLast(({ findings }) => findings.length > 0);
  if (!last) {
    const skipped = diagnoses.at(-1)?.skipped;
    return wrapText('', skipped ? `not checked: ${skipped}` : 'nothing has been checked', terminal);
  }
  const { findings } = last;
  const attention = findings.filter(({ verdict }) => verdict === 'attention');
  const unchecked = findings.filter(({ verdict }) => verdict === 'unchecked');
  const counted = `${attention.length} of ${findings.length} checks, at ${formatUtc(Date.parse(last.finishedAt))}`;
  return [
    paint(counted, 'dim', terminal),
    ...attention.flatMap(({ sentence }) => wrapText(paint('! ', 'red', terminal), sentence, terminal)),
    ...unchecked.flatMap(({ title, sentence }) =>
      wrapText('? ', `${title}: could not be checked: ${sentence}`, terminal),
    ),
  ];
}

function alertLines({ alerts, incident, leftOut }: IncidentRecord, terminal: Terminal): string[] {
  const shown = alerts.slice(0, MAX_ALERTS);
  const more = alerts.length - shown.length + incident.untracked + (leftOut.alerts ?? 0);
  return [...fitTable(alertColumns, shown, terminal), ...moreLine(more, terminal)];
}

const alertColumns: Column<IncidentRecord['alerts'][number]>[] = [
  { title: 'STATUS', of: ({ status }) => status, style: ({ status }) => statusStyle(status) },
  { title: 'SEVERITY', of: severityWords, style: ({ severity }) => severityStyle(severity) },
  { title: 'SINCE (UTC)', of: ({ startsAt }) => timeWords(startsAt) },
  { title: 'FINGERPRINT', of: ({ fingerprint }) => fingerprint, spare: 1 },
  { title: 'LABELS', of: ({ labels }) => labelWords(distinguishing(labels ?? {})), narrow: 30 },
];

/** Adds the label's original word if it is unknown, because it may have meant something worse. */
function severityWords({ severity, unknownSeverity }: IncidentRecord['alerts'][number]): string {
  return unknownSeverity === undefined ? severity : `${severity} ("${unknownSeverity}")`;
}

/** The labels that no other column shows. */
function distinguishing({
  alertname: _alertname,
  severity: _severity,
  ...labels
}: Record<string, string>): Record<string, string> {
  return labels;
}

/** Without notices, which the section below lists. */
function timelineLines({ timeline, leftOut }: IncidentRecord, terminal: Terminal): string[] {
  const lines = timeline
    .filter(({ kind }) => kind !== 'notified')
    .flatMap(({ at, what, kind, summary, by, note }) => {
      const who = by === undefined || summary.includes(by) ? '' : ` (${by})`;
      const output = note === undefined || summary.includes(note) ? '' : `: ${note}`;
      const word = kind === 'alert' ? `alert ${what}` : kind === 'diagnosed' ? 'diagnosed' : what;
      const lead = `${timeWords(at)}  ${safeLine(word).padEnd(14)}  `;
      return wrapText(lead, `${summary}${who}${output}`, terminal);
    });
  return [...lines, ...moreLine(leftOut.timeline, terminal)];
}

function deliveryLines({ deliveries, leftOut }: IncidentRecord, terminal: Terminal): string[] {
  const lines = deliveries.length === 0 ? [] : fitTable(deliveryColumns, deliveries, terminal);
  return [...lines, ...moreLine(leftOut.deliveries, terminal)];
}

function moreLine(more: number | undefined, terminal: Terminal): string[] {
  return more ? [paint(`and ${more} more`, 'dim', terminal)] : [];
}

const deliveryColumns: Column<IncidentRecord['deliveries'][number]>[] = [
  { title: 'AT', of: ({ at }) => timeWords(at) },
  { title: 'WHERE', of: ({ destination }) => destination, narrow: 16 },
  { title: 'REASON', of: ({ reason }) => reason },
  { title: 'OUTCOME', of: ({ outcome }) => outcome, style: ({ outcome }) => outcomeStyle(outcome) },
  { title: 'DETAIL', of: ({ detail }) => detail ?? '', narrow: 10, spare: 1 },
];

function section(title: string, lines: string[], terminal: Terminal): string[] {
  return lines.length === 0 ? [] : [paint(title, 'bold', terminal), ...lines];
}

function timeWords(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? safeLine(at) : date.toISOString().slice(0, 19).replace('T', ' ');
}

function statusStyle(status: string): Style | undefined {
  return status === 'firing' ? 'red' : 'green';
}

function outcomeStyle(outcome: string): Style | undefined {
  return outcome === 'failed' ? 'red' : undefined;
}
