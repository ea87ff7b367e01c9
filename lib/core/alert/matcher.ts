import { clip } from '../shared/clip.ts';
import { getLabel } from './labels.ts';

/**
 * One condition on a label, as Alertmanager writes it: `service="exchange"`, `service=~"exchange|llm"`. An
 * absent label has the empty text as its value.
 * https://prometheus.io/docs/alerting/latest/configuration/#matcher
 */
export type Matcher = { label: string; operator: (typeof OPERATORS)[number]; value: string };

const OPERATORS = ['=', '!=', '=~', '!~'] as const;
const MATCHER = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",{}]+))\s*/;
/**
 * Bounds the work of a runbook's pattern on values from any sender: only this many characters are compared.
 */
const MAX_VALUE = 1_000;

/**
 * Reads `{a="x", b!~"y|z"}`; the braces are optional. Returns one sentence for a text that it cannot read.
 */
export function parseMatchers(text: string): Matcher[] | { mistake: string } {
  let rest = text.trim();
  const inBraces = rest.startsWith('{') && rest.endsWith('}');
  if (inBraces) rest = rest.slice(1, -1).trim();
  const matchers: Matcher[] = [];
  while (rest !== '') {
    const match = MATCHER.exec(rest);
    if (!match) return { mistake: `expected label="value" at ${JSON.stringify(clip(rest, 40))}` };
    const [whole, label = '', sign, quoted, bare = ''] = match;
    const operator = OPERATORS.find((each) => each === sign) ?? '=';
    const value = quoted === undefined ? bare : quoted.replace(/\\(.)/g, unescapeCharacter);
    if (operator.endsWith('~') && !isPattern(value)) {
      return { mistake: `${JSON.stringify(value)} is not a regular expression` };
    }
    matchers.push({ label, operator, value });
    rest = rest.slice(whole.length);
    if (rest === '') break;
    if (!rest.startsWith(',')) return { mistake: `expected a comma at ${JSON.stringify(clip(rest, 40))}` };
    rest = rest.slice(1).trim();
  }
  return matchers.length > 0 ? matchers : { mistake: 'it holds no matcher' };
}

/** Whether labels satisfy every matcher. */
export function matchesAll(matchers: Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every((matcher) => matches(matcher, labels));
}

function matches({ label, operator, value }: Matcher, labels: Readonly<Record<string, string>>): boolean {
  const actual = getLabel(labels, label) ?? '';
  switch (operator) {
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case '=~':
      return toAnchoredPattern(value).test(actual.slice(0, MAX_VALUE));
    case '!~':
      return !toAnchoredPattern(value).test(actual.slice(0, MAX_VALUE));
  }
}

/** Alertmanager anchors its patterns at both ends. */
function toAnchoredPattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 's');
}

function unescapeCharacter(_whole: string, character: string): string {
  return character === 'n' ? '\n' : character;
}

/** Whether a text is a regular expression. */
export function isPattern(text: string): boolean {
  try {
    RegExp(text);
    return true;
  } catch {
    return false;
  }
}
