import { describe, expect, test } from 'vitest';
import type { AlertDetail } from '../../../lib/core/alert/alert.ts';
import type { ProbeResult, PrometheusProbe, SqlProbe } from '../../../lib/core/diagnosis/checks/probe.ts';
import type { Cell, Diagnosis } from '../../../lib/core/diagnosis/findings/finding.ts';
import { type DiagnosisInput, getDeadline, runDiagnosis } from '../../../lib/core/diagnosis/run-diagnosis.ts';
import type { Runbook, SqlStep } from '../../../lib/core/runbook/runbook.ts';
import { HOUR, MINUTE, SECOND } from '../../../lib/core/shared/time.ts';
import { runbook } from '../../support/factories/catalog.ts';
import { fakeDiagnosisClock } from '../../support/fakes/diagnosis-clock.ts';

const NOW = Date.UTC(2026, 10, 24, 3, 12);

function sqlStep(change: Partial<SqlStep> = {}): SqlStep {
  return {
    id: 'step',
    title: 'A step',
    kind: 'sql',
    timeout: 4 * SECOND,
    query: 'SELECT 1',
    params: [],
    attention: 'result.count > 0',
    sentence: '{{ result.first.n }} found',
    normal: 'nothing found',
    ...change,
  };
}

function alert(change: Partial<AlertDetail> = {}): AlertDetail {
  return {
    fingerprint: 'a',
    labels: { alertname: 'X' },
    annotations: {},
    generatorURL: '',
    startsAt: NOW,
    ...change,
  };
}

function expressionURL(expression: string): string {
  return `http://prometheus:9090/graph?g0.expr=${encodeURIComponent(expression)}&g0.tab=1`;
}

function input(change: Partial<DiagnosisInput> = {}, book: Partial<Runbook> = {}): DiagnosisInput {
  return {
    runbook: runbook({ diagnostics: [sqlStep()], ...book }),
    incidentId: 'i',
    effectId: 'i:1',
    seq: 1,
    reason: 'opened',
    source: 'prod',
    alerts: [alert()],
    probes: {},
    clock: fakeDiagnosisClock(NOW),
    deadline: 10 * SECOND,
    ...change,
  };
}

function probe(query: SqlProbe['query'], release: SqlProbe['release'] = async () => {}): SqlProbe {
  return { query, release };
}

function answering(columns: string[], ...rows: Cell[][]): SqlProbe {
  return probe(async () => ({ kind: 'ok', value: { columns, rows, truncated: false } }));
}

/** Never answers, and ignores the abort. */
const deaf = probe(() => new Promise<ProbeResult<never>>(() => undefined));

function output({ findings }: Diagnosis): [string, string][] {
  return findings.map(({ verdict, sentence }) => [verdict, sentence]);
}

