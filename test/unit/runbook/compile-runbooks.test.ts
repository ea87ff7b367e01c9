import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import { HOUR, MINUTE } from '../../../lib/core/shared/time.ts';
import { catalogModule, compileRunbooks } from '../../../scripts/compile-runbooks.ts';
import { mistakeText, RunbookMistakes } from '../../../scripts/runbook/check/mistake.ts';
import { type CopiedRunbooks, copyRunbooks, OUR_FOLDER } from '../../support/factories/runbook-folders.ts';

let copy: CopiedRunbooks;

beforeEach(() => {
  copy = copyRunbooks(['high-error-rate.yaml']);
});

afterEach(() => copy.remove());

const sample = `alertname: Sample
severity: warning
category: trading
summary: Something
  is off.
impact: It costs.
diagnostics:
  - id: rows
    title: rows
    kind: sql
    query: SELECT $1
    params: [labels.symbol]
    attention: result.count > 0
    sentence: '{{ result.count }} rows'
  - id: value
    title: value
    kind: promql
    query: up{symbol="{{ labels.symbol }}"}
    range: 1h30m
    timeout: 2s
    sentence: now {{ result.value }}
verification: [rows]
commands:
  - text: Look
    command: kubectl logs {{ findings.rows.first.pod }}
    when: findings.rows.count > 0
labels: [symbol]
`;

describe('the runbooks of this project', () => {
  test('route alerts as the operations team’s runbook says', () => {
    const { routes } = compileRunbooks(OUR_FOLDER);

    expect(routes).toEqual([
      { slack: '#cryptofunk-alerts' },
      {
        severity: ['critical'],
        slack: '#cryptofunk-critical',
        mention: 'channel',
        email: ['CRITICAL_ALERT_EMAIL_TO', 'ALERT_EMAIL_TO'],
      },
      { severity: ['warning'], email: ['ALERT_EMAIL_TO'] },
      { category: ['trading'], slack: '#cryptofunk-trading' },
      { category: ['agents'], slack: '#cryptofunk-agents' },
      { category: ['system', 'circuit-breaker'], slack: '#cryptofunk-ops' },
    ]);
  });

  test('have the response times and tiers of that runbook', () => {
    const { escalation, tierContacts } = compileRunbooks(OUR_FOLDER);

    expect(escalation.default).toEqual({
      critical: {
        acknowledgeWithin: 15 * MINUTE,
        tiers: [
          { tier: 2, after: 30 * MINUTE },
          { tier: 3, after: HOUR },
        ],
        acknowledgeStopsTiers: false,
      },
      warning: { acknowledgeWithin: HOUR, tiers: [], acknowledgeStopsTiers: false },
      info: { tiers: [], acknowledgeStopsTiers: false },
    });
    expect(tierContacts).toEqual({
      1: ['on-call'],
      2: ['senior-engineer'],
      3: ['engineering-lead', 'product-manager'],
    });
  });

  test('count the failing things by name in a title, or else count alerts', () => {
    const { runbooks, defaultRunbook } = compileRunbooks(OUR_FOLDER);

    expect(runbooks['AgentDown']?.countedAs).toEqual({ firing: 'agents down', resolved: 'agents' });
    expect(runbooks['DatabaseConnectionPoolCritical']?.countedAs).toBeUndefined();
    expect(defaultRunbook.countedAs).toBeUndefined();
  });

  test('treat an alert without a runbook as a warning about the system', () => {
    const { defaultRunbook } = compileRunbooks(OUR_FOLDER);

    expect(defaultRunbook).toMatchObject({
      severity: 'warning',
      category: 'system',
      reopenWindow: 10 * MINUTE,
      staleAfter: 8 * HOUR,
    });
  });

  test('compile to a module with exactly the catalog, whatever the texts contain', async () => {
    copy.write('alerts/sample.yaml', sample.replace('It costs.', 'a \\"quote\\", a `tick` and ${money}'));
    const catalog = compileRunbooks(copy.folder);

    const { runbookCatalog } = await readModule(catalog);

    expect(runbookCatalog).toEqual(catalog);
  });

  test.each([
    ['incidentCatalog', 'deciding about incidents', { commands: [], response: [], stepScopes: {} }],
    ['noticeCatalog', 'telling people', {}],
  ] as const)('become a smaller catalog, %s, for %s: the same without any step', async (name, _for, more) => {
    const catalog = compileRunbooks(copy.folder);

    const { [name]: smaller } = await readModule(catalog);

    const none = { diagnostics: [], verification: [], ...more };
    expect(smaller).toEqual({
      ...catalog,
      runbooks: Object.fromEntries(
        Object.entries(catalog.runbooks).map(([name, runbook]) => [name, { ...runbook, ...none }]),
      ),
      defaultRunbook: { ...catalog.defaultRunbook, ...none },
      heartbeat: { ...catalog.heartbeat, runbook: { ...catalog.heartbeat.runbook, ...none } },
      payloadTooLarge: { ...catalog.payloadTooLarge, ...none },
    });
  });
});

