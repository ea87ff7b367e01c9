import pg from 'pg';
import { afterAll, beforeEach, describe, expect } from 'vitest';
import { createPostgresProbe } from '../../lib/adapters/postgres/postgres-probe.ts';
import { fillCommands } from '../../lib/core/diagnosis/fill-commands.ts';
import { commandOf, commandsOf, statementsOf, stepIds } from '../support/assertions/diagnosis-parts.ts';
import { unreadable } from '../support/assertions/unreadable.ts';
import { firedLabels } from '../support/factories/fired-labels.ts';
import { ourRunbooks } from '../support/factories/our-runbooks.ts';
import { runChecks } from '../support/harness/run-checks.ts';
import { emptyPrometheus, withSearchesCounted } from '../support/servers/other-prometheus.ts';
import { type SampleWorld, searchIsSlow, startSampleWorld } from '../support/servers/sample-world.ts';
import { test } from '../support/vitest/with-database.ts';

const blocked = /^pid \d+ \(agent-runner, in transaction for .+\) blocks 3 sessions: UPDATE positions/;
const searching = /^1 vector search has been running for .+ s: pid \d+ \(api\), stuck behind a lock$/;
const waiting =
  /^3 of 3 active queries wait for a lock, none for the disk; the longest has been running for .+ s$/;
const invalidIndex =
  /^llm_decisions_prompt_embedding_idx is invalid, so PostgreSQL does not use it: 0 index scans against \d+ full reads of llm_decisions$/;
const noPgvector =
  /^pgvector is not installed, and the server does not offer it; prompt_embedding is real\[\]$/;
const connections =
  /^10 of 10 connections open, 0 idle: 7 agent-runner \(idle in transaction\), 3 api \(active\)$/;
const apiLog = (output: string) =>
  new RegExp(`^\\d+ of the api's last \\d+ log lines are ${output}, the last: \\d{4}-.* (ERROR|WARN) `);
const poolMetrics =
  /^the api itself counts no idle connection: state="active" 10, state="idle" 0, state="max" 10$/;
const leak = /^7 idle in transaction for up to .+ s, all from agent-runner; 0 idle for over 10 min$/;

/** The sentences of a diagnosis of the sample world, in the order for readers. */
const expected: Record<string, Record<string, RegExp>> = {
  VectorSearchHighLatency: {
    latency: /^p95 over 5 min: semantic_search 3\.4 s, similar_decisions 1\.4 s \(alerts above 2 s\)$/,
    waits: waiting,
    blockers: blocked,
    searches: searching,
    index: invalidIndex,
    pgvector: noPgvector,
    api_log: apiLog('about vector searches'),
    statements: /^vector searches take [\d,.]+ ms on average in PostgreSQL itself$/,
  },
  VectorSearchCriticalLatency: {
    latency: /^p99 over 5 min: semantic_search 6\.8 s, similar_decisions 2\.6 s \(alerts above 5 s\)$/,
    searches: searching,
    blockers: blocked,
    api_log: apiLog('errors or timeouts'),
    disk: /^nvme0n1 on node-1 is busy 92 % of the time$/,
    index: invalidIndex,
    io: /^no wait for the disk, (9\d|100)(\.\d)? % of blocks found in the cache$/,
  },
  VectorSearchHighErrorRate: {
    failing: /^failing over 5 min: semantic_search 24 %, similar_decisions 3 % \(alerts above 5 %\)$/,
    pgvector: noPgvector,
    embeddings:
      /^of 60 decisions in the last hour 7 have no embedding \(reversion-agent\), 7 have 768 dimensions instead of 1536 \(risk-agent\)$/,
    api_log: apiLog('errors or about vectors'),
    dimension_log:
      /^\d+ lines about dimensions in the api's last 100, the last: \S+ ERROR dimension mismatch: expected 1536, got 768$/,
    pool_metrics: poolMetrics,
    connections,
  },
  VectorSearchCriticalErrorRate: {
    failing: /^failing over 5 min: semantic_search 24 %, similar_decisions 3 % \(alerts above 20 %\)$/,
    pgvector: noPgvector,
    index: invalidIndex,
    api_log: apiLog('failed vector searches'),
  },
  VectorSearchNoOperations: {
    operations: /^no explain_decision in 30 min; semantic_search 2,158, similar_decisions 1,439$/,
    database: /^the database answers, but 3 of 10 connections wait for a lock$/,
    day: /^half-hours of the last 24 h: 3,597 to 3,600 searches$/,
    requests: /^the api served 42 requests a second over 30 min$/,
    decisions: /^52 LLM decisions in 30 min, \d+ with an embedding$/,
    api_health: /^the api says that it is healthy \(\d+ ms\)$/,
    deployment: /^1 api pod ready, none younger than 2 h$/,
    routes: /^the route \/decisions\/similar is registered$/,
  },
  VectorSearchSlowWithHighConnections: {
    waits: waiting,
    blockers: blocked,
    active: /^10 connections active, 4 at the least in the last hour \(alerts above 8\)$/,
    latency: /^p95 over 5 min: semantic_search 3\.4 s, similar_decisions 1\.4 s \(alerts above 1 s\)$/,
    scans:
      /^llm_decisions \(70 rows, \d+ KiB\) was read whole 4\d\d times and through an index 0 times; llm_decisions_prompt_embedding_idx is invalid$/,
    usage: /^postgres uses 940 millicores \(94 % of its limit\) and 1\.6 GiB \(80 % of its limit\)$/,
    throttled: /^postgres-0c9d8e7f6a-m3v7c is throttled for 0\.27 s of every second$/,
    disk: /^nvme0n1 on node-1 is busy 92 % of the time$/,
    io: /^no wait for the disk, /,
  },
  DatabaseConnectionPoolExhausted: {
    connections,
    leaks: leak,
    pool: /^api:8080 uses 100 % of its pool \(40 % at the least in the last hour\)$/,
    pool_metrics: poolMetrics,
  },
  DatabaseConnectionPoolCritical: {
    connections: /^10 of 10 connections open, 0 idle; 7 idle in transaction\. Most: 7 from agent-runner, /,
    blockers: blocked,
    leaks: leak,
    idle_connections: /^idle connections over the last hour: min 0 · max 6 · now 0$/,
    longest: /^no query runs longer than 1 min$/,
    replication: /^no replication lag$/,
    also_firing: /^2 active alerts at this source$/,
  },
  DiskSpaceWarning: {
    'volume:postgres-pvc': /^postgres-pvc is 87 % full \(85\.2 % at the least in the last hour\)$/,
    'full_in:postgres-pvc': /^at the last hour's growth postgres-pvc is full in 7 h 12 m$/,
    tables:
      /^26\.4 % of the 27,000 rows of candlesticks are dead, and autovacuum is off for it; largest is candlesticks, [\d.]+ MiB of [\d.]+ MiB$/,
    'capacity:postgres-pvc': /^postgres-pvc holds 46\.6 GiB$/,
    databases: /^cryptofunk is [\d.]+ MiB of [\d.]+ MiB in 4 databases$/,
    wal: /^[\d.]+ MiB of write-ahead log$/,
    compression: /^TimescaleDB is not installed, so nothing can be compressed$/,
    old_sessions:
      /^48 trading sessions older than 90 days, which orders, positions refer to; the table takes [\d.]+ KiB$/,
    failed_writes: /^PostgreSQL has not failed to write yet$/,
  },
};

