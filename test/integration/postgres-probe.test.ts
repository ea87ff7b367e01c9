import { connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, vi } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../infra/local/postgres/postgres.ts';
import { listenOnLoopback } from '../../infra/local/stack/listen-on-loopback.ts';
import {
  createPostgresProbe,
  type PostgresProbeOptions,
} from '../../lib/adapters/postgres/postgres-probe.ts';
import { leaveNothing, readOnly } from '../../lib/adapters/postgres/read-only.ts';
import type { Bounds } from '../../lib/core/diagnosis/checks/probe.ts';
import type { Cell } from '../../lib/core/diagnosis/findings/finding.ts';
import { readBounds } from '../support/factories/read-bounds.ts';
import { waitFor } from '../support/processes/wait-for.ts';
import { freePorts } from '../support/servers/free-ports.ts';
import { type HangingServer, startHangingServer } from '../support/servers/hanging-server.ts';
import { test } from '../support/vitest/with-database.ts';

let postgres: LocalPostgres;
let admin: pg.Client;
let silent: HangingServer | undefined;
const opened: ReturnType<typeof createPostgresProbe>[] = [];

test.beforeAll(async ({ server }) => {
  postgres = await startLocalPostgres({ server });
  admin = new pg.Client(postgres.adminConnectionString);
  await admin.connect();
  await admin.query(`
    CREATE TABLE ledger (entry text);
    CREATE FUNCTION write_down() RETURNS integer LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO ledger VALUES ('written'); RETURN 1; END $$`);
});

afterEach(async () => {
  vi.useRealTimers();
  await silent?.stop();
  await Promise.all(opened.splice(0).map((probe) => probe.release()));
});

afterAll(async () => {
  await admin?.end();
  await postgres?.close();
});

describe('the result', () => {
  test('has plain values in cells: exact numbers, times in UTC, readable intervals', async () => {
    const answer = await ask(`
      SELECT 7 AS small, 8::bigint AS big, 1.50::numeric AS amount, 12345678901234567890::numeric AS huge,
             true AS yes, NULL AS nothing, timestamptz '2026-11-24 04:11:05.7+01' AS at, date '2026-11-24' AS day,
             interval '14 min 2 s' AS waited, interval '-3 s' AS early, '\\x0102'::bytea AS raw, ARRAY[1, 2] AS list`);

    expect(rowOf(answer)).toEqual({
      small: 7,
      big: 8,
      amount: 1.5,
      huge: '12345678901234567890',
      yes: true,
      nothing: null,
      at: '2026-11-24 03:11:05 UTC',
      day: '2026-11-24',
      waited: '14 m 02 s',
      early: '-3 s',
      raw: '(2 bytes)',
      list: '{1,2}',
    });
  });

  test.each(['no comment', "'; DROP TABLE orders; --", "\\'); --", '$1'])(
    'the bind value %s is only ever a value',
    async (value) => {
      const answer = await ask('SELECT $1::text AS value, count(*)::int AS orders FROM orders', [value]);

      expect(rowOf(answer)).toEqual({ value, orders: 240 });
    },
  );

  test('a statement may end with a semicolon or with a comment', async () => {
    const answers = await Promise.all([ask('SELECT 1 AS one;'), ask('SELECT 1 AS one -- the only one')]);

    expect(answers.map(rowOf)).toEqual([{ one: 1 }, { one: 1 }]);
  });

  test('of ten million rows only the capped number is computed', async () => {
    // Computing the first row beyond the cap would be a division by zero.
    const answer = await ask('SELECT 1 / (10001 - generate_series(1, 10000000)) AS n');

    expect(answer).toMatchObject({ kind: 'ok', value: { truncated: true, count: 10_000 } });
    expect(answer.kind === 'ok' && answer.value.rows).toHaveLength(20);
  });

  test('exactly as many rows as the cap do not count as cut', async () => {
    const answer = await ask('SELECT generate_series(1, 20) AS n');

    expect(answer).toMatchObject({ kind: 'ok', value: { truncated: false, count: 20 } });
  });

  test('cut rows are counted, in the order of the statement', async () => {
    const answer = await ask('SELECT n FROM generate_series(1, 57) AS n ORDER BY n DESC');

    expect(answer).toMatchObject({ kind: 'ok', value: { columns: ['n'], truncated: true, count: 57 } });
    expect(answer.kind === 'ok' && answer.value.rows.slice(0, 2)).toEqual([[57], [56]]);
  });

  test('no rows are an empty result', async () => {
    const answer = await ask('SELECT 1 AS n WHERE false');

    expect(answer).toEqual({ kind: 'ok', value: { columns: ['n'], rows: [], truncated: false, count: 0 } });
  });
});

