import type { RequestListener } from 'node:http';
import { parse } from 'csv-parse/sync';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import type { DeadLetter, DeadLetters } from '../../lib/core/delivery/dead-letters.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { incidentsCommands } from '../../scripts/incidents/commands.ts';
import { finding } from '../support/factories/finding.ts';
import {
  storedAlert,
  storedDetail,
  storedDiagnosis,
  storedIncident,
} from '../support/factories/stored-incident.ts';
import { createMemoryWorld, type MemoryWorld } from '../support/fakes/memory-world.ts';
import { type Ran, runHere, runNpmScript } from '../support/processes/run-command.ts';
import { serve, stopServing } from '../support/servers/serve.ts';
import { READ_TOKEN, serveApi, WRITE_TOKEN } from '../support/servers/served-api.ts';

const ESCAPES = '\u001b[31mred\u001b]0;title\u0007\u009b2J\u202e';

afterEach(stopServing);

/** Runs the command with only the given environment. */
async function run(url: string, args: string[], given: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return withoutStackTrace(await runHere(incidentsCommands, args, { environment: environment(url, given) }));
}

function environment(url: string, given: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { FIRST_RESPONDER_URL: url, FIRST_RESPONDER_TOKEN: WRITE_TOKEN, USER: 'ana', ...given };
}

function withoutStackTrace(ran: Ran): Ran {
  expect(`${ran.stdout}${ran.stderr}`).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  return ran;
}

function noLetters(): DeadLetters {
  return {
    list: async () => ({ count: 0, letters: [], unreadable: 0 }),
    redrive: async () => ({ redriven: 0, remaining: 0 }),
  };
}

/** `count` open incidents of the last minutes, the newest `k0.1`. */
async function served(
  count: number,
  deadLetters = noLetters(),
): Promise<{ url: string; world: MemoryWorld }> {
  const world = createMemoryWorld(systemClock.now());
  const now = world.clock.now();
  for (let n = 0; n < count; n += 1) {
    await world.incidents.write(
      storedIncident({
        key: `k${n}`,
        openedAt: now - n * 1_000,
        tiers: { clockStartedAt: now },
        paging: { lastAt: now },
      }),
      0,
    );
  }
  return { url: await serveApi(world, deadLetters), world };
}

/** An API that answers each path with one result; `seen` are the requests, with their query. */
async function faked(answers: Record<string, unknown>, headers: Record<string, string> = {}) {
  const seen: string[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const answer = answers[URL.parse(request.url ?? '', 'http://x')?.pathname ?? ''];
    if (answer === undefined) response.writeHead(404).end('nothing here');
    else {
      response.writeHead(200, { 'content-type': 'application/json', ...headers });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    }
  };
  return { url: await serve(listener), seen };
}