describe('the runbooks, on a database in trouble', () => {
  let world: SampleWorld;

  test.beforeAll(async ({ server }) => {
    world = await startSampleWorld({ server });
    await searchIsSlow(world);
  });

  beforeEach(() => world.keepFresh());

  afterAll(() => world?.close());

  test.each(Object.keys(expected))(
    '%s gives its findings, those that need attention first',
    async (alertname) => {
      const prometheus = withSearchesCounted(world.probes.prometheus);

      const diagnosis = await runChecks({ ...world, probes: { ...world.probes, prometheus } }, alertname);

      expect(unreadable(diagnosis)).toEqual([]);
      const patterns = Object.entries(expected[alertname] ?? {});
      expect(stepIds(diagnosis)).toEqual(patterns.map(([stepId]) => stepId));
      for (const [index, [, pattern]] of patterns.entries()) {
        expect(diagnosis.findings[index]?.sentence).toMatch(pattern);
      }
      const verdicts = diagnosis.findings.map(({ verdict }) => verdict);
      expect(verdicts[0]).toBe('attention');
      expect(verdicts).not.toContain('unchecked');
      expect(verdicts).toEqual(verdicts.toSorted());
      expect(diagnosis.commands.length).toBeGreaterThan(0);
    },
  );

  test('pgvector’s and TimescaleDB’s commands are left out where the server has neither', async () => {
    const [errors, latency, disk] = await Promise.all([
      runChecks(world, 'VectorSearchCriticalErrorRate'),
      runChecks(world, 'VectorSearchHighLatency'),
      runChecks(world, 'DiskSpaceWarning'),
    ]);

    const offered = [errors, latency, disk].flatMap(commandsOf);
    expect(offered.join('\n')).not.toMatch(/CREATE EXTENSION|ivfflat|compress_chunk/);
  });

  test('TimescaleDB’s chunks that should be compressed are found, and others are not', async () => {
    const chunk = (name: string, end: string) =>
      `CREATE TABLE ${name} (CONSTRAINT constraint_1 CHECK (open_time >= '2025-01-01' AND open_time < '${end}'))
         INHERITS (candlesticks)`;
    const row = "VALUES ('X', '2025-01-02', 1, 1, 1, 1, 1)";
    await world.inDatabase(`
      SET allow_system_table_mods = on;
      INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
        VALUES (99999, 'timescaledb', 10, 2200, false, '2.22.0');
      ${chunk('old', '2025-01-08')}; INSERT INTO old ${row};
      ${chunk('old_and_compressed', '2025-01-08')};
      ${chunk('current', '2999-01-01')}; INSERT INTO current ${row}`);

    const { findings } = await runChecks(world, 'DiskSpaceWarning');

    await world.inDatabase(`
      SET allow_system_table_mods = on; DELETE FROM pg_extension WHERE oid = 99999;
      DROP TABLE old, old_and_compressed, current`);
    expect(findings.find(({ stepId }) => stepId === 'compression')?.sentence).toMatch(
      /^1 chunk of candlesticks older than 7 days is not compressed: [\d.]+ KiB$/,
    );
  });

  test('the command to end slow searches ends that search and nobody else’s session', async () => {
    const diagnosis = await runChecks(world, 'VectorSearchCriticalLatency');

    const line = commandOf(diagnosis, 'End the vector searches');
    const [statement = ''] = statementsOf(line);
    const wouldEnd = statement
      .replace('pg_terminate_backend(pid)', 'usename, query')
      .replace("interval '10 seconds'", "interval '1 second'");
    expect(line.command).toContain("usename <> 'first_responder'");
    expect(await world.inDatabase(wouldEnd)).toEqual([
      expect.objectContaining({ usename: 'cryptofunk', query: expect.stringContaining('<=>') }),
    ]);
  });

  test('the command to end idle sessions spares our own session, and the one that runs it', async () => {
    const { commands = [] } = ourRunbooks.runbooks['DatabaseConnectionPoolExhausted'] ?? {};
    const idle = {
      count: 1,
      rows: [],
      first: { _in_transaction: 0, _idle_long: 1, _reader: 'first_responder' },
    };
    // As one of a diagnosis that runs at the same time.
    const own = new pg.Client(world.databaseUrl);
    await own.connect();

    const [line] = fillCommands(commands, { labels: {}, findings: { leaks: idle } });

    const [statement = ''] = line ? statementsOf(line) : [];
    const wouldEnd = statement
      .replace('pg_terminate_backend(pid)', 'usename')
      .replace("interval '10 minutes'", "interval '0 seconds'");
    const ended = await world.inDatabase(wouldEnd);
    const ours = await world.inDatabase(
      "SELECT FROM pg_stat_activity WHERE usename = 'first_responder' AND state = 'idle'",
    );
    await own.end();
    expect(line?.text).toContain('idle for over 10 min');
    expect(ours.length).toBeGreaterThan(0);
    expect(ended).toEqual([]);
  });

  test('a volume with another name appears in PromQL and the command under that name', async () => {
    const asked: string[] = [];
    const { prometheus } = world.probes;
    const recorded: typeof prometheus = {
      ...prometheus,
      range: (source, query, window, bounds) => {
        asked.push(query);
        return prometheus.range(source, query, window, bounds);
      },
    };
    const fired = firedLabels('DiskSpaceWarning');
    const hostile = fired.map((own) => ({ ...own, persistentvolumeclaim: 'x"} or vector(1) #' }));

    const diagnosis = await runChecks(
      { ...world, probes: { ...world.probes, prometheus: recorded } },
      'DiskSpaceWarning',
      { labels: [...fired, ...hostile] },
    );

    expect(asked).toHaveLength(2);
    expect(asked.join('\n')).toContain('persistentvolumeclaim="x\\"} or vector(1) #"');
    expect(commandOf(diagnosis, 'Make the volume').command).toMatch(
      /^kubectl patch pvc postgres-pvc -n cryptofunk -p '\{"spec":/,
    );
  });
});

describe('the runbooks, on a database without any of the tables and extensions', () => {
  let world: SampleWorld;
  let bare: ReturnType<typeof createPostgresProbe>;

  test.beforeAll(async ({ server }) => {
    world = await startSampleWorld({ server, trouble: false });
    await world.inDatabase('CREATE DATABASE bare');
    bare = createPostgresProbe({ connectionString: world.databaseUrl.replace(/\/cryptofunk$/, '/bare') });
  });

  afterAll(async () => {
    await bare?.release();
    await world?.inDatabase('DROP DATABASE bare WITH (FORCE)');
    await world?.close();
  });

  test.each(Object.keys(expected))('%s names the missing part', async (alertname) => {
    const probes = { sql: bare, prometheus: emptyPrometheus() };

    const diagnosis = await runChecks({ probes }, alertname);

    expect(unreadable(diagnosis)).toEqual([]);
    const failed = diagnosis.findings.filter(
      ({ verdict, kind }) => verdict === 'unchecked' && ['sql', 'promql'].includes(kind),
    );
    for (const { sentence } of failed) {
      expect(sentence).toMatch(
        /^query failed: relation "(llm_decisions|trading_sessions|pg_stat_statements)" does not exist$/,
      );
    }
  });
});
