import pg from 'pg';
import type { Bounds, ProbeResult, SqlProbe, SqlResult } from '../../core/diagnosis/checks/probe.ts';
import type { Cell } from '../../core/diagnosis/findings/finding.ts';
import { clip } from '../../core/shared/clip.ts';
import { describeConnectFailure, describeQueryFailure } from './postgres-failure.ts';
import { scalarTypes } from './scalar-types.ts';

export type PostgresProbeOptions = {
  connectionString: string;
  /** The name that people see in pg_stat_activity. */
  applicationName?: string;
  now?: () => number;
};

/** Few, because the server may itself have run out of connections. */
const MAX_CONNECTIONS = 4;
const CONNECT_TIMEOUT = 3_000;
/** A frozen Lambda wakes up with connections that died meanwhile, so older ones are not used again. */
const IDLE_TIMEOUT = 10_000;
/** The server gives up a little before the step does, so that its reason arrives. */
const MARGIN = 200;
const LOCK_TIMEOUT = 1_000;
/** Rows that are counted, so that an endless statement does not run to its timeout for a number. */
const MAX_COUNTED = 10_000;
/** Characters of one cell; people see far fewer. */
const MAX_CELL = 4_096;

/**
 * Reads from PostgreSQL within bounds: one statement, over the extended protocol, in a READ ONLY transaction that is
 * rolled back. The server caps and counts the rows. Safety does not rest on this alone: DATABASE_URL should name a role
 * that may only read.
 */
export function createPostgresProbe(options: PostgresProbeOptions): SqlProbe & { close(): Promise<void> } {
  const { connectionString, applicationName = 'first-responder', now = Date.now } = options;
  const lastUsed = new WeakMap<pg.PoolClient, number>();
  const pool = new pg.Pool({
    connectionString,
    application_name: applicationName,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    idleTimeoutMillis: IDLE_TIMEOUT,
    allowExitOnIdle: true,
    types: scalarTypes,
  });
  // An idle connection that the server ended is simply not used again.
  pool.on('error', () => undefined);

  async function connect(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await pool.connect();
      const usedAt = lastUsed.get(client);
      if (usedAt === undefined || now() - usedAt < IDLE_TIMEOUT) return client;
      client.release(true);
    }
  }

  async function query(sql: string, params: Cell[], bounds: Bounds): Promise<ProbeResult<SqlResult>> {
    const startedAt = now();
    const connecting = connect();
    let client: pg.PoolClient;
    try {
      client = await beforeAbort(connecting, bounds.signal);
    } catch (error) {
      connecting.then(
        (late) => late.release(true),
        () => undefined,
      );
      const waited = Math.min(CONNECT_TIMEOUT, bounds.timeoutMs);
      return { kind: 'failed', reason: describeConnectFailure(error, connectionString, waited) };
    }
    // Without a listener, a connection that breaks between two statements would end the process.
    client.on('error', ignore);
    const timeout = Math.max(1, bounds.timeoutMs - (now() - startedAt) - MARGIN);
    let healthy = false;
    try {
      const value = await beforeAbort(readOnly(client, sql, params, bounds, timeout), bounds.signal);
      lastUsed.set(client, now());
      healthy = true;
      return { kind: 'ok', value };
    } catch (error) {
      const timeouts = { statement: timeout, step: bounds.timeoutMs };
      return { kind: 'failed', reason: describeQueryFailure(error, connectionString, timeouts) };
    } finally {
      client.off('error', ignore);
      // Destroyed instead of released: nothing waits for a server that hangs, and the server notices by itself.
      client.release(!healthy);
    }
  }

  return { query, close: () => pool.end() };
}

async function readOnly(
  client: pg.PoolClient,
  sql: string,
  params: Cell[],
  bounds: Bounds,
  timeout: number,
): Promise<SqlResult> {
  // Set for the transaction, not the connection, so that this also works behind a pooler.
  await client.query(
    `BEGIN READ ONLY; SET LOCAL statement_timeout = ${timeout}; SET LOCAL lock_timeout = ${LOCK_TIMEOUT};
     SET LOCAL idle_in_transaction_session_timeout = ${bounds.timeoutMs};
     SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'postgres'`,
  );
  // Without the mode, a statement without bind values would use the simple protocol, which allows several.
  const statement = {
    text: limited(sql, bounds.maxRows),
    rowMode: 'array',
    queryMode: 'extended',
  } as const;
  const answer = await client.query<Cell[]>(statement, params);
  await client.query('ROLLBACK');
  const rows = answer.rows.map((row) => row.slice(0, -1).map(cut));
  const count = Number(answer.rows[0]?.at(-1) ?? 0);
  return {
    columns: answer.fields.slice(0, -1).map((field) => field.name),
    rows,
    truncated: count > rows.length,
    count,
  };
}

/** With the count of all rows as its last column. The line break ends a comment at the end of the statement. */
function limited(sql: string, rows: number): string {
  const step = `SELECT * FROM (${sql.trim().replace(/;+$/, '')}\n) AS step LIMIT ${MAX_COUNTED}`;
  return `SELECT *, count(*) OVER () FROM (${step}) AS counted LIMIT ${rows}`;
}

function cut(cell: Cell): Cell {
  return typeof cell === 'string' ? clip(cell, MAX_CELL + 1) : cell;
}

/** Settles with the promise, or rejects at once when the signal aborts; a server that hangs delays nothing. */
function beforeAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new Error('aborted'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function ignore(): void {}
