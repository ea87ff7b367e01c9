import { formatDuration } from '../../notice/document/format-time.ts';
import { formatIso } from '../../shared/time.ts';
import { formatPlace } from '../build-timeline.ts';
import { renderChanges, renderOutcome } from './changes-section.ts';
import { type Block, formatSecond } from './document.ts';
import { renderFindings } from './findings-section.ts';
import { listOpenQuestions } from './open-questions.ts';
import { gatherReportFacts, type ReportFacts, type ReportInput } from './report-facts.ts';
import { renderSummary } from './summary-section.ts';
import { renderTimeline } from './timeline-section.ts';

const MAX_FAILED = 50;

/** A post-mortem with all that the history knows, and questions for people to answer. */
export function renderReport(input: ReportInput): Block[] {
  const facts = gatherReportFacts(input);
  const { incident } = input.record;
  const day = formatIso(incident.openedAt).slice(0, 10);
  return [
    { kind: 'heading', level: 1, text: `Post-mortem: ${incident.alertname}, ${day}` },
    { kind: 'hint', text: draftWords(facts) },
    ...renderSummary(facts),
    ...renderTimeline(facts),
    ...renderFindings(facts),
    ...renderChanges(facts),
    ...renderOutcome(facts),
    ...failedSection(facts),
    ...listOpenQuestions(facts),
  ];
}

function draftWords({ record, now }: ReportFacts): string {
  const made = `Draft, written from the incident's history at ${formatSecond(now)}.`;
  const { openedAt, status } = record.incident;
  if (status === 'resolved') return made;
  return `${made} The incident is still open, after ${formatDuration(now - openedAt)}.`;
}

function failedSection({ failed }: ReportFacts): Block[] {
  if (failed.length === 0) return [];
  return [
    { kind: 'heading', level: 2, text: 'Notices that were not delivered' },
    {
      kind: 'table',
      columns: ['UTC', 'Notice', 'Where', 'Why'],
      rows: failed
        .slice(0, MAX_FAILED)
        .map(({ at, what, tier, destination, outcome, detail = '' }) => [
          formatSecond(at),
          `${what}, L${tier}`,
          formatPlace(destination),
          outcome === 'retrying' ? `still being tried: ${detail}` : detail,
        ]),
    },
    ...(failed.length > MAX_FAILED
      ? [{ kind: 'paragraph' as const, text: `${failed.length - MAX_FAILED} more.` }]
      : []),
  ];
}

/** `incident-2026-11-24-DatabaseConnectionPoolCritical.md`, with safe characters only. */
export function formatReportFileName({ incident }: ReportInput['record']): string {
  const name = incident.alertname.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60);
  return `incident-${formatIso(incident.openedAt).slice(0, 10)}-${name}.md`;
}
