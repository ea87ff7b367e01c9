import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../infra/local/postgres/postgres.ts';
import { runbookCommands } from '../../scripts/runbook/command/commands.ts';
import { queueStuck } from '../support/factories/queue-stuck-runbook.ts';
import { type CopiedRunbooks, copyRunbooks } from '../support/factories/runbook-folders.ts';
import { type CommandOptions, type Ran, runHere, runNpmScript } from '../support/processes/run-command.ts';
import { startHangingServer } from '../support/servers/hanging-server.ts';
import { test } from '../support/vitest/with-database.ts';

const project = join(import.meta.dirname, '..', '..');
const payload = join(project, 'events', 'alertmanager', 'firing-critical.json');
let copy: CopiedRunbooks;

beforeAll(() => {
  copy = copyRunbooks(['agent-down.yaml']);
  copy.write('alerts/queue-stuck.yaml', queueStuck);
});

afterAll(() => copy.remove());

/** Runs the command with only the given environment. */
function run(args: string[], options?: CommandOptions): Promise<Ran> {
  return runHere(runbookCommands, args, options);
}

function withoutStackTrace({ stderr, stdout }: Ran): void {
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
}

describe('npm run runbook', () => {
  test.each([[['--help']], [['lint', '--help']], [['test', '-h']], [['explain', '--help']]])(
    'explains itself: %j',
    async (args) => {
      const ran = await run(args);

      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(ran.stdout).toMatch(/^Usage: npm run runbook -- /);
    },
  );

  test.each<[string[], RegExp]>([
    [[], /^Usage: /],
    [['lnit'], /^There is no command lnit; .*--help.*\.$/],
    [['lint', '--jsn'], /^Unknown option '--jsn'; npm run runbook -- lint --help shows the options\.$/],
    [
      ['explain', 'AgentDwon'],
      /^There is no runbook for AgentDwon\. Did you mean AgentDown\? With --default/,
    ],
  ])('answers %j with one sentence and code 2', async (args, sentence) => {
    const ran = await run(args);

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr.trimEnd()).toMatch(sentence);
    withoutStackTrace(ran);
  });

  test.each<[string[], number, RegExp, RegExp]>([
    [['lint'], 0, /^nothing to mend in \d+ runbooks\n$/, /^$/],
    [['explain', 'AgentDown', '--labels', 'agent=a'], 0, /^AgentDown\n {2}labels .*agent=a\n/, /^$/],
    [['lnit'], 2, /^$/, /^There is no command lnit; .*\n$/],
  ])(
    'is a process that ends with its exit code, as npm starts it: %j',
    async (args, code, stdout, stderr) => {
      const ran = await runNpmScript('runbook', args);

      expect(ran).toEqual({
        code,
        stdout: expect.stringMatching(stdout),
        stderr: expect.stringMatching(stderr),
      });
    },
  );
});

describe('lint', () => {
  test('has nothing to report about the runbooks of this project', async () => {
    const ran = await run(['lint']);

    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^nothing to mend in \d+ runbooks\n$/);
  });

  test('reports mistakes with file and line, counts them and ends with code 1', async () => {
    const broken = join(copy.root, 'broken');
    cpSync(copy.folder, broken, { recursive: true });
    const text = queueStuck.replace('labels.kind]', 'labels.knd]').replace('SELECT 1', 'DELETE FROM x');
    writeFileSync(join(broken, 'alerts', 'queue-stuck.yaml'), text);

    const human = await run(['lint', broken]);
    const machine = await run(['lint', '--json', broken]);

    const file = join(broken, 'alerts', 'queue-stuck.yaml');
    expect(human.code).toBe(1);
    expect(human.stdout.split('\n')).toEqual([
      `${file}:22: labels.knd is not among this runbook's labels (queue, kind, pod)`,
      `${file}:28: must be one reading statement (SELECT, VALUES, TABLE or WITH)`,
      expect.stringMatching(
        /routing\.yaml:\d+: warning: no runbook has the category circuit-breaker; there are /,
      ),
      expect.stringMatching(/^2 errors and 1 warning in \d+ runbooks$/),
      '',
    ]);
    expect(machine.code).toBe(1);
    expect(JSON.parse(machine.stdout)).toEqual([
      expect.objectContaining({ file, line: 22, severity: 'error', rule: 'labels' }),
      {
        file,
        line: 28,
        severity: 'error',
        rule: 'sql',
        message: 'must be one reading statement (SELECT, VALUES, TABLE or WITH)',
      },
      expect.objectContaining({
        file: join(broken, 'routing.yaml'),
        severity: 'warning',
        rule: 'references',
      }),
    ]);
  });

  test('compares with rules, also with files from an expanded shell pattern', async () => {
    const [one, two] = ['one', 'two'].map((name) => {
      const path = join(copy.root, `${name}.yml`);
      writeFileSync(path, `groups:\n  - name: a\n    rules:\n      - { alert: ${name}, expr: up == 0 }\n`);
      return path;
    });

    const ran = await run(['lint', copy.folder, '--rules', one ?? '', two ?? '']);

    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain(`${one}:4: warning: the alert one has no runbook: the default one is used`);
    expect(ran.stdout).toContain(`${two}:4: warning: the alert two has no runbook: the default one is used`);
    expect(ran.stdout).toContain('queue-stuck.yaml:2: no rule has an alert QueueStuck: this is never used');
    expect(ran.stdout).toMatch(/\d+ errors and 3 warnings in \d+ runbooks and 2 alerting rules\n$/);
  });
});

