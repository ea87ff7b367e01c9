import type { PodScope } from '../../runbook/runbook.ts';
import { clip } from '../../shared/clip.ts';
import { fillTemplate } from '../expressions/template.ts';
import type { ProbeResult } from './probe.ts';

type Labels = Readonly<Record<string, string>>;

// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and …/labels/
const NAME = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const SHORT_NAME = new RegExp(`^${NAME}$`);
const DOTTED_NAME = new RegExp(`^${NAME}(?:\\.${NAME})*$`);
const LABEL_TEXT = '[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const LABEL_VALUE = new RegExp(`^${LABEL_TEXT}$`);
const KEY = `(?:[a-z0-9][-a-z0-9.]{0,252}/)?${LABEL_TEXT}`;
const VALUE = `(?:${LABEL_TEXT})?`;
const REQUIREMENT = new RegExp(
  `^(?:!?${KEY}|${KEY}\\s*(?:==?|!=)\\s*${VALUE}|${KEY}\\s+(?:not)?in\\s*\\(\\s*${VALUE}(?:\\s*,\\s*${VALUE})*\\s*\\))$`,
);

const kinds = {
  namespace: { pattern: SHORT_NAME, longest: 63 },
  deployment: { pattern: DOTTED_NAME, longest: 253 },
  pod: { pattern: DOTTED_NAME, longest: 253 },
  container: { pattern: SHORT_NAME, longest: 63 },
} as const;

const LONGEST_SELECTOR = 1_000;
/** Enough of an invalid value to recognise it. */
const MAX_SHOWN = 60;

/**
 * Fills a step's scope with the alert's labels. The result holds only names that Kubernetes accepts. Anything
 * else fails with one sentence and is not sent.
 */
export function fillScope(scope: PodScope, labels: Labels): ProbeResult<PodScope> {
  const filled: PodScope = { namespace: '' };
  for (const what of ['namespace', 'deployment', 'pod'] as const) {
    const template = scope[what];
    if (template === undefined) continue;
    const name = fillName(what, template, labels);
    if (name.kind === 'failed') return name;
    filled[what] = name.value;
  }
  if (scope.selector !== undefined) {
    const selector = fillSelector(scope.selector, labels);
    if (selector.kind === 'failed') return selector;
    filled.selector = selector.value;
  }
  return { kind: 'ok', value: filled };
}

/** Checks the name after filling, because it may combine several labels. */
export function fillName(what: keyof typeof kinds, template: string, labels: Labels): ProbeResult<string> {
  const name = fillTemplate(template, { labels });
  if (name === undefined) return reportMissingLabel(what);
  const { pattern, longest } = kinds[what];
  return name.length <= longest && pattern.test(name) ? { kind: 'ok', value: name } : refuse(name, what);
}

/** Inserts values only as label values, so that none can add or remove a condition. */
function fillSelector(template: string, labels: Labels): ProbeResult<string> {
  const plain = fillTemplate(template, { labels });
  if (plain === undefined) return reportMissingLabel('selector');
  const selector = fillTemplate(template, { labels }, (value) =>
    LABEL_VALUE.test(value) ? value : undefined,
  );
  if (selector === undefined || selector.length > LONGEST_SELECTOR) return refuse(plain, 'selector');
  // A comma inside parentheses separates the values of one condition.
  const requirements = selector.split(/,(?![^(]*\))/);
  return requirements.every((requirement) => REQUIREMENT.test(requirement.trim()))
    ? { kind: 'ok', value: selector }
    : refuse(plain, 'selector');
}

function reportMissingLabel(what: string): ProbeResult<never> {
  return { kind: 'failed', reason: `the alert lacks a label that the ${what} needs` };
}

function refuse(value: string, what: string): ProbeResult<never> {
  const must = what === 'selector' ? 'a label selector' : `a valid name of a ${what}`;
  return { kind: 'failed', reason: `"${clip(value, MAX_SHOWN)}" is not ${must}` };
}