describe('nothing is written, whatever the statement and even for a superuser', () => {
  test.each([
    ["INSERT INTO ledger VALUES ('written')"],
    ["WITH written AS (INSERT INTO ledger VALUES ('written') RETURNING 1) SELECT * FROM written"],
    ['SELECT write_down()'],
    ["SELECT set_config('transaction_read_only', 'off', true), write_down()"],
    ["SELECT 1; INSERT INTO ledger VALUES ('written')"],
    ["SELECT 1) AS step; COMMIT; INSERT INTO ledger VALUES ('written'); SELECT * FROM (SELECT 1"],
    ["SELECT 1) AS step) AS counted; COMMIT; INSERT INTO ledger VALUES ('written'); SELECT (SELECT (2"],
    ['COMMIT'],
    ['SET TRANSACTION READ WRITE'],
    ['DROP TABLE ledger'],
    ["COPY ledger TO PROGRAM 'touch /tmp/written'"],
  ])('%s', async (statement) => {
    const answer = await ask(statement, [], { as: postgres.adminConnectionString });

    expect(answer.kind).toBe('failed');
    const { rows } = await admin.query('SELECT * FROM ledger');
    expect(rows).toEqual([]);
  });

  test('several statements are refused with that reason, also without bind values', async () => {
    const answer = await ask('SELECT 1) AS step) AS counted; SELECT (SELECT (2');

    expect(answer).toEqual({
      kind: 'failed',
      reason:
        'query failed: the statement is not valid (cannot insert multiple commands into a prepared statement)',
    });
  });

  test('the reason is that the transaction is read-only', async () => {
    const answer = await ask('SELECT write_down()', [], { as: postgres.adminConnectionString });

    expect(answer).toEqual({
      kind: 'failed',
      reason:
        'query failed: the statement would write, and only reading is allowed (cannot execute INSERT in a read-only transaction)',
    });
  });
});

