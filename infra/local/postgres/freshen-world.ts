import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { MINUTE, type Millis, SECOND } from '../../../lib/core/shared/time.ts';
import type { LocalPostgres } from './postgres.ts';

/** Columns of times by table. Candlesticks are measured in days, and dead rows among them are part of the trouble. */
const times: Readonly<Record<string, string[]>> = {
  trading_sessions: ['created_at', 'stopped_at'],
  agent_status: ['last_heartbeat'],
  positions: ['opened_at', 'updated_at'],
  orders: ['created_at'],
  agent_signals: ['created_at'],
  llm_decisions: ['created_at'],
};

/** Older rows keep their times and grow old, such as a position and the signal that opened it. */
const STAYS_FRESH: Millis = 90 * MINUTE;
const EVERY: Millis = 30 * SECOND;

/**
 * SQL that moves the sample world's latest rows on by the elapsed time, so that an event of 14 min ago stays one:
 * runbooks ask for the last 10 to 60 min. Empty when no time has passed, or the clock was set back. Locked rows are not
 * changed, and no row gets into the future.
 */
export function freshenStatements(passed: Millis): string[] {
  if (passed <= 0) return [];
  return Object.entries(times).flatMap(([table, columns]) =>
    columns.map((column) => {
      const fresh = `now() - ${interval(passed + STAYS_FRESH)}`;
      const moved = `least(${column} + ${interval(passed)}, now())`;
      const rows = `SELECT ctid FROM ${table} WHERE ${column} > ${fresh} FOR NO KEY UPDATE SKIP LOCKED`;
      return `UPDATE ${table} SET ${column} = ${moved} WHERE ctid = ANY (ARRAY (${rows}))`;
    }),
  );
}

function interval(length: Millis): string {
  return `interval '${Math.round(length)} milliseconds'`;
}

/** Runs that SQL once. Leaves no trace in pg_stat_statements, which is part of the world. */
export async function freshenWorld(
  { adminConnectionString }: Pick<LocalPostgres, 'adminConnectionString'>,
  passed: Millis,
): Promise<void> {
  const client = new pg.Client({
    connectionString: adminConnectionString,
    application_name: 'local stack',
    statement_timeout: 5 * SECOND,
  });
  await client.connect();
  try {
    const statements = ['SET LOCAL pg_stat_statements.track = none', ...freshenStatements(passed)];
    await client.query(['BEGIN', ...statements, 'COMMIT'].join('; '));
  } finally {
    await client.end();
  }
}

/** Keeps the sample world as fresh as it was at the first call. The next run makes up for a failed one. */
export function keepWorldFresh(postgres: Pick<LocalPostgres, 'adminConnectionString'>): {
  close(): Promise<void>;
} {
  const stop = new AbortController();

  async function run(): Promise<void> {
    let freshAt = Date.now();
    while (!stop.signal.aborted) {
      await pause(EVERY, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
      if (stop.signal.aborted) return;
      const now = Date.now();
      const done = await freshenWorld(postgres, now - freshAt).then(
        () => true,
        () => false,
      );
      if (done) freshAt = now;
    }
  }

  const running = run();
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}
