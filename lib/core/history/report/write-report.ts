import { durationWords } from '../../notice/document/format-time.ts';
import { isoTime } from '../../shared/time.ts';
import { placeWords } from '../build-timeline.ts';
import { changesSection, outcomeSection } from './changes-section.ts';
import { type Block, secondWords } from './document.ts';
import { findingsSection } from './findings-section.ts';
import { openQuestions } from './open-questions.ts';
import { type ReportFacts, type ReportInput, reportFacts } from './report-facts.ts';
import { summarySection } from './summary-section.ts';
import { timelineSection } from './timeline-section.ts';

const MAX_FAILED = 50;

/** A post-mortem with all that the history knows, and questions where people have to go on. */
export function writeReport(input: ReportInput): Block[] {
  const facts = reportFacts(input);
  const { incident } = input.record;
  const day = isoTime(incident.openedAt).slice(0, 10);
  return [
    { kind: 'heading', level: 1, text: `Post-mortem: ${incident.alertname}, ${day}` },
    { kind: 'hint', text: draftWords(facts) },
    ...summarySection(facts),
    ...timelineSection(facts),
    ...findingsSection(facts),
    ...changesSection(facts),
    ...outcomeSection(facts),
    ...failedSection(facts),
    ...openQuestions(facts),
  ];
}

function draftWords({ record, now }: ReportFacts): string {
  const made = `Draft, written from the incident's history at ${secondWords(now)}.`;
  const { openedAt, status } = record.incident;
  if (status === 'resolved') return made;
  return `${made} The incident is still open, after ${durationWords(now - openedAt)}.`;
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
          secondWords(at),
          `${what}, L${tier}`,
          placeWords(destination),
          outcome === 'retrying' ? `still being tried: ${detail}` : detail,
        ]),
    },
    ...(failed.length > MAX_FAILED
      ? [{ kind: 'paragraph' as const, text: `${failed.length - MAX_FAILED} more.` }]
      : []),
  ];
}

/** `incident-2026-11-24-DatabaseConnectionPoolCritical.md`, of harmless characters alone. */
export function reportFileName({ incident }: ReportInput['record']): string {
  const name = incident.alertname.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60);
  return `incident-${isoTime(incident.openedAt).slice(0, 10)}-${name}.md`;
}