describe('the cost of a bad server', () => {
  test('the server ends a statement that takes too long, a little before its step ends', async () => {
    // When it is connected, the step has 500 ms of its minute left.
    const times = [0, 59_500];
    const probe = open({ connectionString: postgres.connectionString, now: () => times.shift() ?? 60_000 });

    const answer = await probe.query('SELECT pg_sleep(60)', [], readBounds({ timeoutMs: 60_000 }));

    expect(answer).toEqual({ kind: 'failed', reason: 'took longer than 0.3 s' });
    await waitFor('the statement to be gone', async () => {
      const { rows } = await admin.query(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND state = 'active'",
      );
      return rows.length === 0 || undefined;
    });
  });

  test('a statement does not wait for a lock', async () => {
    const holder = new pg.Client(postgres.adminConnectionString);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE ledger IN ACCESS EXCLUSIVE MODE');

    const answer = await ask('SELECT * FROM ledger');

    await holder.end();
    expect(answer).toMatchObject({ reason: expect.stringContaining('a lock was not free within 1 s') });
  });

  test('a server that accepts connections and never answers costs only its step, and those that wait for it', async () => {
    // The connection's own limit never passes.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const step = new AbortController();
    silent = await startHangingServer((count) => (count === 2 ? step.abort() : undefined));

    const answers = await askFourTimes(silent, { timeoutMs: 2_000, signal: step.signal });

    expect(answers).toEqual([
      'could not connect: no answer within 2 s',
      'could not connect: no answer within 2 s',
      'did not get its turn: other checks used all connections',
      'did not get its turn: other checks used all connections',
    ]);
  });

  test('a connection may take at most 3 s, however long the step may take', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    silent = await startHangingServer((count) => {
      if (count % 2 === 0) vi.advanceTimersByTime(3_000);
    });

    const answers = await askFourTimes(silent);

    expect(new Set(answers)).toEqual(new Set(['could not connect: no answer within 3 s']));
  });

  test('a server that falls silent after an answer costs only its step as well', async () => {
    const between = await startProxy(portOf(postgres.connectionString));
    const probe = open({ connectionString: withPort(postgres.connectionString, between.port) });
    const before = await probe.query('SELECT 1 AS one', [], readBounds());
    const step = new AbortController();
    between.fallSilent(() => step.abort());

    const after = await probe.query('SELECT 2 AS two', [], readBounds({ signal: step.signal }));
    await probe.release();

    await between.stop();
    expect(before.kind).toBe('ok');
    expect(after).toEqual({ kind: 'failed', reason: 'no answer within 60 s' });
  });

  test('a server that refuses connections is reported as that', async () => {
    const [port] = await freePorts(1);

    const answer = await ask('SELECT 1', [], { as: at(port) });

    expect(answer).toEqual({ kind: 'failed', reason: 'could not connect: connection refused' });
  });

  test.each([
    ['a wrong password', 'first-responder@', 'wr0ng-pass@', 'the server refused the user or the password'],
    ['a database that is not there', '/cryptofunk', '/elsewhere', 'database "elsewhere" does not exist'],
  ])('%s is said without the credentials', async (_what, part, failover, reason) => {
    const as = postgres.connectionString.replace(part, failover);

    const answer = await ask('SELECT 1', [], { as });

    expect(answer).toEqual({ kind: 'failed', reason: `could not connect: ${reason}` });
    expect(JSON.stringify(answer)).not.toMatch(/wr0ng-pass|first-responder/);
  });

  test('when all connections are taken, the application is refused and the reader still connects', async () => {
    const application = postgres.connectionString.replace(
      'first_responder:first-responder',
      'cryptofunk:cryptofunk',
    );

    const [turnedAway, admitted] = await Promise.all([
      ask('SELECT 1 AS one', [], { as: application }),
      ask('SELECT 1 AS one'),
    ]);

    expect(turnedAway).toEqual({ kind: 'failed', reason: 'could not connect: too many clients already' });
    expect(admitted.kind).toBe('ok');
  });

  test('a connection that the server ends is one failed finding, and the next one works', async () => {
    const probe = open({ connectionString: postgres.adminConnectionString });

    const ended = await probe.query('SELECT pg_terminate_backend(pg_backend_pid())', [], readBounds());
    const next = await probe.query('SELECT 1 AS one', [], readBounds());

    expect(ended).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/connection/) });
    expect(rowOf(next)).toEqual({ one: 1 });
  });
});

