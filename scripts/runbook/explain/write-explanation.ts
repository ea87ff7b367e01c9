import { formatDuration } from '../../../lib/core/notice/document/format-time.ts';
import { formatUtc, SECOND } from '../../../lib/core/shared/time.ts';
import type { Explanation } from './explain.ts';
import type { NotifiedPeople } from './explain-people.ts';
import type { ExplainedStep } from './explain-steps.ts';

/** An explanation as text for a terminal. */
export function writeExplanation(explanation: Explanation): string {
  const { alertname, incident, countedAs, severity, deadlineMs, steps, leftOut, commands, notified } =
    explanation;
  const group = Object.entries(incident.group).map(([name, value]) => `${name}=${value}`);
  const lines = [
    `${alertname}${explanation.defaultRunbook ? ' (the default runbook: it has none of its own)' : ''}`,
    `  labels    ${pairs(explanation.labels)}`,
    `  incident  one for all alerts with ${group.join(', ')} of source ${explanation.source} (key ${incident.key})`,
    `  counted   12 ${countedAs.firing} while they fire, 12 ${countedAs.resolved} when it is over`,
    `  severity  ${severity.value}: ${severity.why}`,
    ...severity.raised.map((raised) => `            raised to ${raised}`),
    '',
    `Checks: ${steps.length} at once, all within ${seconds(deadlineMs)}`,
    ...steps.flatMap(stepLines),
    '  · alert expression: what the alert itself measures, over the last hour',
    ...section(
      'Left out',
      leftOut.map(({ title, why }) => `  · ${title}: ${why}`),
    ),
    ...section(
      'Commands that could be shown',
      commands.flatMap(({ text, command, caution, shown }) => [
        `  · ${text}${caution === undefined ? '' : ` (${caution})`}: ${shown}`,
        ...indented(command),
      ]),
    ),
    ...section(
      `Notified, if nobody acknowledges and nothing resolves (from ${formatUtc(explanation.at)} on)`,
      notified.flatMap(notifiedLines),
    ),
  ];
  return lines.join('\n');
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function stepLines(step: ExplainedStep): string[] {
  const bounds = `${seconds(step.timeoutMs)}, ${step.mostRows} rows, ${step.mostBytes} bytes at the most`;
  return [
    `  · ${step.title} (${step.kind}; ${bounds}${step.verifies ? '; again on resolve' : ''})`,
    ...(step.problem === undefined ? [] : [`      could not ask: ${step.problem}`]),
    ...step.asks.flatMap(({ server, request, query }) => [
      `      ${server}: ${request}`,
      ...(query === undefined ? [] : indented(query)),
    ]),
  ];
}

function notifiedLines({ afterMs, summary, severity, contacts, places }: NotifiedPeople): string[] {
  const when = afterMs === 0 ? 'now' : `after ${formatDuration(afterMs)}`;
  const people = contacts.length === 0 ? '' : ` For ${contacts.join(', ')}.`;
  return [`  ${when} (${severity}): ${summary}${people}`, ...places.map((place) => `      ${place}`)];
}

function pairs(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `        ${line}`.trimEnd());
}

function seconds(millis: number): string {
  return `${millis / SECOND} s`;
}