async function readModule(
  catalog: RunbookCatalog,
): Promise<Record<'runbookCatalog' | 'incidentCatalog' | 'noticeCatalog', unknown>> {
  const file = join(copy.root, 'catalog.ts');
  const text = catalogModule(catalog)
    .replace(/^import type.*$/m, '')
    .replaceAll(': RunbookCatalog', '');
  writeFileSync(file, text);
  return import(file);
}

describe('a runbook', () => {
  test('gets defaults, durations in milliseconds, and prose on one line', () => {
    copy.write('alerts/sample.yaml', sample);

    const { runbooks } = compileRunbooks(copy.folder);

    expect(runbooks.Sample).toMatchObject({
      summary: 'Something is off.',
      groupBy: ['alertname'],
      previousGroupBy: [],
      reopenWindow: 10 * MINUTE,
      staleAfter: 8 * HOUR,
      escalation: 'default',
      diagnostics: [
        { id: 'rows', timeout: 4_000, params: ['labels.symbol'] },
        { id: 'value', timeout: 2_000, range: 90 * MINUTE },
      ],
    });
  });

  test('changes the revision only when one of its texts changes', () => {
    copy.write('alerts/sample.yaml', sample);
    const before = compileRunbooks(copy.folder).revision;
    const again = compileRunbooks(copy.folder).revision;
    copy.write('alerts/sample.yaml', sample.replace('It costs.', 'It costs more.'));

    const after = compileRunbooks(copy.folder).revision;

    expect(again).toBe(before);
    expect(after).not.toBe(before);
  });
});