describe('a diagnosis', () => {
  test('has 10 s for a critical incident and 20 s for others', () => {
    expect(getDeadline('critical')).toBe(10_000);
    expect(getDeadline('warning')).toBe(20_000);
    expect(getDeadline('info')).toBe(20_000);
  });

  test('lists findings that need attention first, and has the effect’s id', async () => {
    const diagnostics = [
      sqlStep({ id: 'calm', attention: 'result.first.n > 100' }),
      sqlStep({ id: 'bad', sentence: '{{ plural(result.first.n, "session") }} blocked' }),
    ];

    const diagnosis = await runDiagnosis(input({ probes: { sql: answering(['n'], [7]) } }, { diagnostics }));

    expect(output(diagnosis)).toEqual([
      ['attention', '7 sessions blocked'],
      ['normal', 'nothing found'],
    ]);
    expect(diagnosis).toMatchObject({ schema: 1, id: 'i:1', incidentId: 'i', seq: 1, startedAt: NOW });
  });

  test('continues without a step that times out', async () => {
    const clock = fakeDiagnosisClock(NOW);
    const running = runDiagnosis(input({ clock, probes: { sql: deaf } }));

    await clock.advance(4 * SECOND);

    expect(output(await running)).toEqual([['unchecked', 'no answer within 4 s']]);
  });

  test('returns at its deadline although a server ignores the abort', async () => {
    const clock = fakeDiagnosisClock(NOW);
    const diagnostics = [
      sqlStep({ id: 'a', timeout: 15 * SECOND }),
      sqlStep({ id: 'b', timeout: 15 * SECOND }),
    ];
    const running = runDiagnosis(input({ clock, probes: { sql: deaf } }, { diagnostics }));

    await clock.advance(10 * SECOND);

    const diagnosis = await running;
    expect(output(diagnosis)).toEqual([
      ['unchecked', 'not finished within 10 s'],
      ['unchecked', 'not finished within 10 s'],
    ]);
    expect(diagnosis.finishedAt - diagnosis.startedAt).toBe(10 * SECOND);
  });

  test('aborts reads that it no longer waits for', async () => {
    const clock = fakeDiagnosisClock(NOW);
    let signal: AbortSignal | undefined;
    const sql = probe((_sql, _params, bounds) => {
      signal = bounds.signal;
      return deaf.query('', [], bounds);
    });
    const running = runDiagnosis(input({ clock, probes: { sql } }));

    await clock.advance(4 * SECOND);
    await running;

    expect(signal?.aborted).toBe(true);
  });

  test('reports a step as unchecked if its probe throws', async () => {
    const sql = probe(() => Promise.reject(new Error('boom with password=hunter2')));

    const diagnosis = await runDiagnosis(input({ probes: { sql } }));

    expect(output(diagnosis)).toEqual([['unchecked', 'boom with password=[redacted]']]);
  });

  test('runs at most two SQL steps at once, in the runbook’s order, each with its whole timeout', async () => {
    const clock = fakeDiagnosisClock(NOW);
    const asked: string[] = [];
    const sql = probe((text, _params, { timeoutMs }) => {
      asked.push(`${text} has ${timeoutMs} ms`);
      return deaf.query('', [], { timeoutMs, maxRows: 1, maxBytes: 1, signal: AbortSignal.abort() });
    });
    const diagnostics = ['a', 'b', 'c', 'd'].map((id) => sqlStep({ id, query: id }));
    const running = runDiagnosis(input({ clock, probes: { sql } }, { diagnostics }));

    const first = [...asked];
    await clock.advance(4 * SECOND);
    await clock.advance(4 * SECOND);

    const { findings } = await running;
    expect(first).toEqual(['a has 4000 ms', 'b has 4000 ms']);
    expect(asked.slice(2)).toEqual(['c has 4000 ms', 'd has 4000 ms']);
    expect(new Set(findings.map(({ sentence }) => sentence))).toEqual(new Set(['no answer within 4 s']));
  });

  test('says of an SQL step that it did not get its turn, and calls no server slow', async () => {
    const clock = fakeDiagnosisClock(NOW);
    const diagnostics = [
      sqlStep({ id: 'a', timeout: 9.8 * SECOND }),
      sqlStep({ id: 'b', timeout: 15 * SECOND }),
      sqlStep({ id: 'c' }),
      sqlStep({ id: 'd' }),
    ];
    const running = runDiagnosis(input({ clock, probes: { sql: deaf } }, { diagnostics }));

    await clock.advance(9.8 * SECOND);
    await clock.advance(0.2 * SECOND);

    const waited = 'did not get its turn: 2 SQL checks run at once, and others took the 10 s';
    expect(output(await running)).toEqual([
      ['unchecked', 'no answer within 9.8 s'],
      ['unchecked', 'not finished within 10 s'],
      ['unchecked', waited],
      ['unchecked', waited],
    ]);
  });

  test('says of an SQL step that it had waited, if too little time was left after that', async () => {
    const clock = fakeDiagnosisClock(NOW);
    const diagnostics = ['a', 'b', 'c'].map((id) => sqlStep({ id, timeout: 7 * SECOND }));
    const limits: number[] = [];
    const sql = probe((text, params, bounds) => {
      limits.push(bounds.timeoutMs);
      return deaf.query(text, params, bounds);
    });
    const running = runDiagnosis(input({ clock, probes: { sql } }, { diagnostics }));

    await clock.advance(7 * SECOND);
    await clock.advance(3 * SECOND);

    expect(output(await running)[2]).toEqual([
      'unchecked',
      'not finished within 10 s; it had waited 7 s for its turn',
    ]);
    expect(limits).toEqual([7_000, 7_000, 3_000]);
  });

  test('says nothing of waiting for a turn that came at once, although the clock goes on', async () => {
    let now = NOW;
    const clock = { now: () => (now += 1), after: () => new Promise<void>(() => undefined) };
    const sql = probe(async () => ({ kind: 'failed', reason: 'gone' }));
    const diagnostics = [sqlStep({ timeout: 10 * SECOND })];

    const diagnosis = await runDiagnosis(input({ clock, probes: { sql } }, { diagnostics }));

    expect(output(diagnosis)).toEqual([['unchecked', 'gone']]);
  });

  test('gives connections back once its last SQL step is done, before it returns', async () => {
    const clock = fakeDiagnosisClock(NOW);
    const events: string[] = [];
    const answers: (() => void)[] = [];
    const sql = probe(
      () =>
        new Promise((resolve) => {
          answers.push(() => resolve({ kind: 'failed', reason: 'gone' }));
        }),
      async () => {
        events.push('released');
      },
    );
    const diagnostics = [sqlStep({ id: 'a' }), sqlStep({ id: 'b' })];
    const running = runDiagnosis(input({ clock, probes: { sql } }, { diagnostics })).then(() =>
      events.push('returned'),
    );

    answers[0]?.();
    await clock.advance(0);
    const afterFirst = [...events];
    answers[1]?.();
    await running;

    expect(afterFirst).toEqual([]);
    expect(events).toEqual(['released', 'returned']);
  });

  test.each([
    ['never lets them go', () => new Promise<void>(() => undefined)],
    ['fails to', () => Promise.reject(new Error('boom'))],
  ])('waits at most 250 ms for a probe that %s', async (_what, release) => {
    const clock = fakeDiagnosisClock(NOW);
    const running = runDiagnosis(
      input({ clock, probes: { sql: probe(answering(['n'], [7]).query, release) } }),
    );

    await clock.advance(0);
    await clock.advance(250);

    expect(output(await running)).toEqual([['attention', '7 found']]);
  });

  test('names the variable of a server that is not configured', async () => {
    const diagnostics: Runbook['diagnostics'] = [
      sqlStep(),
      { ...sqlStep({ id: 'p' }), kind: 'promql', query: 'up' },
      { ...sqlStep({ id: 'm' }), kind: 'alertmanager', match: {} },
    ];

    const diagnosis = await runDiagnosis(input({}, { diagnostics }));

    expect(output(diagnosis)).toEqual([
      ['unchecked', 'DATABASE_URL is not set'],
      ['unchecked', 'PROMETHEUS_URL is not set'],
      ['unchecked', 'ALERTMANAGER_URL is not set'],
    ]);
  });

  test('keeps a finding whose sentence cannot be filled', async () => {
    const diagnostics = [sqlStep({ sentence: '{{ result.first.nothing }} found' })];

    const diagnosis = await runDiagnosis(input({ probes: { sql: answering(['n'], [7]) } }, { diagnostics }));

    expect(output(diagnosis)).toEqual([['attention', 'A step: 1 found']]);
  });

  test('needs attention where an expression fails at run time', async () => {
    const diagnostics = [sqlStep({ attention: 'result.first.nothing > 3' })];

    const diagnosis = await runDiagnosis(input({ probes: { sql: answering(['n'], [7]) } }, { diagnostics }));

    expect(output(diagnosis)).toEqual([['attention', '7 found']]);
  });

  test('passes labels to SQL only as bind values, and only those that all alerts share', async () => {
    const asked: { sql: string; params: Cell[] }[] = [];
    const sql = probe(async (text, params) => {
      asked.push({ sql: text, params });
      return { kind: 'ok', value: { columns: ['n'], rows: [], truncated: false } };
    });
    const service = "x'; DROP TABLE positions; --";
    const alerts = [
      alert({ labels: { service, agent: 'a' } }),
      alert({ fingerprint: 'b', labels: { service, agent: 'b' } }),
    ];
    const diagnostics = [sqlStep({ query: 'SELECT $1, $2', params: ['labels.service', 'labels.agent'] })];

    await runDiagnosis(input({ probes: { sql }, alerts }, { diagnostics }));

    expect(asked).toEqual([{ sql: 'SELECT $1, $2', params: [service, null] }]);
  });

  test('limits evidence to 4 KB and counts omitted rows', async () => {
    const rows = Array.from({ length: 20 }, (_, n): Cell[] => [n, 'x'.repeat(5_000)]);
    const sql = probe(async () => ({ kind: 'ok', value: { columns: ['n', 'text'], rows, truncated: true } }));

    const [finding] = (await runDiagnosis(input({ probes: { sql } }))).findings;

    const table = finding?.evidence?.kind === 'table' ? finding.evidence : undefined;
    expect(JSON.stringify(table?.rows).length).toBeLessThan(4_096 + 200);
    expect(table?.rows[0]?.[1]).toHaveLength(200);
    expect((table?.rows.length ?? 0) + (table?.omitted ?? 0)).toBe(21);
  });

  test('counts rows that the server cut off, in the sentence and in the table', async () => {
    const rows = Array.from({ length: 20 }, (_, n): Cell[] => [n]);
    const sql = probe(async () => ({
      kind: 'ok',
      value: { columns: ['n'], rows, truncated: true, count: 57 },
    }));
    const diagnostics = [sqlStep({ sentence: '{{ plural(result.count, "agent") }} down' })];

    const [finding] = (await runDiagnosis(input({ probes: { sql } }, { diagnostics }))).findings;

    expect(finding).toMatchObject({ sentence: '57 agents down', evidence: { kind: 'table', omitted: 37 } });
  });

  test('runs only the verification steps after a resolve', async () => {
    const diagnostics = [sqlStep({ id: 'a' }), sqlStep({ id: 'b', sentence: 'b: {{ result.first.n }}' })];

    const diagnosis = await runDiagnosis(
      input(
        { reason: 'resolved', probes: { sql: answering(['n'], [7]) } },
        { diagnostics, verification: ['b'] },
      ),
    );

    expect(diagnosis.findings.map(({ stepId }) => stepId)).toEqual(['b']);
  });

  test('fills commands with the results of steps', async () => {
    const commands = [
      { text: 'End it', command: 'kill {{ findings.step.first.n }}' },
      { text: 'Never found', command: 'kill {{ findings.other.first.n }}' },
    ];

    const diagnosis = await runDiagnosis(input({ probes: { sql: answering(['n'], [7]) } }, { commands }));

    expect(diagnosis.commands).toEqual([{ text: 'End it', command: 'kill 7' }]);
  });
});