describe('explain', () => {
  test('shows what would run, as text and as one object, and names the labels it made up', async () => {
    const args = [
      'explain',
      'QueueStuck',
      '--folder',
      copy.folder,
      '--labels',
      'queue=a',
      '--labels',
      'kind=b',
    ];

    const human = await run(args);
    const machine = await run([...args, '--json']);

    expect(human).toMatchObject({ code: 0, stderr: 'No value given for pod: made up.\n' });
    expect(human.stdout).toMatch(
      /^QueueStuck\n {2}labels {4}alertname=QueueStuck, pod=sample-pod, queue=a, kind=b\n/,
    );
    expect(machine.code).toBe(0);
    expect(JSON.parse(machine.stdout)).toMatchObject({ alertname: 'QueueStuck', deadlineMs: 20_000 });
  });

  test('prints the mistakes of invalid runbooks, and ends with code 1', async () => {
    const broken = join(copy.root, 'broken-explain');
    cpSync(copy.folder, broken, { recursive: true });
    writeFileSync(join(broken, 'default.yaml'), 'severity: bad\n');

    const ran = await run(['explain', 'QueueStuck', '--folder', broken]);

    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toMatch(/^broken-explain\/default\.yaml:1: severity: must be one of/);
    withoutStackTrace(ran);
  });
});

describe('test', () => {
  let postgres: LocalPostgres;

  test.beforeAll(async ({ server }) => {
    postgres = await startLocalPostgres({ server });
  });

  afterAll(() => postgres?.close());

  test("shows the notice with the findings of the database, and each check's outcome", async () => {
    const ran = await run(['test', 'DatabaseConnectionPoolCritical', '--payload', payload], {
      environment: { DATABASE_URL: postgres.connectionString },
    });

    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/^DatabaseConnectionPoolCritical, critical: \d+ checks, at most 10 s\n/);
    expect(ran.stderr).toMatch(/❗ connections {2}\d+ ms/);
    expect(ran.stderr).toMatch(/◌ other alerts {2}\d+ ms {2}could not check: ALERTMANAGER_URL is not set/);
    expect(ran.stdout).toMatch(/┌─ Slack #cryptofunk-critical ─/);
    expect(ran.stdout).toMatch(/┌─ Slack #cryptofunk-critical, in the thread ─/);
    expect(ran.stdout).toContain('│ @channel @oncall');
    expect(ran.stdout).toMatch(/❗ 10 of 10 connections open, 0 idle/);
    expect(ran.stdout).toMatch(/SELECT pg_terminate_backend\(\d+\);/);
    expect(ran.stdout).toContain('Told: on-call engineer (L1)');
  });

  test('returns everything as one object, and reads the payload from standard input', async () => {
    const ran = await runNpmScript(
      'runbook',
      ['test', 'DatabaseConnectionPoolCritical', '--payload', '-', '--json'],
      {
        environment: { DATABASE_URL: postgres.connectionString },
        input: readFileSync(payload, 'utf8'),
      },
    );

    expect(ran.code).toBe(0);
    const { diagnosis, notice, slack } = JSON.parse(ran.stdout);
    expect(diagnosis.findings.map((finding: { stepId: string }) => finding.stepId)).toContain('blockers');
    expect(notice).toMatchObject({ reason: 'opened', severity: 'critical', source: 'local' });
    expect(slack.root.blocks.length).toBeGreaterThan(2);
  });

  test('fills in the given labels, whatever they hold', async () => {
    const hostile = "'; DROP TABLE positions; --";
    const ran = await run(
      ['test', 'QueueStuck', '--folder', copy.folder, '--json', '--labels', `queue=${hostile},kind=$(id)`],
      { environment: { DATABASE_URL: postgres.connectionString } },
    );

    const { diagnosis } = JSON.parse(ran.stdout);
    expect(diagnosis.findings[0]).toMatchObject({ stepId: 'rows', sentence: `${hostile} is $(id)` });
    expect(diagnosis.commands.map(({ command }: { command: string }) => command)).toEqual([
      "queue show ''\\''; DROP TABLE positions; --'",
      "queue purge ''\\''; DROP TABLE positions; --' '$(id)'",
    ]);
    expect(ran.stderr).toContain('No value given for pod: made up.');
  });

  test('ends with code 1 when no check could run, after the timeout of the step and no later', async () => {
    const server = await startHangingServer();

    const ran = await run(
      ['test', 'QueueStuck', '--folder', copy.folder, '--labels', 'queue=a,kind=b,pod=c'],
      {
        environment: { DATABASE_URL: `postgres://a:b@127.0.0.1:${server.port}/x` },
      },
    );

    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(
      /◌ rows {2}\d+ ms {2}could not check: could not connect: no answer within 3 s\n/,
    );
    expect(ran.stderr).toMatch(/Nothing could be checked\.\n$/);
    await server.stop();
  });

  test('names an invalid variable, with code 2', async () => {
    const ran = await run(['test', 'AgentDown'], { environment: { DATABASE_URL: 'mysql://secret@x' } });

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/Bad configuration: DATABASE_URL must be a URL/);
    expect(ran.stderr).not.toContain('secret');
    withoutStackTrace(ran);
  });
});