describe('connections', () => {
  test('at most two are open, however many checks run in parallel', async () => {
    const applicationName = 'two-at-most';
    const probe = open({ connectionString: postgres.connectionString, applicationName });
    const counted = `SELECT count(*)::int AS n, pg_sleep(0.02) AS slept FROM pg_stat_activity WHERE application_name = '${applicationName}'`;

    const answers = await Promise.all(
      Array.from({ length: 12 }, () => probe.query(counted, [], readBounds())),
    );

    const counts = answers.map((answer) => rowOf(answer).n);
    expect(Math.max(...counts.map(Number))).toBe(2);
  });

  test('serve one check after the other, also after a failed one, and are closed by a release', async () => {
    const probe = open({ connectionString: postgres.connectionString });
    const pid = async () => rowOf(await probe.query('SELECT pg_backend_pid() AS pid', [], readBounds())).pid;

    const first = await pid();
    await probe.query('SELECT 1 / 0', [], readBounds());
    const second = await pid();
    await probe.release();
    const left = await sessionsOf('first-responder');
    const third = await pid();

    expect(second).toBe(first);
    expect(left).toEqual([]);
    expect(third).not.toBe(first);
  });

  test('that were aborted while a statement ran are closed by a release, and the statement is gone', async () => {
    const probe = open({ connectionString: postgres.connectionString });
    const step = new AbortController();
    const asked = [1, 2, 3].map(() =>
      probe.query('SELECT pg_sleep(600)', [], readBounds({ timeoutMs: 900_000, signal: step.signal })),
    );
    await waitFor('two statements to run', async () => {
      const active = (await sessionsOf('first-responder')).filter(({ state }) => state === 'active');
      return active.length === 2 || undefined;
    });

    step.abort();
    await probe.release();

    const left = await sessionsOf('first-responder');
    expect(left).toEqual([]);
    expect((await Promise.all(asked)).map((answer) => answer.kind === 'failed' && answer.reason)).toEqual([
      'no answer within 900 s',
      'no answer within 900 s',
      'did not get its turn: other checks used all connections',
    ]);
  });

  test('that are still being opened are left at once, also by a server that does not let go', async () => {
    // The limit of a close never passes.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const step = new AbortController();
    const stubborn = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {}).resume();
      step.abort();
    });
    const { port, close } = await listenOnLoopback(stubborn);
    const probe = open({ connectionString: at(port) });

    await probe.query('SELECT 1', [], readBounds({ signal: step.signal }));
    await probe.release();

    await close();
  });

  test('that are still being opened are closed by a release', async () => {
    let closed = 0;
    const step = new AbortController();
    silent = await startHangingServer(
      () => step.abort(),
      () => (closed += 1),
    );
    const probe = open({ connectionString: at(silent.port) });

    await probe.query('SELECT 1', [], readBounds({ signal: step.signal }));
    await probe.release();

    await waitFor('the connection to be closed', async () => closed === 1 || undefined);
  });

  test('of a server that no longer answers are left by a release', async () => {
    const between = await startProxy(portOf(postgres.connectionString));
    const probe = open({ connectionString: withPort(postgres.connectionString, between.port) });
    await probe.query('SELECT 1', [], readBounds());
    between.fallSilent(() => undefined);

    await probe.release();

    await between.stop();
    await waitFor(
      'the session to be gone',
      async () => (await sessionsOf('first-responder')).length === 0 || undefined,
    );
  });
});

