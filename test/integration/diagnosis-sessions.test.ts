import pg from 'pg';
import { afterAll, expect } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../infra/local/postgres/postgres.ts';
import { createPostgresProbe } from '../../lib/adapters/postgres/postgres-probe.ts';
import { runDiagnosis } from '../../lib/core/diagnosis/run-diagnosis.ts';
import { SECOND } from '../../lib/core/shared/time.ts';
import { runbook } from '../support/factories/catalog.ts';
import { type FakeDiagnosisClock, fakeDiagnosisClock } from '../support/fakes/diagnosis-clock.ts';
import { runChecks } from '../support/harness/run-checks.ts';
import { waitFor } from '../support/processes/wait-for.ts';
import { freePorts } from '../support/servers/free-ports.ts';
import { startHangingServer } from '../support/servers/hanging-server.ts';
import { test } from '../support/vitest/with-database.ts';

// What pg_stat_activity shows of a diagnosis: nothing before, two sessions while it runs, nothing when it has returned.

let postgres: LocalPostgres;
let admin: pg.Client;

test.beforeAll(async ({ server }) => {
  postgres = await startLocalPostgres({ server });
  admin = new pg.Client(postgres.adminConnectionString);
  await admin.connect();
});

afterAll(async () => {
  await admin?.end();
  await postgres?.close();
});

test('a diagnosis has two sessions at most, and none when it has returned', async () => {
  const sql = createPostgresProbe({ connectionString: postgres.connectionString });
  const seen: number[] = [];
  const watched = {
    release: sql.release,
    query: async (...asked: Parameters<typeof sql.query>) => {
      const answer = sql.query(...asked);
      seen.push((await sessions()).length);
      const answered = await answer;
      seen.push((await sessions()).length);
      return answered;
    },
  };
  const before = await sessions();

  const diagnosis = await runChecks({ probes: { sql: watched } }, 'DatabaseConnectionPoolCritical');

  const after = await sessions();
  const answered = diagnosis.findings.filter(
    ({ kind, verdict }) => kind === 'sql' && verdict !== 'unchecked',
  );
  expect(answered).toHaveLength(5);
  expect(before).toEqual([]);
  expect(Math.max(...seen)).toBe(2);
  expect(after).toEqual([]);
});

test('the next diagnosis of the same environment finds a probe that works, and leaves nothing either', async () => {
  const sql = createPostgresProbe({ connectionString: postgres.connectionString });

  await runChecks({ probes: { sql } }, 'DatabaseConnectionPoolCritical');
  const { findings } = await runChecks({ probes: { sql } }, 'DatabaseConnectionPoolExhausted');

  const unchecked = findings.filter(({ kind, verdict }) => kind === 'sql' && verdict === 'unchecked');
  expect(unchecked).toEqual([]);
  expect(await sessions()).toEqual([]);
});

test('at the deadline running statements are cancelled, and no session is left when it has returned', async () => {
  const clock = fakeDiagnosisClock(0);
  const running = diagnose(postgres.connectionString, clock, [15, 15, 15]);
  const during = await waitFor('two statements to run', async () => {
    const active = (await sessions()).filter(({ state }) => state === 'active');
    return active.length === 2 ? active : undefined;
  });

  await clock.advance(10 * SECOND);

  expect(await running).toEqual([
    'not finished within 10 s',
    'not finished within 10 s',
    'did not get its turn: 2 SQL checks run at once, and others took the 10 s',
  ]);
  expect(during).toHaveLength(2);
  expect(await sessions()).toEqual([]);
});

test('an advisory lock that a check took before the deadline is free when the diagnosis has returned', async () => {
  const clock = fakeDiagnosisClock(0);
  const locks = "SELECT FROM pg_locks WHERE locktype = 'advisory'";
  const running = diagnose(
    postgres.connectionString,
    clock,
    [15],
    'SELECT pg_advisory_lock(7), pg_sleep(600)',
  );
  await waitFor('the lock to be taken', async () => (await admin.query(locks)).rows.length > 0 || undefined);

  await clock.advance(10 * SECOND);
  await running;

  const { rows } = await admin.query(locks);
  expect(rows).toEqual([]);
});

test('a server that accepts connections and says nothing has none when the diagnosis has returned', async () => {
  let [taken, closed] = [0, 0];
  const clock = fakeDiagnosisClock(0);
  const silent = await startHangingServer(
    () => {
      taken += 1;
    },
    () => {
      closed += 1;
    },
  );
  const running = diagnose(at(silent.port), clock, [2, 2]);
  await waitFor('two connections', async () => taken === 2 || undefined);

  await clock.advance(2 * SECOND);

  expect(await running).toEqual(['no answer within 2 s', 'no answer within 2 s']);
  await waitFor('both to be closed', async () => closed === 2 || undefined);
  await silent.stop();
});

test('a server that refuses connections costs nothing but a sentence', async () => {
  const [port] = await freePorts(1);

  const sentences = await diagnose(at(port), fakeDiagnosisClock(0), [4, 4, 4]);

  expect(new Set(sentences)).toEqual(new Set(['could not connect: connection refused']));
});

test('a server without free connections is not asked for more than two, and keeps none', async () => {
  const application = postgres.connectionString.replace(
    'first_responder:first-responder',
    'cryptofunk:cryptofunk',
  );

  const sentences = await diagnose(application, fakeDiagnosisClock(0), [4, 4, 4]);

  expect(new Set(sentences)).toEqual(new Set(['could not connect: too many clients already']));
  expect(await sessions()).toEqual([]);
});

/** Runs one step for each timeout, in seconds; returns the sentences. */
async function diagnose(
  connectionString: string,
  clock: FakeDiagnosisClock,
  timeouts: number[],
  query = 'SELECT pg_sleep(600)',
): Promise<string[]> {
  const diagnostics = timeouts.map((timeout, index) => ({
    id: `step_${index}`,
    title: 'A step',
    kind: 'sql' as const,
    timeout: timeout * SECOND,
    query,
    params: [],
    sentence: 'seen',
  }));
  const { findings } = await runDiagnosis({
    runbook: runbook({ diagnostics }),
    incidentId: 'i',
    effectId: 'i:1',
    seq: 1,
    reason: 'opened',
    source: 'local',
    alerts: [{ fingerprint: 'a', labels: {}, annotations: {}, generatorURL: '', startsAt: clock.now() }],
    probes: { sql: createPostgresProbe({ connectionString }) },
    clock,
    deadline: 10 * SECOND,
  });
  return findings.map(({ sentence }) => sentence);
}

/** Our sessions, as the server lists them. */
async function sessions() {
  const { rows } = await admin.query<{ pid: number; state: string }>(
    "SELECT pid, state FROM pg_stat_activity WHERE application_name = 'first-responder'",
  );
  return rows;
}

function at(port: number | undefined): string {
  return `postgres://reader:s3cret-word@127.0.0.1:${port}/cryptofunk`;
}
