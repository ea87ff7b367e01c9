import type pg from 'pg';
import type { Bounds, SqlResult } from '../../core/diagnosis/checks/probe.ts';
import type { Cell } from '../../core/diagnosis/findings/finding.ts';
import { clip } from '../../core/shared/clip.ts';

const LOCK_TIMEOUT = 1_000;
/** Rows that are counted, so that an endless statement does not run to its timeout for a number. */
const MAX_COUNTED = 10_000;
/** Characters of one cell; people see far fewer. */
const MAX_CELL = 4_096;

export type ReadOnlyStatement = {
  sql: string;
  params: Cell[];
  bounds: Bounds;
  /** Milliseconds after which the server ends the statement. */
  timeout: number;
};

/**
 * Runs one statement over the extended protocol in a READ ONLY transaction. The server caps and counts the rows. The
 * transaction stays open, for `leaveNothing`.
 */
export async function readOnly(
  client: pg.Client,
  { sql, params, bounds, timeout }: ReadOnlyStatement,
): Promise<SqlResult> {
  // Set for the transaction, not the session, so that this also works behind a pooler.
  await client.query(
    `BEGIN READ ONLY; SET LOCAL statement_timeout = ${timeout}; SET LOCAL lock_timeout = ${LOCK_TIMEOUT};
     SET LOCAL idle_in_transaction_session_timeout = ${bounds.timeoutMs};
     SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'postgres'; SAVEPOINT step`,
  );
  bounds.signal.throwIfAborted();
  // Without the mode, a statement without bind values would use the simple protocol, which allows several.
  const statement = { text: limited(sql, bounds.maxRows), rowMode: 'array', queryMode: 'extended' } as const;
  const answer = await client.query<Cell[]>(statement, params);
  const rows = answer.rows.map((row) => row.slice(0, -1).map(cut));
  const count = Number(answer.rows[0]?.at(-1) ?? 0);
  return {
    columns: answer.fields.slice(0, -1).map((field) => field.name),
    rows,
    truncated: count > rows.length,
    count,
  };
}

/**
 * Takes away what a statement left, whether it failed or not: a rollback keeps locks and prepared statements of the
 * session. The locks go within the transaction, because behind a pooler only that is surely in the same session.
 */
export async function leaveNothing(client: { query(text: string): Promise<unknown> }): Promise<void> {
  await client.query('ROLLBACK TO step; SELECT pg_catalog.pg_advisory_unlock_all(); ROLLBACK');
  // Allowed only outside of a transaction, and so not together with another statement.
  await client.query('DISCARD ALL');
}

/** With the count of all rows as its last column. The line break ends a comment at the end of the statement. */
function limited(sql: string, rows: number): string {
  const step = `SELECT * FROM (${sql.trim().replace(/;+$/, '')}\n) AS step LIMIT ${MAX_COUNTED}`;
  return `SELECT *, count(*) OVER () FROM (${step}) AS counted LIMIT ${rows}`;
}

function cut(cell: Cell): Cell {
  return typeof cell === 'string' ? clip(cell, MAX_CELL + 1) : cell;
}
