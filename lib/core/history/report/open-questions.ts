import { formatPlace } from '../build-timeline.ts';
import type { IncidentRecord } from '../history.ts';
import { type Block, formatSecond } from './document.ts';
import type { ReportFacts } from './report-facts.ts';

const MAX_NAMED = 5;

/** Questions that only people can answer, with hints from the facts. */
export function listOpenQuestions(facts: ReportFacts): Block[] {
  return [
    { kind: 'heading', level: 2, text: 'To fill in' },
    ...question('Root cause', 'What made it happen, and what let that happen?'),
    ...question('Impact', 'Who noticed it, and what did it cost?'),
    ...question('What went well', 'What shortened it, or kept it from getting worse?', goneWell(facts)),
    ...question('What went badly', 'What lengthened it, or was missing?', goneBadly(facts)),
    { kind: 'heading', level: 3, text: 'Action items' },
    { kind: 'tasks', items: [...actions(facts), '(what, owner, by when)'] },
  ];
}

function question(text: string, hint: string, known: string[] = []): Block[] {
  return [
    { kind: 'heading', level: 3, text },
    { kind: 'hint', text: hint },
    ...(known.length === 0 ? [] : [{ kind: 'list' as const, items: known }]),
  ];
}

function goneWell({ record, comparison }: ReportFacts): string[] {
  const { incident } = record;
  const mended = comparison.filter(({ change }) => change === 'better').length;
  return [
    ...(incident.tiers.highest <= 1 && incident.status === 'resolved'
      ? ['It was over before a further tier was called.']
      : []),
    ...(mended > 0
      ? [`After the resolve ${mended === 1 ? '1 check was' : `${mended} checks were`} well again.`]
      : []),
  ];
}

function goneBadly(facts: ReportFacts): string[] {
  const { record, timeline, failed, comparison } = facts;
  const { incident } = record;
  const acknowledged = incident.firstAcknowledgedAt !== undefined;
  const unchecked = named(timeline.flatMap((entry) => (entry.kind === 'diagnosed' ? entry.failed : [])));
  const left = named(stillUrgent(comparison));
  const last = formatPreviousEpisode(record);
  return [
    ...(acknowledged ? [] : ['Nobody acknowledged it.']),
    ...(incident.tiers.highest > 1 ? [`It went up to L${incident.tiers.highest}.`] : []),
    ...(incident.flapping.ever ? ['It flapped.'] : []),
    ...(unchecked === '' ? [] : [`Could not be checked: ${unchecked}.`]),
    ...(failed.length === 0 ? [] : [`Notices were not delivered: ${failedPlaces(facts)}.`]),
    ...(left === '' ? [] : [`Still needed attention after the resolve: ${left}.`]),
    ...(last === undefined ? [] : [last]),
  ];
}

function actions(facts: ReportFacts): string[] {
  const { record, timeline, failed, comparison, runbook } = facts;
  const { incident } = record;
  const acknowledged = incident.firstAcknowledgedAt !== undefined;
  const items: string[] = [];
  if (!acknowledged)
    items.push('Find out why nobody acknowledged it: did the page reach whoever was on call?');
  if (incident.tiers.highest > 1) items.push('Find out why it took longer than the first tier has.');
  if (incident.flapping.ever)
    items.push('Give the alert a longer `for`, or a threshold to come back under, so that it does not flap.');
  const unchecked = named(timeline.flatMap((entry) => (entry.kind === 'diagnosed' ? entry.failed : [])));
  if (unchecked !== '') items.push(`Make these checks work: ${unchecked}.`);
  if (failed.length > 0) items.push(`Make notices arrive ${failedPlaces(facts)}.`);
  const left = named(stillUrgent(comparison));
  if (left !== '') items.push(`Look after what still needs attention: ${left}.`);
  if (runbook === undefined) items.push(`Write a runbook for ${incident.alertname}.`);
  return items.map((item) => `${item} (owner: , by: )`);
}

function stillUrgent(comparison: ReportFacts['comparison']): string[] {
  return comparison.flatMap(({ change, title }) => (change === 'still' || change === 'new' ? title : []));
}

function failedPlaces({ failed }: ReportFacts): string {
  return named(failed.map(({ destination }) => formatPlace(destination)));
}

function named(all: string[]): string {
  const distinct = [...new Set(all)];
  const more = distinct.length - MAX_NAMED;
  return [...distinct.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** A sentence about the previous episode, as diagnoses recorded it; undefined without one. */
export function formatPreviousEpisode({ diagnoses }: IncidentRecord): string | undefined {
  const last = diagnoses.findLast(({ previousEpisode }) => previousEpisode)?.previousEpisode;
  if (last === undefined) return undefined;
  const { count, atLeast } = last.recent;
  const times = count === 1 ? 'once' : `${count} times`;
  const often = count === 0 ? '' : `, ${atLeast ? 'at least ' : ''}${times} in the 30 days before`;
  return `It has happened before: last on ${formatSecond(last.openedAt)}${often} (incident ${last.incidentId}).`;
}
