import { MINUTE } from '../../lib/core/shared/time.ts';
import type { Disturbance } from './arbitrary-history.ts';
import { describe, type Violation } from './compare.ts';
import type { Answer, Arrival, Millis, ReportedAlert } from './history.ts';
import type { Played } from './play-history.ts';
import { START, type Step } from './unfold-history.ts';

/** How many violations a story ends with. */
const SHOWN = 6;

/** A history for people: one line an arrival, below it what was notified, and at the end what was expected and what happened. */
export function tellStory(played: Played, violations: Violation[]): string {
  const lines: string[] = [];
  let ticks: { first: Millis; last: Millis; says: string } | undefined;
  const endTicks = () => {
    if (ticks === undefined) return;
    const { first, last, says } = ticks;
    lines.push(`${formatTime(first)}${last > first ? ` to ${formatTime(last)}` : ''}  ${says}`);
    ticks = undefined;
  };
  const notifiedAt = Map.groupBy(played.effects, ({ effect }) => effect.at);
  for (const step of played.steps) {
    const { at } = step.arrival;
    const notified = (notifiedAt.get(at) ?? []).map(
      ({ effect, muted }) =>
        `           ${muted ? 'muted' : 'notified'}: ${describe(effect)} ${effect.summary}`,
    );
    notifiedAt.delete(at);
    const says = describeStep(step);
    if (step.arrival.kind === 'tick' && notified.length === 0 && step.disturbances.length === 0) {
      if (ticks?.says !== says) endTicks();
      ticks = { first: ticks?.first ?? at, last: at, says };
      continue;
    }
    endTicks();
    lines.push(`${formatTime(at)}  ${says}`, ...notified);
  }
  endTicks();
  const found = violations
    .slice(0, SHOWN)
    .map(
      ({ at, expected, happened }) =>
        `${formatTime(at)}  expected: ${expected}\n        happened: ${happened}`,
    );
  return [...lines, '', ...found].join('\n');
}

function describeStep({ arrival, disturbances }: Step): string {
  const wrong = disturbances.map((each) => ` [${describeDisturbance(each)}]`).join('');
  return `${describeArrival(arrival)}${wrong}`;
}

function describeArrival(arrival: Arrival): string {
  switch (arrival.kind) {
    case 'webhook': {
      const cut = arrival.truncated > 0 ? `; ${arrival.truncated} cut off` : '';
      return `webhook: ${arrival.alerts.map(describeAlert).join(', ')}${cut}`;
    }
    case 'acknowledge':
      return `${arrival.by} acknowledges`;
    case 'resolve-by-hand':
      return `${arrival.by} resolves by hand`;
    case 'maintenance':
      return `maintenance ${arrival.id} of ${arrival.names.join(', ')} until ${formatTime(arrival.until)}`;
    case 'maintenance-ended':
      return `maintenance ${arrival.id} is ended`;
    case 'tick':
      return `tick; Alertmanager ${describeAnswer(arrival.answer)}`;
  }
}

function describeAlert({ name, status, severity, startsAt, endsAt }: ReportedAlert): string {
  const since = `since ${formatSent(startsAt)}`;
  if (status === 'firing') return `${name} (${severity}) fires ${since}`;
  return `${name} (${severity}) fired ${since} until ${formatSent(endsAt)}`;
}

function describeAnswer(answer: Answer): string {
  const list = (alerts: ReportedAlert[]) => alerts.map(({ name }) => name).join(', ') || 'nothing';
  switch (answer.kind) {
    case 'answer': {
      const silenced = answer.silenced.length > 0 ? `, silenced: ${answer.silenced.join(', ')}` : '';
      return `would list ${list(answer.active)}${silenced}`;
    }
    case 'partly':
      return `would list ${list(answer.active)}, and a peer is down`;
    case 'down':
      return 'is down';
  }
}

function describeDisturbance(it: Disturbance): string {
  switch (it.kind) {
    case 'death':
      return `the process dies ${it.moment} call ${it.call} of the ${it.in}`;
    case 'conflict':
      return 'another writer is faster';
    case 'twice':
      return 'two functions handle it at once';
    case 'late-duplicate':
      return `before it, SQS repeats message ${it.pick} of the ${it.queue} queue`;
    case 'lost-answer':
      return `the next answer of ${it.from} is lost`;
    case 'queue-stops':
      return `the deliver queue stops for ${it.for / MINUTE} min`;
  }
}

function formatSent(time: Millis | undefined): string {
  if (time === undefined) return 'no time';
  if (time === 0) return 'zero';
  return time > START + 1_000 * 24 * 60 * MINUTE ? 'the year 9999' : formatTime(time);
}

/** Hours and minutes since the beginning: `+1:04`, with seconds where there are any. */
export function formatTime(time: Millis): string {
  const total = Math.round(Math.abs(time - START) / 1_000);
  const [hours, minutes, seconds] = [Math.floor(total / 3_600), Math.floor(total / 60) % 60, total % 60];
  const pad = (n: number) => String(n).padStart(2, '0');
  return `${time < START ? '-' : '+'}${hours}:${pad(minutes)}${seconds > 0 ? `:${pad(seconds)}` : ''}`;
}