describe('a session keeps nothing of a check, even of one that failed:', () => {
  const left = `SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')::int AS locks,
                       (SELECT count(*) FROM pg_prepared_statements WHERE from_sql)::int AS statements,
                       (SELECT count(*) FROM pg_cursors WHERE is_holdable)::int AS cursors,
                       (SELECT count(*) FROM pg_class WHERE relpersistence = 't')::int AS tables,
                       (SELECT count(*) FROM pg_listening_channels())::int AS channels,
                       current_setting('work_mem') AS work_mem`;
  const nothing = { locks: 0, statements: 0, cursors: 0, tables: 0, channels: 0, work_mem: '4MB' };

  test.each([
    ['an advisory lock', 'SELECT pg_advisory_lock(1)'],
    ['an advisory lock, and an error', 'SELECT pg_advisory_lock(1), 1 / (random() * 0)::int'],
    ['an advisory lock of a transaction', 'SELECT pg_advisory_xact_lock(1)'],
    ['a setting', "SELECT set_config('work_mem', '64kB', false)"],
    ['a prepared statement', "SELECT run('PREPARE mine AS SELECT 1')"],
    ['a temporary table', "SELECT run('CREATE TEMP TABLE mine (a int)')"],
    ['a cursor', "SELECT run('DECLARE mine CURSOR WITH HOLD FOR SELECT 1')"],
    ['a channel', "SELECT run('LISTEN mine')"],
  ])('%s', async (_what, statement) => {
    await admin.query(
      `CREATE OR REPLACE FUNCTION run(statement text) RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE statement; END'`,
    );
    const probe = open({ connectionString: postgres.adminConnectionString });
    const pid = 'SELECT pg_backend_pid() AS pid';

    const before = rowOf(await probe.query(pid, [], readBounds()));
    await probe.query(statement, [], readBounds());
    const after = rowOf(await probe.query(pid, [], readBounds()));

    expect(after).toEqual(before);
    expect(rowOf(await probe.query(left, [], readBounds()))).toEqual(nothing);
  });

  test('an advisory lock behind a pooler, where DISCARD ALL reaches another session', async () => {
    const [session, another] = [1, 2].map(() => new pg.Client(postgres.adminConnectionString));
    await Promise.all([session?.connect(), another?.connect()]);
    const pooler = {
      query: async (text: string) => (text === 'DISCARD ALL' ? another : session)?.query(text),
    };

    if (session) {
      const asked = {
        sql: 'SELECT pg_advisory_lock(1), 1 / (random() * 0)::int',
        params: [],
        bounds: readBounds(),
        timeout: 60_000,
      };
      await readOnly(session, asked).catch(() => undefined);
    }
    const held = await admin.query("SELECT FROM pg_locks WHERE locktype = 'advisory'");
    await leaveNothing(pooler);

    const { rows } = await admin.query("SELECT FROM pg_locks WHERE locktype = 'advisory'");
    await Promise.all([session?.end(), another?.end()]);
    expect(held.rows).toHaveLength(1);
    expect(rows).toEqual([]);
  });

  test('what cannot be taken away ends with the session, and the answer counts', async () => {
    await admin.query('REVOKE EXECUTE ON FUNCTION pg_advisory_unlock_all() FROM PUBLIC');
    const probe = open({ connectionString: postgres.connectionString });

    const answer = await probe.query('SELECT pg_advisory_lock(1), 7 AS seven', [], readBounds());
    await probe.release();

    await admin.query('GRANT EXECUTE ON FUNCTION pg_advisory_unlock_all() TO PUBLIC');
    const { rows } = await admin.query("SELECT FROM pg_locks WHERE locktype = 'advisory'");
    expect(rowOf(answer)).toMatchObject({ seven: 7 });
    expect(rows).toEqual([]);
  });
});

/** What the server knows of the sessions with a name. */
async function sessionsOf(applicationName: string) {
  const { rows } = await admin.query<{ pid: number; state: string }>(
    'SELECT pid, state FROM pg_stat_activity WHERE application_name = $1',
    [applicationName],
  );
  return rows;
}

type Ask = { as?: string };

function ask(sql: string, params: Cell[] = [], options: Ask = {}) {
  return open({ connectionString: options.as ?? postgres.connectionString }).query(sql, params, readBounds());
}

/** Reads more often than there may be connections; returns the reasons of failures. */
async function askFourTimes({ port }: HangingServer, bounds: Partial<Bounds> = {}) {
  const probe = open({ connectionString: at(port) });
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => probe.query('SELECT 1', [], readBounds(bounds))),
  );
  return answers.map((answer) => answer.kind === 'failed' && answer.reason);
}

function open(options: PostgresProbeOptions) {
  const probe = createPostgresProbe(options);
  opened.push(probe);
  return probe;
}

function rowOf(answer: Awaited<ReturnType<typeof ask>>): Record<string, Cell> {
  if (answer.kind === 'failed') throw new Error(answer.reason);
  const [row] = answer.value.rows;
  return Object.fromEntries(answer.value.columns.map((column, index) => [column, row?.[index] ?? null]));
}

/** Passes bytes both ways until it is told to fall silent. */
async function startProxy(target: number) {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.pipe(to);
    }
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    port,
    /** Later bytes of the client are received, and not passed on. */
    fallSilent(onHeard: () => void) {
      for (const socket of sockets) socket.unpipe().on('data', onHeard).resume();
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      return close();
    },
  };
}

function portOf(connectionString: string): number {
  return Number(new URL(connectionString).port);
}

function withPort(connectionString: string, port: number): string {
  return connectionString.replace(`:${portOf(connectionString)}/`, `:${port}/`);
}

function at(port: number | undefined): string {
  return `postgres://reader:s3cret-word@127.0.0.1:${port}/cryptofunk`;
}
