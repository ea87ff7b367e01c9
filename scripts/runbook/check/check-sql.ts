import type { Runbook, SqlStep } from '../../../lib/core/runbook/runbook.ts';
import { parseSql, type SqlNode } from './parse-sql.ts';
import type { Report } from './read-yaml.ts';
import { createFieldCheck } from './refuse-fields.ts';
import { refuseNode } from './refuse-sql.ts';
import type { Path } from './yaml-lines.ts';

/**
 * Every query is one reading statement for PostgreSQL's own parser, which names only functions, types and operators that
 * read (allowed-sql.ts), with a value for each of its parameters. Safety
 * does not rest on this: statements run in a READ ONLY transaction of a role that may only read.
 */
export function checkSql(runbook: Runbook, report: Report): void {
  for (const [i, step] of runbook.diagnostics.entries()) {
    if (step.kind === 'sql') checkStep(step, ['diagnostics', i], report);
  }
}

function checkStep({ query, params }: SqlStep, path: Path, report: Report): void {
  const say = (message: string, at: number) =>
    report('sql', [...path, 'query'], message, { text: query, at });
  const parsed = parseSql(query);
  if (parsed.kind === 'mistake') return say(`not valid SQL: ${parsed.message}`, parsed.at);

  const [statement, second] = parsed.statements;
  if (statement === undefined) return say('holds no statement', 0);
  if (second !== undefined) {
    return say(`must be one statement, and this holds ${parsed.statements.length}`, second.at);
  }
  if (statement.type !== 'SelectStmt') {
    return say(`must be one reading statement (SELECT, VALUES, TABLE or WITH)`, statement.at);
  }
  // The statement is read as a part of another one, which a semicolon would end.
  if (!/^[;\s]*$/.test(query.slice(statement.end))) {
    say('nothing may follow the ; that ends the statement', statement.end);
  }
  const used = new Map<number, number>();
  const refuseField = createFieldCheck(statement.nodes);
  for (const node of statement.nodes) {
    const refusal = refuseNode(node) ?? refuseField(node);
    if (refusal !== undefined) say(refusal, placeOf(node, query));
    const parameter = parameterOf(node);
    if (parameter !== undefined && !used.has(parameter)) used.set(parameter, node.at);
  }
  for (const [number, at] of used) {
    if (number < 1 || number > params.length) say(`$${number} has no value: ${listed(params.length)}`, at);
  }
  for (const n of params.keys()) {
    if (!used.has(n + 1)) report('sql', [...path, 'params', n], `the query does not use $${n + 1}`);
  }
}

/** The parser gives no position of a locking clause. */
function placeOf({ type, at }: SqlNode, query: string): number {
  const found = type === 'LockingClause' ? query.slice(at).search(/\bFOR\s+(NO|KEY|UPDATE|SHARE)\b/i) : 0;
  return at + Math.max(0, found);
}

function parameterOf({ type, fields }: SqlNode): number | undefined {
  if (type !== 'ParamRef') return undefined;
  return typeof fields['number'] === 'number' ? fields['number'] : 0;
}

function listed(params: number): string {
  return params === 0 ? 'there is no params list' : `params lists ${params}`;
}
