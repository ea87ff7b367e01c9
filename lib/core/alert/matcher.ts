import { clip } from '../shared/clip.ts';
import { compilePattern, describeExcess, MAX_SIZE, type Pattern } from '../shared/pattern.ts';
import { getLabel } from './labels.ts';

/**
 * One condition on a label, as Alertmanager writes it: `service="exchange"`, `service=~"exchange|llm"`. An
 * absent label has the empty text as its value.
 * https://prometheus.io/docs/alerting/latest/configuration/#matcher
 */
export type Matcher = { label: string; operator: (typeof OPERATORS)[number]; value: string };

const MAX_SHOWN = 40;
const OPERATORS = ['=', '!=', '=~', '!~'] as const;
const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;
const BARE = String.raw`([^\s{}!=~,\\"'\`]+)`;
/** Names and values are quoted, or have no reserved character. */
const MATCHER = new RegExp(
  String.raw`^\s*(?:${QUOTED}|${BARE})\s*(=~|!~|!=|=)\s*(?:${QUOTED}|([^\s",{}]+))\s*`,
  's',
);

/**
 * Reads `{a="x", b!~"y|z"}`; the braces are optional. Returns one sentence for a text that it cannot read.
 * All patterns of a text together have at most `MAX_SIZE`, because an alert may be compared with each.
 */
export function parseMatchers(text: string): Matcher[] | { mistake: string } {
  let rest = text.trim();
  const inBraces = rest.startsWith('{') && rest.endsWith('}');
  if (inBraces) rest = rest.slice(1, -1).trim();
  const matchers: Matcher[] = [];
  let size = 0;
  while (rest !== '') {
    const match = MATCHER.exec(rest);
    if (!match) return { mistake: `expected label="value" at ${JSON.stringify(clip(rest, MAX_SHOWN))}` };
    const matcher = toMatcher(match);
    if (isOnPattern(matcher)) {
      const pattern = getPattern(matcher);
      const { label, operator, value } = matcher;
      const named = `${clip(label, MAX_SHOWN)}${operator}${JSON.stringify(clip(value, MAX_SHOWN))}`;
      if ('mistake' in pattern) return { mistake: `${named} ${pattern.mistake}` };
      size += pattern.size;
      if (size > MAX_SIZE)
        return { mistake: `with the patterns before it, ${named} ${describeExcess(size)}` };
    }
    matchers.push(matcher);
    rest = rest.slice(match[0].length);
    if (rest === '') break;
    if (!rest.startsWith(','))
      return { mistake: `expected a comma at ${JSON.stringify(clip(rest, MAX_SHOWN))}` };
    rest = rest.slice(1).trim();
  }
  return matchers.length > 0 ? matchers : { mistake: 'it holds no matcher' };
}

/** The text of `name="value"`. Names beyond the classic ones are quoted, which older Alertmanagers cannot read. */
export function formatEquality(name: string, value: string): string {
  return `${/^[a-z_][a-z0-9_]*$/i.test(name) ? name : quote(name)}=${quote(value)}`;
}

/** Whether labels satisfy every matcher. */
export function matchesAll(matchers: Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every((matcher) => matches(matcher, labels));
}

/** A value too long to be compared satisfies no pattern, neither `=~` nor `!~`: nothing is muted for it. */
function matches(matcher: Matcher, labels: Readonly<Record<string, string>>): boolean {
  const actual = getLabel(labels, matcher.label) ?? '';
  if (!isOnPattern(matcher)) return (actual === matcher.value) === (matcher.operator === '=');
  const pattern = getPattern(matcher);
  return !('mistake' in pattern) && pattern.test(actual) === (matcher.operator === '=~');
}

function isOnPattern({ operator }: Matcher): boolean {
  return operator === '=~' || operator === '!~';
}

/** Compiled when first needed. A pattern lives as long as its matcher: those of a runbook as long as the process. */
const patterns = new WeakMap<Matcher, ReturnType<typeof compilePattern>>();

/** Alertmanager anchors its patterns at both ends; `.` stands for no line break. */
function getPattern(matcher: Matcher): Pattern | { mistake: string } {
  const known = patterns.get(matcher);
  if (known) return known;
  const compiled = compilePattern(matcher.value, { whole: true });
  patterns.set(matcher, compiled);
  return compiled;
}

function toMatcher([, quotedName, bareName = '', sign, quoted, bare = '']: RegExpExecArray): Matcher {
  const operator = OPERATORS.find((each) => each === sign) ?? '=';
  return { label: unescape(quotedName) ?? bareName, operator, value: unescape(quoted) ?? bare };
}

/** As Alertmanager reads what stands in quotes: a backslash before anything else is one, as in `\d`. */
function unescape(quoted: string | undefined): string | undefined {
  return quoted?.replace(/\\([n"\\])/g, (_whole, character: string) =>
    character === 'n' ? '\n' : character,
  );
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