describe('mistakes are reported with file and line:', () => {
  test.each([
    ['an unknown key', 'summary:', 'sumary:', 4, /there is no key sumary here/],
    ['a key of another kind of step', 'range: 1h30m', 'params: []', 19, /there is no key params here/],
    ['a key that is missing', 'impact: It costs.\n', '', 1, /impact: is missing/],
    ['a key without a value', 'impact: It costs.', 'impact:', 6, /impact: must be text/],
    [
      'a list that is none',
      'verification: [rows]',
      'verification: rows',
      22,
      /verification: must be of type array/,
    ],
    ['a length of time', 'range: 1h30m', 'range: 90', 19, /range/],
    ['a step that may take too long', 'timeout: 2s', 'timeout: 20s', 20, /at most 15s/],
    [
      'a severity',
      'severity: warning',
      'severity: bad',
      2,
      /severity: must be one of info, warning, critical$/m,
    ],
    ['a category', 'category: trading', 'category: Crypto Desk', 3, /category: must be a name in lower case/],
    [
      'severity in group_by',
      'impact:',
      'group_by: [alertname, severity]\nimpact:',
      6,
      /must not hold severity/,
    ],
    [
      'an expression that does not parse',
      'result.count > 0\n',
      'result.count >\n',
      13,
      /not a valid expression/,
    ],
    ['a misspelt variable', 'attention: result', 'attention: reslt', 13, /Unknown variable: reslt/],
    ['a misspelt function', 'now {{ result.value }}', "'{{ durration(result.value) }}'", 21, /durration/],
    [
      'a result where nothing was read yet',
      'params: [labels.symbol]',
      'params: [result.first.x]',
      12,
      /result is not known here/,
    ],
    ['a hole that is never closed', '{{ result.count }} rows', '{{ result.count rows', 14, /never closed/],
    [
      'a hole outside a PromQL string',
      'symbol="{{ labels.symbol }}"',
      'symbol={{ labels.symbol }}',
      18,
      /double-quoted/,
    ],
    [
      'two choices of pods',
      'verification: [rows]',
      '  - { id: pods, title: pods, kind: kubernetes, read: pods, namespace: n, pod: p, deployment: d, sentence: s }',
      22,
      /must name at most one of deployment, selector and pod/,
    ],
    ['a hole in plain text', 'impact: It', `impact: '{{ labels.x }}' #`, 6, /cannot hold/],
    ['an id used twice', '- id: value', '- id: rows', 15, /the id rows is used twice/],
    ['verification of nothing', '[rows]', '[rows, gone]', 22, /no diagnostic with the id gone/],
    [
      'a command about no step',
      'logs {{ findings.rows',
      'logs {{ findings.row',
      25,
      /no diagnostic with the id row\b/,
    ],
    [
      'a condition about no step',
      'when: findings.rows',
      'when: findings.row',
      26,
      /no diagnostic with the id row\b/,
    ],
    ['an escalation policy', 'impact:', 'escalation: sleepy\nimpact:', 6, /no escalation policy sleepy/],
    ['YAML that does not parse', 'verification: [rows]', 'verification: [rows', 23, /./],
    ['a key that stands twice', 'impact:', 'severity: info\nimpact:', 6, /unique/],
  ])('%s', (_what, part, failover, line, sentence) => {
    expect(sample).toContain(part);
    copy.write('alerts/sample.yaml', sample.replace(part, failover));

    const mistakes = mistakesOf(copy.folder);

    expect(mistakes.map(placeOf)).toContain(`runbooks/alerts/sample.yaml:${line}`);
    expect(mistakes.join('\n')).toMatch(sentence);
    expect(mistakes.every((mistake) => /^runbooks\/[\w./-]+:\d+: \S/.test(mistake))).toBe(true);
  });

  test('all at once, over all files', () => {
    copy.write('alerts/sample.yaml', sample.replace('warning', 'bad'));
    copy.write('alerts/other.yaml', sample.replace('Sample', 'HighErrorRate'));
    copy.write(
      'escalation.yaml',
      readFileSync(join(copy.folder, 'escalation.yaml'), 'utf8').replace('[on-call]', '[nobody]'),
    );
    copy.write('routing.yaml', 'routes:\n  - slack: alerts\n');

    const mistakes = mistakesOf(copy.folder);

    expect(mistakes).toHaveLength(4);
    expect(mistakes.join('\n')).toMatch(/HighErrorRate has a second runbook/);
    expect(mistakes.join('\n')).toMatch(/there is no contact nobody in contacts\.yaml/);
    expect(mistakes.join('\n')).toMatch(/runbooks\/routing\.yaml:2: .*channel name/);
  });

  test('a missing file', () => {
    rmSync(join(copy.folder, 'contacts.yaml'));

    expect(mistakesOf(copy.folder)).toContain('runbooks/contacts.yaml:1: the file is missing');
  });
});

test('the command prints the mistakes and fails without a stack trace', async () => {
  const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'compile-runbooks.ts');
  copy.write('routing.yaml', 'routes:\n  - slack: alerts\n');

  const { code, stderr } = await runNode([script, copy.folder]);

  expect(code).toBe(1);
  expect(stderr).toMatch(/^runbooks\/routing\.yaml:2: .+\n$/);
});

function mistakesOf(of: string): string[] {
  try {
    compileRunbooks(of);
    return [];
  } catch (error) {
    if (error instanceof RunbookMistakes) return error.mistakes.map(mistakeText);
    throw error;
  }
}

function placeOf(mistake: string): string {
  return mistake.split(': ')[0] ?? '';
}

function runNode(args: string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, _stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stderr });
    });
  });
}