describe('the alert’s own expression', () => {
  function prometheus(points: [number, number][]): { probe: PrometheusProbe; asked: string[] } {
    const asked: string[] = [];
    const probe: PrometheusProbe = {
      instant: async () => ({ kind: 'ok', value: [] }),
      range: async (_source, query, window) => {
        asked.push(`${query} | ${window.to - window.from}`);
        return { kind: 'ok', value: [{ labels: { instance: 'db' }, points }] };
      },
    };
    return { probe, asked };
  }

  async function ask(expressions: string[], points: [number, number][]) {
    const { probe, asked } = prometheus(points);
    const alerts = expressions.map((expression, index) =>
      alert({ fingerprint: String(index), generatorURL: expressionURL(expression) }),
    );
    const diagnosis = await runDiagnosis(
      input({ probes: { prometheus: probe }, alerts }, { diagnostics: [] }),
    );
    return { asked, diagnosis };
  }

  test('is read over the last hour, even without a runbook', async () => {
    const points = Array.from({ length: 60 }, (_, n): [number, number] => [
      NOW - HOUR + n * MINUTE,
      n < 50 ? 4 : 0,
    ]);

    const { asked, diagnosis } = await ask(['pool_idle{db="x"} == 0'], points);

    expect(asked).toEqual([`pool_idle{db="x"} | ${HOUR}`]);
    expect(output(diagnosis)).toEqual([
      ['attention', 'now 0 (alerts at == 0) · min 0 · max 4 over the last hour: pool_idle{db="x"}'],
    ]);
    expect(diagnosis.findings[0]).toMatchObject({
      kind: 'expression',
      evidence: { kind: 'series', min: 0, max: 4, last: 0 },
    });
  });

  test.each(['a > 1 and b > 2', 'sum(a > 1)', 'a > bool 1', 'absent(up)', 'a unless b == 1', '(a) > (b)'])(
    'is read unchanged if its last comparison is not outermost: %s',
    async (expression) => {
      const { asked } = await ask([expression], []);

      expect(asked).toEqual([`${expression} | ${HOUR}`]);
    },
  );

  test('is read once per distinct expression, for at most three', async () => {
    const { asked } = await ask(['a', 'a', 'b', 'c', 'd'], []);

    expect(asked.map((each) => each[0])).toEqual(['a', 'b', 'c']);
  });

  test('is shown for the firing series, not for a higher healthy one', async () => {
    const series = [
      { labels: { pod: 'other' }, points: [[NOW - MINUTE, 9] as [number, number]] },
      { labels: { pod: 'ours' }, points: [[NOW - MINUTE, 4] as [number, number]] },
    ];
    const prometheus: PrometheusProbe = {
      instant: async () => ({ kind: 'ok', value: [] }),
      range: async () => ({ kind: 'ok', value: series }),
    };
    const alerts = [alert({ labels: { pod: 'ours' }, generatorURL: expressionURL('memory > 3') })];

    const { findings } = await runDiagnosis(input({ probes: { prometheus }, alerts }, { diagnostics: [] }));

    expect(findings[0]?.evidence).toMatchObject({ label: 'pod=ours', last: 4, omitted: 0 });
  });

  async function seen(labels: Record<string, string>, all: Record<string, string>[], expression = 'up == 0') {
    const points: [number, number][] = [[NOW - MINUTE, 0]];
    const prometheus: PrometheusProbe = {
      instant: async () => ({ kind: 'ok', value: [] }),
      range: async () => ({ kind: 'ok', value: all.map((each) => ({ labels: each, points })) }),
    };
    const alerts = [alert({ labels, generatorURL: expressionURL(expression) })];
    const { findings } = await runDiagnosis(input({ probes: { prometheus }, alerts }, { diagnostics: [] }));
    return findings[0];
  }

  test.each([
    ['another instance', { instance: 'web-1', job: 'b' }, [{ __name__: 'up', instance: 'market', job: 'm' }]],
    ['the same job of another instance', { instance: 'web-1', job: 'b' }, [{ instance: 'web-2', job: 'b' }]],
    [
      'another instance of the same severity',
      { instance: 'a', severity: 'x' },
      [{ instance: 'b', severity: 'x' }],
    ],
    ['another value behind the same beginning', { path: `${'x'.repeat(9)}…` }, [{ path: 'xxxx' }]],
  ])('does not accept a series of another alert: %s', async (_what, labels, all) => {
    const finding = await seen(labels, all);

    expect(finding).toMatchObject({ verdict: 'unchecked', sentence: 'no series of this alert in up' });
    expect(finding?.evidence).toBeUndefined();
  });

  test.each([
    ['aggregated to nothing', { severity: 'critical', team: 'a' }, {}],
    ['aggregated to some labels', { job: 'b', severity: 'critical' }, { job: 'b' }],
    ['with labels that the alert lost on its way', { job: 'b' }, { job: 'b', replica: '1' }],
    [
      'whose severity the rule overwrites',
      { job: 'b', severity: 'critical' },
      { job: 'b', severity: 'page' },
    ],
    ['of alerts', { job: 'b', alertname: 'Meta' }, { __name__: 'ALERTS', alertname: 'Other', job: 'b' }],
    ['with a label without a value', { job: 'b', zone: '' }, { job: 'b', zone: 'x' }],
    [
      'with a value that was cut in the alert',
      { job: 'b', path: '/long/…' },
      { job: 'b', path: '/long/way' },
    ],
  ])('accepts a series %s', async (_what, labels, series) => {
    const finding = await seen(labels, [series]);

    expect(finding).toMatchObject({ verdict: 'attention' });
  });

  test('prefers the series of its own severity', async () => {
    const finding = await seen({ job: 'b', severity: 'critical' }, [
      { job: 'b', severity: 'warning' },
      { job: 'b', severity: 'critical' },
    ]);

    expect(finding?.evidence).toMatchObject({ label: 'job=b, severity=critical', omitted: 0 });
  });

  test('is not read from a link that was cut', async () => {
    const { asked } = await ask([`${'x'.repeat(20)}…`], []);
    const alerts = [alert({ generatorURL: `${expressionURL('up == 0')}…` })];
    const { findings } = await runDiagnosis(input({ alerts }, { diagnostics: [] }));

    expect(asked).toHaveLength(1);
    expect(findings).toEqual([]);
  });

  test.each([
    ['x > 5', 11, 'attention'],
    ['x > 5', 5, 'normal'],
    ['x >= 5', 5, 'attention'],
    ['x < 0.5', 0.4, 'attention'],
    ['x <= 0.5', 0.6, 'normal'],
    ['x == 0', 1, 'normal'],
    ['x != 1', 0, 'attention'],
    ['x > 1 and y > 2', 0, 'attention'],
  ])('needs attention if the alert would fire: %s with %d now is %s', async (expression, now, verdict) => {
    const { diagnosis } = await ask([expression], [[NOW - MINUTE, now]]);

    expect(diagnosis.findings.map((finding) => finding.verdict)).toEqual([verdict]);
  });

  test('says how long ago the last value was if there is none now', async () => {
    const points: [number, number][] = [
      [NOW - 30 * MINUTE, 2],
      [NOW - 20 * MINUTE, 3.4],
    ];

    const { diagnosis } = await ask(['x > 1 and y > 2'], points);

    expect(output(diagnosis)).toEqual([
      [
        'normal',
        'last 3.4, 20 m 00 s ago (alerts at > 1) · min 2 · max 3.4 since it appeared: x > 1 and y > 2',
      ],
    ]);
  });

  test('begins with the number, whatever the length of the expression, which keeps both its ends', async () => {
    const selector = '{fstype!="",job="node-exporter",mountpoint!=""}';
    const expression = `(node_filesystem_avail_bytes${selector} / node_filesystem_size_bytes${selector} * 100 < 3 and node_filesystem_readonly${selector} == 0)`;

    const { diagnosis } = await ask([expression], [[NOW - MINUTE, 2.1]]);

    const [sentence = ''] = diagnosis.findings.map((finding) => finding.sentence);
    expect(sentence).toMatch(
      /^now 2\.1 \(alerts at < 3\) · min 2\.1 · max 2\.1 .*: \(node_filesystem_avail_bytes/,
    );
    expect(sentence).toMatch(/== 0\)$/);
  });

  test.each([
    ['x > 5', '> 5'],
    ['(x > 5 and y == 0)', '> 5'],
    ['((a / b) * 100 < 3 and on (node) c == 1)', '< 3'],
    ['(x > 1) and (y > 2)', '> 1'],
    ['x < 3 unless y > 2', '< 3'],
    ['(x > 0.05 and y >= 0) or (x < -0.05)', undefined],
    ['x and y == 2', undefined],
    ['sum by (a) (x) > min by (a) (y * 0.8)', undefined],
    ['x{a=")"} > 5', undefined],
  ])('names the limit of the value, not that of a further condition: %s', async (expression, limit) => {
    const { diagnosis } = await ask([expression], [[NOW - MINUTE, 2.1]]);

    const said = /\(alerts at (.*?)\) ·/.exec(diagnosis.findings[0]?.sentence ?? '')?.[1];
    expect(said).toBe(limit);
  });

  test.each(['', 'not a url', 'http://p/graph', 'http://p/graph?g0.expr='])(
    'is not read from the link %j',
    async (generatorURL) => {
      const { probe } = prometheus([]);

      const diagnosis = await runDiagnosis(
        input({ probes: { prometheus: probe }, alerts: [alert({ generatorURL })] }, { diagnostics: [] }),
      );

      expect(diagnosis.findings).toEqual([]);
    },
  );
});