describe('npm run incidents', () => {
  test.each([
    [['--help']],
    ...['list', 'show', 'stats', 'ack', 'resolve', 'report', 'export', 'redrive'].map((name) => [
      [name, '--help'],
    ]),
  ])('explains itself and its exit codes: %j', async (args) => {
    const ran = await run('', args, { FIRST_RESPONDER_TOKEN: '' });

    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^Usage: npm run incidents -- /);
    expect(ran.stdout).toMatch(/exit codes: 0/i);
    expect(Math.max(...ran.stdout.split('\n').map((line) => line.length))).toBeLessThan(120);
  });

  test.each<[string[], NodeJS.ProcessEnv, RegExp]>([
    [[], {}, /^Usage: /],
    [['lsit'], {}, /^There is no command lsit; .*--help.*\.$/],
    [
      ['list', '--opne'],
      {},
      /^Unknown option '--opne'; npm run incidents -- list --help shows the options\.$/,
    ],
    [['ack', 'k.1'], { USER: '' }, /^Say who you are: --by NAME\.$/],
    [['list'], { FIRST_RESPONDER_TOKEN: '' }, /^There is no token: set FIRST_RESPONDER_TOKEN/],
  ])('answers %j with one sentence and code 2', async (args, env, sentence) => {
    const ran = await run('http://127.0.0.1:9', args, env);

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr.trimEnd()).toMatch(sentence);
    if (args.length > 0) expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('ends with code 3 when nothing listens, the host is unknown, or the server is no first-responder', async () => {
    const other = await serve((_, response) => response.end('<html>'));
    const broken = await serve((_, response) => response.writeHead(502).end('<html>'));
    const strange = await faked({ '/incidents': { incidents: [{ id: 1 }] } });
    // Requested only once the server is gone: an earlier connection would be known to be closed.
    const stopped = await serve((_, response) => response.end());

    const runs = await Promise.all(
      [other, broken, strange.url, 'http://nowhere.invalid'].map((url) => run(url, ['list'])),
    );
    await stopServing();
    const gone = await run(stopped, ['list']);

    expect([...runs, gone].map(({ code, stdout }) => [code, stdout])).toEqual(
      Array.from({ length: 5 }, () => [3, '']),
    );
    expect([...runs, gone].map(({ stderr }) => stderr.trimEnd())).toEqual([
      `${other} did not answer with JSON: it is no first-responder.`,
      `${broken} answered 502: it does not work at the moment.`,
      'The answer is not one of first-responder, or of another version: incidents.0.id is not as expected.',
      'http://nowhere.invalid cannot be reached: no such host is known.',
      `${stopped} cannot be reached: nothing listens there.`,
    ]);
  });

  test('ends with code 3 when the token is unknown, or lacks the right', async () => {
    const { url } = await served(1);

    const stranger = await run(url, ['list'], { FIRST_RESPONDER_TOKEN: 'stranger' });
    const reader = await run(url, ['ack', 'k0.1', '--token', READ_TOKEN]);

    expect(stranger).toEqual({ code: 3, stdout: '', stderr: `The token is not one that ${url} knows.\n` });
    expect(reader).toMatchObject({ code: 3, stdout: '' });
    expect(reader.stderr).toMatch(/^This token may only read/);
  });

  test.each<[string[], RegExp]>([
    [['list'], / k0\.1\n1 incident, 1 open\n$/],
    [['show', 'k0.1'], /^CRITICAL {2}HighErrorRate {2}k0\.1\n/],
    [['ack', 'k0.1'], /^CRITICAL HighErrorRate \(k0\.1\) is acknowledged by ana\.\n$/],
    [['resolve', 'k0.1'], /^CRITICAL HighErrorRate \(k0\.1\) is resolved\.\n$/],
    [['report', 'k0.1'], /^# .*HighErrorRate/],
    [['export'], /^id,.*\r\nk0\.1,.*\r\n$/],
    [['redrive'], /^No notice is left over\.\n$/],
  ])('is a process that ends with its exit code, as npm starts it: %j', async (args, stdout) => {
    const { url } = await served(1);

    const ran = await runNpmScript('incidents', args, { environment: environment(url) });

    expect(ran).toEqual({ code: 0, stdout: expect.stringMatching(stdout), stderr: '' });
  });

  test('is a process that ends with its exit code also when the answer is no, and for wrong usage', async () => {
    const { url } = await served(0);

    const none = await runNpmScript('incidents', ['list'], { environment: environment(url) });
    const wrong = await runNpmScript('incidents', ['lsit'], { environment: environment(url) });

    expect([none.code, none.stderr]).toEqual([1, 'There is no such incident.\n']);
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
  });
});

describe('list', () => {
  test('shows incidents as a table, without colours outside a terminal', async () => {
    const { url } = await served(2);

    const ran = await run(url, ['list', '--open', '--severity', 'critical', '--since', '1h']);

    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const [head, first, second, counted] = ran.stdout.split('\n');
    expect(head).toMatch(
      /^SEVERITY {2}STATUS {2}ALERT +GROUP +FIRING +TIER +SOURCE +OPENED \(UTC\) +LASTS +ID$/,
    );
    expect(first).toMatch(
      /^critical +open +HighErrorRate +service=api +1\/1 +L1 +prod +\d{4}.* (\d+ m )?\d+ s +k0\.1$/,
    );
    expect(second).toMatch(/k1\.1$/);
    expect(counted).toBe('2 incidents, 2 open');
  });

  test('follows the cursors up to the limit, and says that there is more', async () => {
    const { url } = await served(450);

    const some = await run(url, ['list', '--limit', '430', '--json']);
    const table = await run(url, ['list', '--limit', '3']);
    const all = await run(url, ['list', '--limit', '1000', '--json']);

    const { incidents, cursor } = JSON.parse(some.stdout);
    expect(incidents.map(({ id }: { id: string }) => id)).toEqual(
      Array.from({ length: 430 }, (_, n) => `k${n}.1`),
    );
    expect(cursor).toEqual(expect.any(String));
    expect(table.stderr).toBe('These are the latest 3; there may be more with a higher --limit.\n');
    expect(JSON.parse(all.stdout).incidents).toHaveLength(450);
    expect(JSON.parse(all.stdout)).not.toHaveProperty('cursor');
  });

  test('continues after an empty page, and stops when a listing repeats a cursor', async () => {
    const pages: unknown[] = [{ incidents: [], cursor: 'a' }, { incidents: [] }];
    const ending = await serve((_, response) => response.end(JSON.stringify(pages.shift())));
    const circle = await faked({ '/incidents': { incidents: [], cursor: 'a' } });

    const ended = await run(ending, ['list']);
    const stopped = await run(circle.url, ['list']);

    expect(pages).toEqual([]);
    expect(ended.code).toBe(1);
    expect(stopped).toMatchObject({ code: 3, stderr: expect.stringContaining('does not come to an end') });
  });

  test('sends the options as parameters', async () => {
    const { url, seen } = await faked({ '/incidents': { incidents: [] } });
    const options = ['--resolved', '--alertname', 'A & B', '--source', 'prod', '--category', 'agents'];

    await run(url, [
      'list',
      ...options,
      '--from',
      '2026-11-24',
      '--to',
      '2026-11-25T00:00:00Z',
      '--limit',
      '7',
    ]);

    const [, query] = seen[0]?.split('?') ?? [];
    expect(Object.fromEntries(new URLSearchParams(query))).toEqual({
      status: 'resolved',
      alertname: 'A & B',
      source: 'prod',
      category: 'agents',
      from: '2026-11-24',
      to: '2026-11-25T00:00:00Z',
      limit: '7',
    });
  });

  test('ends with code 1 when there are none, or when the API refuses', async () => {
    const { url } = await served(1);

    const none = await run(url, ['list', '--resolved']);
    const json = await run(url, ['list', '--resolved', '--json']);
    const refused = await run(url, ['list', '--from', '2026-11-24', '--to', '2026-11-23']);

    expect(none).toEqual({ code: 1, stdout: '', stderr: 'There is no such incident.\n' });
    expect([json.code, JSON.parse(json.stdout)]).toEqual([1, { incidents: [] }]);
    expect(refused).toEqual({ code: 1, stdout: '', stderr: 'from must be earlier than to.\n' });
  });
});

describe('show', () => {
  test('shows the meaning of the alert from its runbook', async () => {
    const { url, world } = await served(0);
    await world.incidents.write(
      storedIncident({ key: 'pool', alertname: 'DatabaseConnectionPoolCritical' }),
      0,
    );

    const human = await run(url, ['show', 'pool.1']);

    expect(human.stdout).toContain('\nNo idle database connections. Every new query waits.\n');
  });

  test('shows one incident from top to bottom', async () => {
    const { url, world } = await served(0);
    const incident = storedIncident({
      key: 'k',
      openedAt: world.clock.now() - 5 * MINUTE,
      alerts: [
        storedAlert({ fingerprint: 'aa' }),
        storedAlert({ fingerprint: 'bb', state: 'resolved', endsAt: 1 }),
      ],
      ack: { by: 'Ana', at: world.clock.now(), asOf: 1, severity: 'critical', note: 'on it' },
    });
    await world.incidents.write(incident, 0);
    await world.history.addDetails(incident.id, [storedDetail('aa', { labels: { pod: 'api-1' } })]);
    await world.history.addDiagnosis({
      ...storedDiagnosis(incident.id, 1),
      findings: [
        finding({ verdict: 'attention', sentence: '10 of 10 connections in use' }),
        finding({ verdict: 'normal', sentence: 'disk 61 %' }),
        finding({ verdict: 'unchecked', title: 'logs', sentence: 'kubernetes: 403' }),
      ],
    });
    await world.history.addTimeline(incident.id, {
      id: `${incident.id}:1`,
      seq: 1,
      at: world.clock.now(),
      what: 'opened',
      tier: 1,
      summary: 'Opened by 2 alerts.',
    });

    const human = await run(url, ['show', 'k.1']);
    const machine = await run(url, ['show', 'k.1', '--json']);

    expect(human).toMatchObject({ code: 0, stderr: '' });
    expect(human.stdout).toMatch(
      /^CRITICAL {2}HighErrorRate {2}k\.1\nprod · service=api\nopen since .* for 5 min/,
    );
    expect(human.stdout).toMatch(/^acknowledged by Ana at .* UTC: on it$/m);
    expect(human.stdout).toMatch(/^1 of 3 checks, at /m);
    expect(human.stdout).toContain(
      '\n! 10 of 10 connections in use\n? logs: could not be checked: kubernetes: 403\n',
    );
    expect(human.stdout).not.toContain('disk 61 %');
    expect(human.stdout).toMatch(/^firing +critical +\d.* aa +pod=api-1$/m);
    expect(human.stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}opened +Opened by 2 alerts\.$/m);
    expect(JSON.parse(machine.stdout)).toMatchObject({ incident: { id: 'k.1' }, alerts: [{}, {}] });
  });

  test.each(['nope.1', 'a/../b?c#d', '%00', 'ü 🔥'])(
    'says with code 1 and in one sentence that there is no incident %s',
    async (id) => {
      const { url } = await served(1);

      const ran = await run(url, ['show', id]);

      expect(ran).toMatchObject({ code: 1, stdout: '' });
      expect(ran.stderr).toMatch(/^(There is no incident with this id|id is not a valid incident id)\.\n$/);
    },
  );
});

