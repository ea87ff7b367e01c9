import { type ASTNode, Environment, ParseError, type ParseResult, TypeError } from '@marcbachmann/cel-js';
import { DAY, HOUR, MINUTE, SECOND } from '../../shared/time.ts';

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

const environment = new Environment({ homogeneousAggregateLiterals: false })
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
    return undefined;
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
    return listNodes(getProgram(expression).ast).flatMap((node) => {
      const name = findMember(node, map);
      return name === undefined ? [] : [{ name, at: node.start }];
    });
  } catch {
    return [];
  }
}

function findMember(node: ASTNode, map: string): string | undefined {
  if (node.op === '.' || node.op === '.?') return isNamed(node.args[0], map) ? node.args[1] : undefined;
  if (node.op === '[]' || node.op === '[?]') {
    return isNamed(node.args[0], map) ? getText(node.args[1]) : undefined;
  }
  return node.op === 'in' && isNamed(node.args[1], map) ? getText(node.args[0]) : undefined;
}

function isNamed(node: ASTNode, name: string): boolean {
  return node.op === 'id' && node.args === name;
}

function getText(node: ASTNode): string | undefined {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

/** A node and all its descendants, in the order of the text. */
function listNodes(value: unknown, found: ASTNode[] = []): ASTNode[] {
  if (Array.isArray(value)) for (const inner of value) listNodes(inner, found);
  else if (isNode(value)) {
    found.push(value);
    listNodes(value.args, found);
  }
  return found;
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
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
  programs.set(expression, parsed);
  return parsed;
}

function toMistake(error: unknown): TextMistake {
  const at = error instanceof ParseError || error instanceof TypeError ? error.range?.start : undefined;
  return { message: summarizeError(error), at: at ?? 0 };
}

function summarizeError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? message;
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

/** For people, in at most two units: `14 m 02 s`, `3 h 05 m`, `2 d 4 h`. */
export function formatDurationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  const ms = Math.max(0, Math.round(seconds)) * SECOND;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  if (ms < MINUTE) return `${ms / SECOND} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m ${two((ms % MINUTE) / SECOND)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${two((ms % HOUR) / MINUTE)} m`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

/** Three significant digits for fractions, grouped thousands: `0.0512`, `12.3`, `48,210`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits =
    Math.abs(value) >= 100 || Number.isInteger(value)
      ? { maximumFractionDigits: 0 }
      : { maximumSignificantDigits: 3 };
  return value.toLocaleString('en-US', digits);
}

/** `1.2 GiB`, by 1,024, as Kubernetes and PostgreSQL count. */
export function formatBytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let left = value;
  let unit = 0;
  while (Math.abs(left) >= 1024 && unit < units.length - 1) {
    left /= 1024;
    unit += 1;
  }
  return `${formatNumber(left)} ${units[unit]}`;
}

function formatPercent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${formatNumber(Math.round((part / whole) * 1000) / 10)} %`;
}

/** `a, b, c +4` */
function formatList(items: unknown[], most: number): string {
  const shown = items.slice(0, most).map(String).join(', ');
  return items.length > most ? `${shown} +${items.length - most}` : shown;
}
