import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findPolicy } from '../../../lib/core/runbook/find-runbook.ts';
import type { Runbook } from '../../../lib/core/runbook/runbook.ts';
import { ourRunbooks } from '../../support/factories/our-runbooks.ts';

// docs/runbook-coverage.md says where each step of the operations team's runbook is implemented. These tests
// compare it with the compiled runbooks, so that neither can change without the other.

const page = readFileSync(new URL('../../../docs/runbook-coverage.md', import.meta.url), 'utf8');

type CoveredStep = { step: string; items: string[] };
type Section = { alertname: string; steps: CoveredStep[]; malformed: string[] };

/** Sections that are not about an alert have no steps. */
const BEYOND = 'Beyond the alerts';
const sections = page
  .split(/^## /m)
  .slice(1)
  .map(readSection)
  .filter(({ alertname }) => alertname !== BEYOND);

function readSection(text: string): Section {
  const [alertname = '', ...lines] = text.split('\n').map((line) => line.trim());
  const rows = lines.filter((line) => line.startsWith('|')).slice(2);
  const read = rows.map((row) => /^\|\s*(\d+[a-z]?(?:\.\d+)?)\s*\|\s*(\S.*?)\s*\|\s*(\S.*?)\s*\|$/.exec(row));
  return {
    alertname,
    steps: read.flatMap((match) =>
      match
        ? [{ step: match[1] ?? '', items: (match[3] ?? '').split('<br>').map((item) => item.trim()) }]
        : [],
    ),
    malformed: rows.filter((_, index) => read[index] === null),
  };
}

/** Why an item is not where the page says; undefined if it is there. */
function itemMistake(item: string, runbook: Runbook): string | undefined {
  const [, kind = '', rest = ''] =
    /^(diagnostic|verification|command|response|not carried over:|expression|impact|promotion|routing|escalation)(?: (.+))?$/.exec(
      item,
    ) ?? [];
  const quoted = /^"(.+)"$/.exec(rest)?.[1];
  switch (kind) {
    case 'diagnostic':
      return runbook.diagnostics.some(({ id }) => id === rest) ? undefined : `no diagnostic ${rest}`;
    case 'verification':
      return runbook.verification.includes(rest) ? undefined : `${rest} is not verified`;
    case 'command':
      return runbook.commands.some(({ text }) => text === quoted) ? undefined : `no command ${rest}`;
    case 'response':
      return quoted !== undefined && runbook.response.some(({ text }) => text.startsWith(quoted))
        ? undefined
        : `no response that begins ${rest}`;
    case 'not carried over:':
      return rest === '' ? 'it does not say why' : undefined;
    case 'promotion':
      return rest === '' && runbook.promotions.length > 0 ? undefined : 'nothing promotes it';
    case 'escalation':
      return rest === '' && escalates(runbook) ? undefined : 'nobody else is ever told';
    case 'routing':
      return rest === '' && ourRunbooks.routes.some(({ severity }) => severity?.includes(runbook.severity))
        ? undefined
        : 'no route is for its severity';
    case 'expression':
    case 'impact':
      return rest === '' ? undefined : `says more than ${kind}`;
    default:
      return `not one of the forms: ${item}`;
  }
}

/** Whether its incidents, at any severity they can have, remind people or call a tier. */
function escalates({ alertname, severity, promotions }: Runbook): boolean {
  const { escalation } = findPolicy(ourRunbooks, alertname);
  return [severity, ...promotions.map(({ to }) => to)].some((each) => {
    const { acknowledgeWithin, tiers } = escalation[each];
    return acknowledgeWithin !== undefined || tiers.length > 0;
  });
}

/** The required order of steps: 1, 1.1, 1.2, 2, 2a, 2a.1 … without a gap. */
function gaps(steps: CoveredStep[]): string[] {
  const mistakes: string[] = [];
  let [number, letter, command] = [0, 0, 0];
  for (const { step } of steps) {
    const [, digits = '', lettered = '', commanded] = /^(\d+)([a-z]?)(?:\.(\d+))?$/.exec(step) ?? [];
    const place = lettered === '' ? 0 : lettered.charCodeAt(0) - 'a'.charCodeAt(0) + 1;
    const follows =
      commanded !== undefined
        ? Number(digits) === number && place === letter && Number(commanded) === command + 1
        : place === 0
          ? Number(digits) === number + 1
          : Number(digits) === number && place === letter + 1;
    if (!follows) mistakes.push(`${step} does not follow what stands before it`);
    [number, letter, command] = [Number(digits), place, commanded === undefined ? 0 : Number(commanded)];
  }
  return mistakes;
}

describe('docs/runbook-coverage.md', () => {
  test('has exactly one section for each runbook', () => {
    expect(sections.map(({ alertname }) => alertname).toSorted()).toEqual(
      Object.keys(ourRunbooks.runbooks).toSorted(),
    );
  });

  test('names each alert once', () => {
    const names = sections.map(({ alertname }) => alertname);

    expect(names).toEqual([...new Set(names)]);
  });

  test.each(sections)(
    '$alertname: every row names one step and where it is implemented',
    ({ steps, malformed }) => {
      expect(malformed).toEqual([]);
      expect(steps.length).toBeGreaterThan(0);
    },
  );

  test.each(sections)('$alertname: steps and commands are numbered without a gap', ({ steps }) => {
    expect(gaps(steps)).toEqual([]);
  });

  test.each(sections)('$alertname: every item is where the page says', ({ alertname, steps }) => {
    const runbook = ourRunbooks.runbooks[alertname];
    if (runbook === undefined) throw new Error(`there is no runbook ${alertname}`);

    const mistakes = steps.flatMap(({ step, items }) =>
      items.flatMap((item) => {
        const mistake = itemMistake(item, runbook);
        return mistake === undefined ? [] : [`${step}: ${mistake}`];
      }),
    );

    expect(mistakes).toEqual([]);
  });
});

describe('the numbering of steps', () => {
  test.each([
    ['1 1.1 1.2 2 2a 2a.1 2b 2b.1 3', 0],
    ['1 1.1 1.3', 1],
    ['1 3', 1],
    ['1 2a', 1],
    ['1 1b', 1],
    ['1 1.1 1.1', 1],
    ['2', 1],
    ['1 1a.1', 1],
  ])('%s has %i mistakes', (steps, mistakes) => {
    expect(gaps(steps.split(' ').map((step) => ({ step, items: [] })))).toHaveLength(mistakes);
  });
});