describe('ack and resolve', () => {
  test('take an incident and end it, in the name of the logged-in user or of another', async () => {
    const { url, world } = await served(1);

    const taken = await run(url, ['ack', 'k0.1', '--note', 'looking', '--as-of', '1']);
    const again = await run(url, ['ack', 'k0.1']);
    const ended = await run(url, ['resolve', 'k0.1', '--by', 'Ben', '--json']);
    const late = await run(url, ['resolve', 'k0.1']);

    const about = 'CRITICAL HighErrorRate (k0.1)';
    expect(taken).toEqual({ code: 0, stdout: `${about} is acknowledged by ana.\n`, stderr: '' });
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toMatch(
      /^Nothing was changed: CRITICAL HighErrorRate \(k0\.1\) is acknowledged by ana since/,
    );
    expect([ended.code, JSON.parse(ended.stdout)]).toMatchObject([0, { outcome: 'changed' }]);
    expect(late.stderr).toMatch(/is resolved since \d{4}.* UTC\.$/m);
    expect(world.incidents.items.get('k0.1')).toMatchObject({
      ack: { by: 'ana', note: 'looking' },
      resolvedBy: 'Ben',
    });
  });

  test("show the API's refusal", async () => {
    const { url } = await served(1);

    const unknown = await run(url, ['ack', 'nope.1']);
    const long = await run(url, ['ack', 'k0.1', '--note', 'x'.repeat(2_000)]);

    expect(unknown).toEqual({ code: 1, stdout: '', stderr: 'There is no incident with this id.\n' });
    expect(long).toMatchObject({ code: 1, stderr: expect.stringMatching(/^note: /) });
  });
});

