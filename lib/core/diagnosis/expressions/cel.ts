import { type ASTNode, Environment, ParseError, type ParseResult, TypeError } from '@marcbachmann/cel-js';
import { DAY, HOUR, MINUTE, SECOND } from '../../shared/time.ts';

/** What an expression can see: plain data, never code. */
export type CelVariables = Readonly<Record<string, unknown>>;
export type CelOutcome = { kind: 'ok'; value: unknown } | { kind: 'failed'; reason: string };

/** What an expression may speak of, by where it stands. `labels` are those that all alerts of the incident share. */
const scopes = {
  /** Bind values, and holes in queries: before anything was read. */
  query: ['labels'],
  /** `attention` and the sentences of a step. */
  step: ['labels', 'result'],
  /** Commands: `findings.<step id>` is the result of a step that could be read. */
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
    percentText(Number(part), Number(whole)),
  )
  .registerFunction(
    'plural(dyn, string): string',
    (count, noun) => `${formatNumber(Number(count))} ${String(noun)}${Number(count) === 1 ? '' : 's'}`,
  )
  .registerFunction('listed(list, int): string', (items: unknown[], most) => listed(items, Number(most)));

// Numbers from servers are doubles, numbers in an expression integers, and CEL by itself calculates with neither pair.
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

/** Parsed once per expression and process: a warm function evaluates only. */
const programs = new Map<string, ParseResult>();

/** One sentence, and the position in the text at which it is about. */
export type TextMistake = { message: string; at: number };

/** Why an expression cannot work where it stands; `undefined` when it can. For the build. */
export function findCelMistake(expression: string, scope: CelScope): TextMistake | undefined {
  try {
    const parsed = program(expression);
    const { valid, error } = parsed.check();
    if (!valid) return error ? mistakeOf(error) : { message: 'it has no type', at: 0 };
    const known: readonly string[] = scopes[scope];
    for (const name of ['result', 'findings']) {
      const strange = known.includes(name)
        ? undefined
        : nodesOf(parsed.ast).find((node) => isNamed(node, name));
      if (strange) return { message: `${name} is not known here`, at: strange.start };
    }
    return undefined;
  } catch (error) {
    return mistakeOf(error);
  }
}

/**
 * What an expression names of a map, and where: `labels.a`, `labels["a"]`, `"a" in labels`. Nothing for an expression
 * that does not parse, and nothing of a name that is computed. For the build.
 */
export function listMembers(expression: string, map: 'labels' | 'findings'): { name: string; at: number }[] {
  try {
    return nodesOf(program(expression).ast).flatMap((node) => {
      const name = memberOf(node, map);
      return name === undefined ? [] : [{ name, at: node.start }];
    });
  } catch {
    return [];
  }
}

function memberOf(node: ASTNode, map: string): string | undefined {
  if (node.op === '.' || node.op === '.?') return isNamed(node.args[0], map) ? node.args[1] : undefined;
  if (node.op === '[]' || node.op === '[?]') {
    return isNamed(node.args[0], map) ? textOf(node.args[1]) : undefined;
  }
  return node.op === 'in' && isNamed(node.args[1], map) ? textOf(node.args[0]) : undefined;
}

function isNamed(node: ASTNode, name: string): boolean {
  return node.op === 'id' && node.args === name;
}

function textOf(node: ASTNode): string | undefined {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

/** A node and all below it, in the order of the text. */
function nodesOf(value: unknown, found: ASTNode[] = []): ASTNode[] {
  if (Array.isArray(value)) for (const inner of value) nodesOf(inner, found);
  else if (isNode(value)) {
    found.push(value);
    nodesOf(value.args, found);
  }
  return found;
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** Evaluates a CEL expression over plain data. A runtime error is a value: the finding goes on without it. */
export function evaluateCel(expression: string, variables: CelVariables): CelOutcome {
  try {
    const entries = Object.entries(variables).map(([name, value]) => [name, toCel(value)]);
    const value: unknown = program(expression)(Object.fromEntries(entries));
    return { kind: 'ok', value: fromCel(value) };
  } catch (error) {
    return { kind: 'failed', reason: summaryOf(error) };
  }
}

function program(expression: string): ParseResult {
  const known = programs.get(expression);
  if (known) return known;
  const parsed = environment.parse(expression);
  programs.set(expression, parsed);
  return parsed;
}

function mistakeOf(error: unknown): TextMistake {
  const at = error instanceof ParseError || error instanceof TypeError ? error.range?.start : undefined;
  return { message: summaryOf(error), at: at ?? 0 };
}

function summaryOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? message;
}

/** CEL tells what a value is by its `constructor`, which is a name that a label may have: maps go in as Maps. */
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

/** As people say it, two units at most: `14 m 02 s`, `3 h 05 m`, `2 d 4 h`. */
export function formatDurationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  const ms = Math.max(0, Math.round(seconds)) * SECOND;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  if (ms < MINUTE) return `${ms / SECOND} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m ${two((ms % MINUTE) / SECOND)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${two((ms % HOUR) / MINUTE)} m`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

/** Three significant digits where a fraction matters, thousands grouped: `0.0512`, `12.3`, `48,210`. */
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

function percentText(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${formatNumber(Math.round((part / whole) * 1000) / 10)} %`;
}

/** `a, b, c +4` */
function listed(items: unknown[], most: number): string {
  const shown = items.slice(0, most).map(String).join(', ');
  return items.length > most ? `${shown} +${items.length - most}` : shown;
}
