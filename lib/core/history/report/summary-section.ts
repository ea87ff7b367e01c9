import { getAlertText } from '../../alert/alert-text.ts';
import { countAlerts } from '../../incident/status.ts';
import { formatDuration } from '../../notice/document/format-time.ts';
import { findWorstDetail } from '../../notice/shown-alerts.ts';
import type { Millis } from '../../shared/time.ts';
import { type Block, formatSecond } from './document.ts';
import type { ReportFacts } from './report-facts.ts';

/** What happened, how severe, how long, and who was involved. */
export function renderSummary({ record, runbook, notified, now, url }: ReportFacts): Block[] {
  const { incident } = record;
  const { openedAt, resolvedAt, severity, alertname, source } = incident;
  const end = resolvedAt ?? now;
  const lasted = formatDuration(end - openedAt);
  const state = incident.status === 'resolved' ? `lasted ${lasted}` : `is still open, for ${lasted} now`;
  const worst = findWorstDetail(incident, record.alerts);
  // Without a runbook, the alert's annotations explain it best.
  const meaning = runbook
    ? `${runbook.summary} ${runbook.impact}`
    : worst === undefined
      ? ''
      : getAlertText(worst);
  return [
    { kind: 'heading', level: 2, text: 'Summary' },
    { kind: 'paragraph', text: `${alertname} was ${severity} at ${source} and ${state}.` },
    ...(meaning === '' ? [] : [{ kind: 'paragraph' as const, text: meaning }]),
    { kind: 'list', items: rows({ record, notified, now }).map((row) => row.join(': ')) },
    ...(url === undefined ? [] : [{ kind: 'link' as const, text: 'The incident', url }]),
  ];
}

function rows({ record, notified, now }: Pick<ReportFacts, 'record' | 'notified' | 'now'>): string[][] {
  const { incident } = record;
  const { group, openedAt, severityHistory } = incident;
  const flapped = incident.flapping.ever;
  const { counts: pages = [0, 0, 0] } = incident.paging;
  const groups = Object.entries(group).filter(([name]) => name !== 'alertname');
  const { firing, total, cutOff } = countAlerts(incident);
  const bound = cutOff === undefined ? '' : 'at least ';
  const interrupted = pages.flatMap((count, at) => (count > 0 ? [`${count} to L${at + 1}`] : []));
  return [
    ['Severity', severityHistory.map(({ severity }) => severity).join(' → ') || incident.severity],
    ...(incident.category === undefined ? [] : [['Category', incident.category]]),
    ['Source', incident.source],
    ...(groups.length === 0 ? [] : [['Group', groups.map(([name, value]) => `${name}=${value}`).join(', ')]]),
    ['Alerts', incident.status === 'open' ? `${firing} of ${bound}${total} firing` : `${total}`],
    ['Opened', formatSecond(openedAt)],
    ['Resolved', resolvedWords(record, now)],
    ['Acknowledged', acknowledgedWords(record)],
    ['Highest tier', `L${Math.max(1, incident.tiers.highest)}`],
    ['Notified', notified.names.join(', ') || 'nobody by name'],
    ['Interrupting notices', interrupted.join(', ') || 'none'],
    ...(flapped ? [['Flapped', 'yes']] : []),
    ['Incident', incident.id],
  ];
}

function resolvedWords({ incident }: ReportFacts['record'], now: Millis): string {
  const { openedAt, resolvedAt, resolvedBy, resolution, status } = incident;
  if (status === 'open' || resolvedAt === undefined)
    return `not yet, ${formatDuration(now - openedAt)} after opening`;
  const how = {
    alerts: 'all alerts resolved',
    hand: `by hand${resolvedBy === undefined ? '' : ` by ${resolvedBy}`}`,
    vanished: 'Alertmanager no longer had the alerts',
  }[resolution ?? 'alerts'];
  return `${formatSecond(resolvedAt)}, after ${formatDuration(resolvedAt - openedAt)} (${how})`;
}

function acknowledgedWords({ incident }: ReportFacts['record']): string {
  const { ack, openedAt } = incident;
  const first = incident.firstAcknowledgedAt;
  if (first === undefined) return 'never';
  const when = `${formatSecond(first)}, after ${formatDuration(first - openedAt)}`;
  if (ack === undefined) return `${when}; cleared when it fired again`;
  const again = ack.at > first ? `, then again ${formatSecond(ack.at)}` : '';
  return `${when}${again} by ${ack.by}${ack.note === undefined ? '' : `: ${ack.note}`}`;
}
