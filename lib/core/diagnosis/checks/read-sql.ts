import type { SqlStep } from '../../runbook/runbook.ts';
import { evaluateCel } from '../expressions/cel.ts';
import type { Cell } from '../findings/finding.ts';
import type { ProbeResult } from './probe.ts';
import type { ReadContext, StepReading } from './reading.ts';
import { type Row, toRowEvidence } from './row-evidence.ts';

/** Label values reach the server only as bind values. */
export async function readSql(step: SqlStep, context: ReadContext): Promise<ProbeResult<StepReading>> {
  if (!context.probes.sql) return { kind: 'failed', reason: 'DATABASE_URL is not set' };
  const params: Cell[] = [];
  for (const expression of step.params) {
    const outcome = evaluateCel(expression, { labels: context.labels });
    params.push(outcome.kind === 'ok' && isScalar(outcome.value) ? outcome.value : null);
  }
  const answer = await context.probes.sql.query(step.query, params, context.bounds);
  if (answer.kind === 'failed') return answer;
  const { columns, truncated } = answer.value;
  const rows = answer.value.rows.map((row) => toRow(columns, row));
  const count = answer.value.count ?? rows.length + Number(truncated);
  const result = { rows, first: rows[0] ?? null, count, columns, truncated };
  const evidence = toRowEvidence(columns, rows, count - rows.length);
  return { kind: 'ok', value: evidence ? { result, evidence } : { result } };
}

function toRow(columns: string[], row: Cell[]): Row {
  return Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null]));
}

function isScalar(value: unknown): value is Cell {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