describe('export', () => {
  test('streams all parts in a row, as a table and as lines', async () => {
    const { url } = await served(1_002);

    const csv = await run(url, ['export']);
    const jsonl = await run(url, ['export', '--format', 'jsonl', '--open'], {
      FIRST_RESPONDER_TOKEN: READ_TOKEN,
    });

    const ids = Array.from({ length: 1_002 }, (_, n) => `k${n}.1`);
    const records = parse<Record<string, string>>(csv.stdout, { columns: true });
    expect([csv.code, records.map(({ id }) => id)]).toEqual([0, ids]);
    const lines = jsonl.stdout.trimEnd().split('\n');
    expect([jsonl.code, lines.map((line) => JSON.parse(line).id)]).toEqual([0, ids]);
  });

  test('does not send the token to another address', async () => {
    const headers = { link: '<http://127.0.0.1:9/incidents.csv?cursor=x>; rel="next"' };
    const { url } = await faked({ '/incidents.csv': 'id\r\nk.1\r\n' }, headers);

    const ran = await run(url, ['export']);

    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(/goes on at another address; it is not followed/);
  });
});

describe('redrive', () => {
  const letter: DeadLetter = {
    incidentId: 'k.1',
    destination: 'slack:#alerts',
    reason: 'opened',
    at: Date.UTC(2026, 10, 24, 3),
    attempt: 1,
  };

  test('shows the letters, and calls until none is left', async () => {
    const results = [
      { redriven: 2, remaining: 1 },
      { redriven: 1, remaining: 0 },
    ];
    const { url } = await served(0, {
      list: async () => ({ count: 3, letters: [letter], unreadable: 0 }),
      redrive: async () => results.shift() ?? { redriven: 0, remaining: 0 },
    });

    const looked = await run(url, ['redrive', '--dry-run']);
    const untouched = results.length;
    const ran = await run(url, ['redrive']);

    expect([looked.code, untouched]).toEqual([1, 2]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout.split('\n')).toEqual([
      'SINCE                 REASON  WHERE          SENT  INCIDENT',
      '2026-11-24 03:00 UTC  opened  slack:#alerts    1x  k.1',
      'and 2 more',
      '3 sent again, 0 remaining.',
      '',
    ]);
  });

  test('ends with code 1 when some are left, and says what to do', async () => {
    const { url } = await served(0, {
      list: async () => ({ count: 1, letters: [], unreadable: 1 }),
      redrive: async () => ({ redriven: 0, remaining: 1 }),
    });

    const human = await run(url, ['redrive']);
    const machine = await run(url, ['redrive', '--json']);

    expect(human).toMatchObject({ code: 1, stdout: '1 that cannot be shown\n0 sent again, 1 remaining.\n' });
    expect(human.stderr).toMatch(/try again in half a minute/);
    expect(JSON.parse(machine.stdout)).toEqual({
      count: 1,
      letters: [],
      unreadable: 1,
      redriven: 0,
      remaining: 1,
    });
  });

  test('says that there is nothing to do', async () => {
    const { url } = await served(0);

    const ran = await run(url, ['redrive']);

    expect(ran).toEqual({ code: 0, stdout: 'No notice is left over.\n', stderr: '' });
  });
});

