import type { DeliveryRecord } from '../delivery/delivery.ts';
import type { DiagnosisSummary } from '../diagnosis/findings/diagnosis-summary.ts';
import { formatDestination } from '../routing/target.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import { buildAlertLines } from './alert-lines.ts';
import type { IncidentRecord, TimelineEntry } from './history.ts';
import { listStateFacts } from './state-facts.ts';
import { summarizeAlerts } from './sum-up-alerts.ts';
import type { DiagnosisEntry, NewsEntry, NoticeEntry, TimelineItem } from './timeline.ts';
import { describeTextChanges, toTimelineEntry } from './timeline-entry.ts';

const MAX_DETAIL = 500;
const MAX_NAMED_CHECKS = 3;

/** Order within one moment, cause first: alert, incident, diagnosis, notice. */
const RANK: Record<TimelineItem['kind'], number> = {
  alert: 0,
  incident: 1,
  acknowledgement: 1,
  tier: 1,
  diagnosed: 2,
  notified: 3,
};

/**
 * Everything that a record knows, as one list: by time, within one moment by version, then cause before
 * effect. The same record gives the same list, in whatever order its parts come.
 */
export function buildTimeline(record: IncidentRecord): TimelineItem[] {
  const { incident, alerts } = record;
  const entries = listEntries(record);
  const changes = describeTextChanges(entries);
  const lines = summarizeAlerts(buildAlertLines(incident, entries), alerts);
  const notified = new Set(entries.map(({ at }) => at));
  return [
    ...lines,
    ...entries.map((entry) => toNewsEntry(entry, changes.get(entry.id))),
    ...listStateFacts(incident, notified),
    ...record.diagnosisSummaries.map(toDiagnosisEntry),
    ...record.deliveries.map(toNoticeEntry),
  ].toSorted(compareItems);
}

function compareItems(a: TimelineItem, b: TimelineItem): number {
  return a.at - b.at || (a.seq ?? 0) - (b.seq ?? 0) || RANK[a.kind] - RANK[b.kind] || (a.id < b.id ? -1 : 1);
}

/** Includes the incident's effects that have no timeline entry yet. */
function listEntries({ incident, timeline }: IncidentRecord): TimelineEntry[] {
  const waiting = incident.effects.map((effect) => toTimelineEntry(effect));
  return [...new Map([...waiting, ...timeline].map((entry) => [entry.id, entry])).values()];
}

function toNewsEntry(entry: TimelineEntry, change?: string): NewsEntry {
  const { moves: _, texts: _words, tier, ...news } = entry;
  const notified = change === undefined ? news : { ...news, summary: `${news.summary} ${change}` };
  if (entry.what === 'acknowledged') return { ...notified, kind: 'acknowledgement' };
  if (entry.what !== 'escalated') return { ...notified, kind: 'incident' };
  return { ...notified, kind: 'tier', tier };
}

function toDiagnosisEntry(summary: DiagnosisSummary): DiagnosisEntry {
  const { id, seq, reason: what, finishedAt, counts, failed } = summary;
  const checks = counts.attention + counts.normal + counts.unchecked;
  return {
    id: `diagnosis:${id}`,
    kind: 'diagnosed',
    what,
    at: finishedAt,
    seq,
    diagnosisId: id,
    attention: counts.attention,
    checks,
    failed,
    summary: `${formatDiagnosis(summary, checks)} (${what}).`,
  };
}

function formatDiagnosis({ counts, failed, skipped }: DiagnosisSummary, checks: number): string {
  if (checks === 0) return `Nothing was checked: ${skipped ?? 'there is no check for it'}`;
  const needs = `${counts.attention} of ${checks} ${checks === 1 ? 'check' : 'checks'}`;
  const found = `${needs} ${counts.attention === 1 ? 'needs' : 'need'} attention`;
  if (counts.unchecked === 0) return found;
  const named = failed.slice(0, MAX_NAMED_CHECKS).map(toOneLine);
  const more = counts.unchecked - named.length;
  const rest = more > 0 ? [`${more} more`] : [];
  return `${found}; could not be made: ${[...named, ...rest].join(', ')}`;
}

function toNoticeEntry(delivery: DeliveryRecord): NoticeEntry {
  const { key, destination, seq, reason, ping, tier, at, outcome, attempts } = delivery;
  const detail = delivery.detail === undefined ? undefined : clip(toOneLine(delivery.detail), MAX_DETAIL);
  return {
    id: `notice:${key}`,
    kind: 'notified',
    what: reason,
    at,
    seq,
    destination,
    outcome,
    tier,
    ping,
    attempts,
    detail,
    summary: describeDelivery(delivery, detail),
  };
}

function describeDelivery(
  { destination, outcome, ping, reason, tier, attempts }: DeliveryRecord,
  why = '',
): string {
  const where = `${formatPlace(destination)} (${reason}${ping ? `, L${tier}` : ''})`;
  const because = why === '' ? '' : `: ${why}`;
  switch (outcome) {
    case 'delivered':
      return `Notified ${where}${because}.`;
    case 'digest':
      return `Notified ${where}, as a line of a storm's digest.`;
    case 'superseded':
      return `Not sent ${where}${because}.`;
    case 'failed':
      return `Could not be sent ${where}${because}.`;
    case 'retrying':
      return `Not sent yet ${where}, tried ${attempts === 1 ? 'once' : `${attempts} times`}${because}.`;
  }
}

/** `in #ops`, `by mail`. */
export function formatPlace(destination: string): string {
  return destination === 'email' ? 'by mail' : `in ${formatDestination(destination)}`;
}
