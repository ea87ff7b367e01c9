import { Environment, ParseError, type ParseResult, TypeError } from '@marcbachmann/cel-js';
import { compilePattern, LONGEST_TEXT, type Pattern } from '../../shared/pattern.ts';
import {
  findCostlyPart,
  findMembers,
  findUnsafePattern,
  isNamed,
  listNodes,
  MATCHES,
  renameMatches,
} from './cel-tree.ts';
import { formatBytes, formatDurationText, formatList, formatNumber, formatPercent } from './format-value.ts';

/** The variables of an expression: plain data, never code. */
export type CelVariables = Readonly<Record<string, unknown>>;
export type CelOutcome = { kind: 'ok'; value: unknown } | { kind: 'failed'; reason: string };

/**
 * The variables that an expression may use, by place. `labels` are those that all alerts of the incident
 * share.
 */
const scopes = {
  /** Bind values, and placeholders in queries: nothing has been read yet. */
  query: ['labels'],
  /** `attention` and the sentences of a step. */
  step: ['labels', 'result'],
  /** Commands: `findings.<step id>` is the result of a step that was read successfully. */
  command: ['labels', 'findings'],
} as const;

export type CelScope = keyof typeof scopes;

/** Far more than any runbook needs, and far less than evaluation could notice. */
const limits = { maxAstNodes: 1_000, maxDepth: 50, maxListElements: 100, maxMapEntries: 100 };

const environment = new Environment({ homogeneousAggregateLiterals: false, limits })
  .registerVariable('labels', 'map<string, string>')
  .registerVariable('result', 'dyn')
  .registerVariable('findings', 'dyn')
  .registerFunction('duration_text(dyn): string', (seconds) => formatDurationText(Number(seconds)))
  .registerFunction('number_text(dyn): string', (value) => formatNumber(Number(value)))
  .registerFunction('bytes_text(dyn): string', (value) => formatBytes(Number(value)))
  .registerFunction('percent_text(dyn, dyn): string', (part, whole) =>
    formatPercent(Number(part), Number(whole)),
  )
  .registerFunction(
    'plural(dyn, string): string',
    (count, noun) => `${formatNumber(Number(count))} ${String(noun)}${Number(count) === 1 ? '' : 's'}`,
  )
  .registerFunction(`string.${MATCHES}(string): bool`, matchPattern)
  .registerFunction('listed(list, int): string', (items: unknown[], most) => formatList(items, Number(most)));

// Servers send doubles, expressions contain integers, and CEL itself cannot calculate with a mixed pair.
for (const [operator, calculate] of [
  ['+', (a: number, b: number) => a + b],
  ['-', (a: number, b: number) => a - b],
  ['*', (a: number, b: number) => a * b],
  ['/', (a: number, b: number) => a / b],
] as const) {
  const mixed = (a: number | bigint, b: number | bigint) => calculate(Number(a), Number(b));
  environment.registerOperator(`double ${operator} int`, mixed);
  environment.registerOperator(`int ${operator} double`, mixed);
}

/** Parsed once per expression and container; later calls only evaluate. */
const programs = new Map<string, ParseResult>();

/** One sentence, and the position in the text that it is about. */
export type TextMistake = { message: string; at: number };

/** Why an expression is invalid in its place; undefined if it is valid. For the build. */
export function findCelMistake(expression: string, scope: CelScope): TextMistake | undefined {
  try {
    const parsed = getProgram(expression);
    const { valid, error } = parsed.check();
    if (!valid) return error ? toMistake(error) : { message: 'it has no type', at: 0 };
    const known: readonly string[] = scopes[scope];
    for (const name of ['result', 'findings']) {
      const strange = known.includes(name)
        ? undefined
        : listNodes(parsed.ast).find((node) => isNamed(node, name));
      if (strange) return { message: `${name} is not known here`, at: strange.start };
    }
    return findUnsafePattern(parsed.ast);
  } catch (error) {
    return toMistake(error);
  }
}

/**
 * The members of a map that an expression names, with positions: `labels.a`, `labels["a"]`, `"a" in labels`.
 * Omits computed names; empty for an expression that does not parse. For the build.
 */
export function listMembers(expression: string, map: 'labels' | 'findings'): { name: string; at: number }[] {
  try {
    return findMembers(getProgram(expression).ast, map);
  } catch {
    return [];
  }
}

/**
 * Evaluates a CEL expression over plain data. Returns a runtime error as a value, so that the finding
 * survives it.
 */
export function evaluateCel(expression: string, variables: CelVariables): CelOutcome {
  try {
    const entries = Object.entries(variables).map(([name, value]) => [name, toCel(value)]);
    const value: unknown = getProgram(expression)(Object.fromEntries(entries));
    return { kind: 'ok', value: fromCel(value) };
  } catch (error) {
    return { kind: 'failed', reason: summarizeError(error) };
  }
}

function getProgram(expression: string): ParseResult {
  const known = programs.get(expression);
  if (known) return known;
  const parsed = environment.parse(expression);
  const costly = findCostlyPart(parsed.ast);
  if (costly) throw new ParseError(costly.message, costly.node);
  renameMatches(parsed.ast);
  programs.set(expression, parsed);
  return parsed;
}

/** Patterns of `matches`. A runbook has few, all of them constant. */
const patterns = new Map<string, Pattern>();
const MOST_PATTERNS = 100;

/** `text.matches(pattern)`: whether the pattern is found anywhere in the text. */
function matchPattern(text: string, pattern: string): boolean {
  const found = getPattern(pattern).test(text);
  if (found === undefined) throw new Error(`matches() reads at most ${LONGEST_TEXT} characters`);
  return found;
}

function getPattern(text: string): Pattern {
  const known = patterns.get(text);
  if (known) return known;
  const compiled = compilePattern(text);
  if ('mistake' in compiled) throw new Error(`${JSON.stringify(text)} ${compiled.mistake}`);
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  patterns.set(text, compiled);
  return compiled;
}

function toMistake(error: unknown): TextMistake {
  const at = error instanceof ParseError || error instanceof TypeError ? error.range?.start : undefined;
  return { message: summarizeError(error), at: at ?? 0 };
}

function summarizeError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? message).replaceAll(MATCHES, 'matches');
}

/**
 * CEL finds a value's type by its `constructor`, which can also be the name of a label. So objects are passed
 * as Maps.
 */
function toCel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return new Map(Object.entries(value).map(([name, each]) => [name, toCel(each)]));
}

function fromCel(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([name, each]) => [String(name), fromCel(each)]));
  }
  return Array.isArray(value) ? value.map(fromCel) : value;
}