describe('stats and report', () => {
  const some = { medianSeconds: 240, p90Seconds: 720, counted: 8, leftOut: 2 };
  const none = { counted: 0, leftOut: 1 };
  const stats = {
    from: '2026-11-17T00:00:00.000Z',
    to: '2026-11-24T00:00:00.000Z',
    tz: 'Europe/Berlin',
    asOf: '2026-11-24T03:00:00.000Z',
    incidents: 10,
    open: 2,
    byDay: [{ day: '2026-11-23', incidents: 10, critical: 4, warning: 6, info: 0, mtta: some, mttr: none }],
    bySeverity: [{ severity: 'critical', incidents: 4 }],
    byCategory: [{ category: 'agents', incidents: 10 }],
    byAlertname: [{ alertname: `AgentDown${ESCAPES}`, incidents: 10, alerts: 120 }],
    otherAlertnames: 3,
    mtta: some,
    mttr: none,
    neverAcknowledged: 1,
    flapping: 1,
    notices: [{ tier: 1, notices: 12, people: 2, perPersonHour: 0.0357 }],
    diagnoses: { count: 9, neededAttention: 5 },
  };

  test("stats are tables for people, and the API's answer for programs", async () => {
    const { url, seen } = await faked({ '/stats': stats });

    const human = await run(url, ['stats', '--since', '7d', '--tz', 'Europe/Berlin']);
    const machine = await runNpmScript('incidents', ['stats', '--json'], { environment: environment(url) });

    expect(human).toMatchObject({ code: 0, stderr: '' });
    expect(seen[0]).toMatch(/^GET \/stats\?from=\d{4}-.*Z&tz=Europe%2FBerlin$/);
    expect(human.stdout).toContain('incidents           10, 2 open\n');
    expect(human.stdout).toContain(
      'acknowledged        4 min at the median, 12 min at p90 (8 counted; 2 not acknowledged, left out)\n',
    );
    expect(human.stdout).toContain('resolved            none; 1 not resolved yet, left out\n');
    expect(human.stdout).toMatch(/^2026-11-23 +10 +4 +6 +0 +4 min$/m);
    expect(human.stdout).toMatch(/^AgentDownred +10 +120\nand 3 incidents of other alerts$/m);
    expect(human.stdout).toMatch(/^L1 +12 +2 +0\.036$/m);
    expect(JSON.parse(machine.stdout)).toEqual(stats);
  });

  test('a report is Markdown, line by line', async () => {
    const { url, seen } = await faked({ '/incidents/k.1/report': `# AgentDown${ESCAPES}\n\n- one\n` });

    const ran = await run(url, ['report', 'k.1']);

    expect(ran).toEqual({ code: 0, stdout: '# AgentDownred\n\n- one\n', stderr: '' });
    expect(seen).toEqual(['GET /incidents/k.1/report']);
  });

  test("a report is the API's own, ready for a file", async () => {
    const { url } = await served(1);

    const ran = await run(url, ['report', 'k0.1']);
    const unknown = await run(url, ['report', 'nope.1']);

    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^# .*HighErrorRate/);
    expect(ran.stdout).toMatch(/^## /m);
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
  });

  test('say that this first-responder has none yet', async () => {
    const { url } = await served(0);

    const ran = await run(url, ['stats']);

    expect(ran).toMatchObject({
      code: 3,
      stderr: `${url} answered 404 to /stats: it is no first-responder, or an older one.\n`,
    });
  });
});

describe('the content of labels', () => {
  test('reaches no terminal as an escape sequence, from any command', async () => {
    const { url, world } = await served(0, {
      list: async () => ({
        count: 1,
        unreadable: 0,
        letters: [{ incidentId: `k${ESCAPES}`, destination: ESCAPES, reason: ESCAPES, at: 0, attempt: 1 }],
      }),
      redrive: async () => ({ redriven: 1, remaining: 0 }),
    });
    const incident = storedIncident({
      key: 'k',
      alertname: `Alert${ESCAPES}`,
      source: ESCAPES,
      category: ESCAPES,
      group: { [`l${ESCAPES}`]: ESCAPES },
      openedAt: world.clock.now(),
      alerts: [storedAlert({ fingerprint: 'aa' })],
    });
    await world.incidents.write(incident, 0);
    await world.history.addDetails(incident.id, [storedDetail('aa', { labels: { pod: ESCAPES } })]);
    await world.history.addDiagnosis({
      ...storedDiagnosis(incident.id, 1),
      findings: [finding({ verdict: 'attention', sentence: ESCAPES })],
    });
    await world.history.addTimeline(incident.id, {
      id: 'e',
      seq: 1,
      at: 0,
      what: 'acknowledged',
      tier: 1,
      summary: ESCAPES,
      by: `b${ESCAPES}`,
      note: `n${ESCAPES}`,
    });

    const outputs: Record<string, Ran> = {};
    for (const args of [
      ['list'],
      ['list', '--json'],
      ['show', 'k.1'],
      ['show', 'k.1', '--json'],
      ['export'],
      ['export', '--format', 'jsonl'],
      ['redrive'],
      ['redrive', '--json'],
      ['ack', 'k.1', '--by', `Eve${ESCAPES}`],
      ['ack', 'k.1'],
      ['report', 'k.1'],
    ]) {
      outputs[args.join(' ')] = await run(url, args);
    }

    for (const [command, { stdout, stderr }] of Object.entries(outputs)) {
      expect(`${stdout}${stderr}`, command).not.toMatch(/(?![\t\r\n])\p{Cc}|\p{Bidi_Control}/u);
      expect(`${stdout}${stderr}`, command).toMatch(/red/);
    }
    expect(JSON.parse(outputs['list --json']?.stdout ?? '').incidents[0].alertname).toBe(`Alert${ESCAPES}`);
  });
});
