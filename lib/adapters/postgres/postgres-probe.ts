import type { Bounds, ProbeResult, SqlProbe, SqlResult } from '../../core/diagnosis/checks/probe.ts';
import { SQL_AT_ONCE } from '../../core/diagnosis/checks/sql-turns.ts';
import type { Cell } from '../../core/diagnosis/findings/finding.ts';
import { CONNECT_TIMEOUT, type Connection, createConnection } from './connection.ts';
import { createConnectionLimit } from './connection-limit.ts';
import { describeConnectFailure, describeQueryFailure } from './postgres-failure.ts';
import { leaveNothing, readOnly } from './read-only.ts';

export type PostgresProbeOptions = {
  connectionString: string;
  /** The name that people see in pg_stat_activity. */
  applicationName?: string;
  now?: () => number;
};

/** The server gives up a little before the step does, so that its reason arrives. */
const MARGIN = 200;

/**
 * Reads from PostgreSQL within bounds: one statement in a READ ONLY transaction that is rolled back. Safety does not
 * rest on this alone: DATABASE_URL should name a role that may only read.
 *
 * At most two connections are open, because the server may itself have run out of them. They serve the steps of a
 * diagnosis one after the other, and `release` closes them: a frozen Lambda would keep them open for hours.
 */
export function createPostgresProbe(options: PostgresProbeOptions): SqlProbe {
  const { connectionString, applicationName = 'first-responder', now = Date.now } = options;
  const connections = createConnectionLimit(SQL_AT_ONCE, () =>
    createConnection({ connectionString, applicationName }),
  );

  async function query(sql: string, params: Cell[], bounds: Bounds): Promise<ProbeResult<SqlResult>> {
    const startedAt = now();
    const connection = await connections.take(untilTooLate(bounds));
    if (connection === undefined) {
      return { kind: 'failed', reason: 'did not get its turn: other checks used all connections' };
    }
    let running: Promise<unknown> | undefined;
    let ended = false;
    const end = () => {
      if (!ended) connections.end(connection, running);
      ended = true;
    };
    // Not only when this function goes on: `release`, which is called next, must know of it.
    bounds.signal.addEventListener('abort', end, { once: true });

    async function ask(open: Connection): Promise<ProbeResult<SqlResult>> {
      try {
        await beforeAbort(open.opened(), bounds.signal);
      } catch (error) {
        end();
        const waited = Math.min(CONNECT_TIMEOUT, bounds.timeoutMs);
        return { kind: 'failed', reason: describeConnectFailure(error, connectionString, waited) };
      }
      const timeout = Math.max(1, bounds.timeoutMs - (now() - startedAt) - MARGIN);
      try {
        const reading = readOnly(open.client, { sql, params, bounds, timeout });
        running = reading;
        return { kind: 'ok', value: await beforeAbort(reading, bounds.signal) };
      } catch (error) {
        const timeouts = { statement: timeout, step: bounds.timeoutMs };
        return { kind: 'failed', reason: describeQueryFailure(error, connectionString, timeouts) };
      }
    }

    /** What the statement left must not cost its answer: where it cannot be taken away, the session ends. */
    async function leave({ client }: Connection): Promise<void> {
      if (ended) return;
      running = leaveNothing(client);
      await beforeAbort(running, bounds.signal).catch(end);
    }

    const answer = await ask(connection);
    await leave(connection);
    bounds.signal.removeEventListener('abort', end);
    if (!ended) connections.giveBack(connection);
    return answer;
  }

  return { query, release: connections.endUnused };
}

/** A little before the step ends, so that the reason arrives. */
function untilTooLate({ signal, timeoutMs }: Bounds): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, timeoutMs - MARGIN))]);
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
