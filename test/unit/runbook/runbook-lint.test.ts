import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inReadingOrder, mistakeText } from '../../../scripts/runbook/check/mistake.ts';
import { type ReadCatalog, readCatalog } from '../../../scripts/runbook/check/read-catalog.ts';
import { checkModelines } from '../../../scripts/runbook/lint/check-modelines.ts';
import { checkRules } from '../../../scripts/runbook/lint/check-rules.ts';
import { checkSeverities } from '../../../scripts/runbook/lint/check-severities.ts';
import { checkSlack } from '../../../scripts/runbook/lint/check-slack.ts';
import { readRuleFiles } from '../../../scripts/runbook/lint/rule-files.ts';
import { refusal } from '../../../scripts/runbook/lint/slack-refusal.ts';
import { type CopiedRunbooks, copyRunbooks, OUR_FOLDER } from '../../support/factories/runbook-folders.ts';

const FILE = 'alerts/planted.yaml';
let copy: CopiedRunbooks;

beforeAll(() => {
  copy = copyRunbooks(['agent-down.yaml', 'database-connection-pool-critical.yaml', 'high-error-rate.yaml']);
});

afterAll(() => copy.remove());

function runbook(change: { alertname?: string; summary?: string; impact?: string; more?: string } = {}) {
  const { alertname = 'Planted', summary = 'Something is off.', impact = 'It costs.', more = '' } = change;
  return `# yaml-language-server: $schema=../schema/runbook.json
alertname: ${alertname}
severity: critical
category: trading
summary: ${summary}
impact: ${impact}
labels: [agent, zone]
${more}`;
}

/** The mistakes that one check of lint finds in a planted runbook, as `line: sentence`. */
function output(text: string, check: (read: ReadCatalog) => void): string[] {
  copy.write(FILE, text);
  const read = readCatalog(copy.folder);
  expect(read.mistakes).toEqual([]);
  check(read);
  const about = read.mistakes.filter(({ file }) => file === `runbooks/${FILE}`);
  return inReadingOrder(about).map((mistake) => mistakeText(mistake).slice(`runbooks/${FILE}:`.length));
}

describe('the line for editors', () => {
  const check = (read: ReadCatalog) => checkModelines(read.files);

  test('is present in every file of this project', () => {
    const read = readCatalog(OUR_FOLDER);

    checkModelines(read.files);

    expect(read.mistakes).toEqual([]);
  });

  test('is reported when absent', () => {
    expect(output(runbook().replace(/^#.*\n/, ''), check)).toEqual([
      '1: editors need the line # yaml-language-server: $schema=../schema/runbook.json at the top of planted.yaml',
    ]);
  });

  test('must name the schema of its kind of file', () => {
    expect(output(runbook().replace('../schema/runbook.json', 'schema/routing.json'), check)).toEqual([
      '1: the schema of this file is ../schema/runbook.json, not schema/routing.json',
    ]);
  });
});

describe('a Slack message', () => {
  const check = ({ catalog, runbooks }: ReadCatalog) => {
    for (const each of runbooks) if (catalog) checkSlack(catalog, each);
  };
  const checkPlanted = ({ runbooks, ...read }: ReadCatalog) =>
    check({ ...read, runbooks: runbooks.filter(({ name }) => name === FILE) });
  const commands = (...lines: string[]) =>
    `commands:\n${lines.map((line) => `  - text: Do it\n    command: ${line}\n`).join('')}`;

  test('from this project’s runbooks loses nothing that matters', () => {
    const read = readCatalog(OUR_FOLDER);

    check(read);
    if (read.catalog && read.defaultRunbook) checkSlack(read.catalog, read.defaultRunbook);

    expect(read.mistakes).toEqual([]);
  });

  test.each([
    [
      'the name of an alert',
      runbook({ alertname: `Down${'n'.repeat(160)}` }),
      ['2: too long for a title: Slack would cut it off'],
    ],
    [
      'an impact',
      runbook({ impact: 'It costs. '.repeat(95) }),
      ['6: too long: behind the summary, Slack would cut it off'],
    ],
    [
      'a summary, or the impact that follows it',
      runbook({ summary: 'It is off. '.repeat(95) }),
      ['5: too long: Slack would cut it off', '6: too long: behind the summary, Slack would cut it off'],
    ],
    [
      'a command',
      runbook({ more: commands('echo short', `echo ${'x'.repeat(1_600)}`) }),
      ['12: too long for Slack to show it whole (1605 characters when it is filled)'],
    ],
    [
      'a command once it is filled',
      runbook({ more: commands(`echo ${'x'.repeat(1_400)} {{ labels.agent }} {{ labels.agent }}`) }),
      ['10: too long for Slack to show it whole (1533 characters when it is filled)'],
    ],
    [
      'the eleventh command',
      runbook({ more: commands(...Array.from({ length: 11 }, (_, n) => `echo this is number ${n}.`)) }),
      ['29: there would be no room in Slack for this command'],
    ],
    [
      'the twenty-first response step',
      runbook({
        more: `response:\n${Array.from({ length: 21 }, (_, n) => `  - Do the ${n}th.\n`).join('')}`,
      }),
      ['29: there would be no room in Slack for all of this'],
    ],
    [
      'a sentence',
      runbook({
        more: `diagnostics:\n  - id: a\n    title: a\n    kind: sql\n    query: SELECT 1\n    sentence: ${'word '.repeat(105)}\n`,
      }),
      ['13: too long: the finding would be cut off (524 characters at the least)'],
    ],
  ])('must not cut off %s', (_what, text, sentences) => {
    expect(output(text, checkPlanted)).toEqual(sentences);
  });

  test('is refused only if Slack would refuse it', () => {
    const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
    const fine = { text: 'x', blocks: [section('x'.repeat(3_000))] };

    expect(refusal([fine])).toBeUndefined();
    expect(refusal([fine, { text: 'x', blocks: [section('x'.repeat(3_001))] }])).toMatch(/less than 3001/);
    expect(refusal([{ text: 'x', blocks: [1, 2, 3, 4, 5].map(() => section('x'.repeat(2_900))) }])).toBe(
      'msg_blocks_too_long',
    );
  });

  test('may have a summary with markup, a command with all quotes and a response step to escape', () => {
    const text = runbook({
      summary: "'`a` < b & *c* _d_ in pg_stat_activity > 5 %'",
      more: `${commands(`'echo "<a> & ''b'' * {{ labels.zone }}" | grep -c "^_x_"'`)}response:\n  - 'Tell #ops & <who> it concerns.'\n`,
    });

    expect(output(text, checkPlanted)).toEqual([]);
  });
});

describe('alerting rules', () => {
  const rulesFile = (name: string, text: string | Buffer) => {
    const path = join(copy.root, name);
    writeFileSync(path, text);
    return path;
  };
  const rule = (alert: string, expr: string, labels = 'severity: critical') =>
    `      - alert: ${alert}\n        expr: '${expr}'\n        labels: { ${labels} }\n`;
  const group = (...rules: string[]) => `groups:\n  - name: a\n    rules:\n${rules.join('')}`;
  const others = ['AgentDown', 'DatabaseConnectionPoolCritical', 'HighErrorRate'].map((name) =>
    rule(name, 'up == 0'),
  );

  /** All mistakes and warnings about the planted runbook and these rules. */
  function compared(text: string, more = ''): { runbook: string[]; rules: string[] } {
    const file = rulesFile('rules.yml', text);
    const rules = readRuleFiles([file]);
    const about: string[] = [];
    const runbooks = output(runbook({ more }), (read) => {
      about.push(...checkRules(rules, read.runbooks, read.catalog?.heartbeat).map(mistakeText));
    });
    return { runbook: runbooks, rules: about.map((line) => line.replace(`${file}:`, '')) };
  }

  test('that match their runbooks have no mistakes', () => {
    const text = group(...others, rule('Planted', 'sum by (agent, zone) (x) > 1'));

    expect(compared(text)).toEqual({ runbook: [], rules: [] });
  });

  test('without a runbook are reported as warnings, one for each alert', () => {
    const text = group(...others, rule('Planted', 'up'), rule('Lonely', 'up == 0'), rule('Lonely', 'up'));

    expect(compared(text)).toEqual({
      runbook: [],
      rules: ['16: warning: the alert Lonely has no runbook: the default one is used'],
    });
  });

  test('with a severity unknown to severities.yaml are reported as warnings, unless the alert sets it', () => {
    const file = rulesFile(
      'severities.yml',
      group(
        rule('DatabaseConnectionPoolCritical', 'up', 'severity: Katastrophe'),
        rule('Lonely', 'up', 'severity: bogus'),
        rule('Known', 'up', 'severity: SEV-1'),
        rule('Made', 'up', 'severity: "{{ $labels.level }}"'),
      ),
    );
    const { catalog } = readCatalog(OUR_FOLDER);
    if (catalog === undefined) throw new Error('our runbooks cannot be read');

    const output = checkSeverities(readRuleFiles([file]).rules, catalog).map(mistakeText);

    expect(output.map((line) => line.replace(`${file}:`, ''))).toEqual([
      '4: warning: severities.yaml does not know the severity Katastrophe of DatabaseConnectionPoolCritical: it is taken for critical',
      '7: warning: severities.yaml does not know the severity bogus of Lonely: it is taken for warning',
    ]);
  });

  test('must include one for each runbook', () => {
    expect(compared(group(...others)).runbook).toEqual([
      '2: no rule has an alert Planted: this is never used',
    ]);
  });

  test('that never set a label are reported where the runbook lists the label', () => {
    const text = group(...others, rule('Planted', 'sum by (agent) (x) > 1'));
    const { runbook: sentences } = compared(text, 'group_by: [alertname, pod]\n');

    expect(sentences).toEqual([
      expect.stringMatching(/^7: the label zone is never set by the rule in .*rules\.yml:13$/),
      expect.stringMatching(/^8: the label pod is never set by the rule in .*rules\.yml:13$/),
    ]);
  });

  test('set a label by their own labels, or when one of several rules does', () => {
    const text = group(
      ...others,
      rule('Planted', 'sum by (agent) (x) > 1'),
      rule('Planted', 'vector(1)', 'zone: all'),
    );

    expect(compared(text).runbook).toEqual([]);
  });

  test('are not reported if only the metrics determine their labels', () => {
    const text = group(...others, rule('Planted', 'x > 1'), rule('Planted', 'sum(x) > 1'));

    expect(compared(text).runbook).toEqual([]);
  });

  /** Each alert with its line, and each note without its file. */
  function readFrom(name: string, text: string | Buffer) {
    const file = rulesFile(name, text);
    const { rules, mistakes, unseen } = readRuleFiles([file]);
    return {
      rules: rules.map(({ alert, line }) => `${line}: ${alert}`),
      notes: mistakes.map((each) => mistakeText(each).slice(file.length + 1)),
      unseen,
    };
  }
  const indented = (text: string, by: number) => text.replace(/^(?=.)/gm, ' '.repeat(by));
  const object = (kind: string, group: string) =>
    `apiVersion: ${group}/v1\nkind: ${kind}\nspec:\n${indented(groupOf('A'), 2)}`;
  const groupOf = (...alerts: string[]) => group(...alerts.map((alert) => rule(alert, 'up')));

  test.each([
    ['PrometheusRule', 'monitoring.coreos.com'],
    ['VMRule', 'operator.victoriametrics.com'],
    ['Rules', 'monitoring.googleapis.com'],
    ['ClusterRules', 'monitoring.googleapis.com'],
    ['GlobalRules', 'monitoring.googleapis.com'],
  ])('are read from a %s', (kind, api) => {
    expect(readFrom('object.yml', object(kind, api))).toEqual({ rules: ['7: A'], notes: [], unseen: 0 });
  });

  test('are read from several documents, from lists in lists, and from an object without any rule', () => {
    const item = (text: string) => `  - ${indented(text, 4).trimStart()}`;
    const typed = `kind: VMRuleList\napiVersion: operator.victoriametrics.com/v1beta1\nitems:\n${item(`spec:\n${indented(groupOf('Typed'), 2)}`)}`;
    const list = `kind: List\napiVersion: v1\nitems:\n${item(object('PrometheusRule', 'monitoring.coreos.com'))}${item(typed)}`;
    const empty = 'kind: PrometheusRule\nspec: {}\n';

    expect(readFrom('many.yml', `# a comment\n---\n${groupOf('First')}---\n${empty}---\n${list}`)).toEqual({
      rules: ['6: First', '22: A', '32: Typed'],
      notes: [],
      unseen: 0,
    });
  });

  test('are read from the files in a ConfigMap, with the lines of the outer file', () => {
    const data = `  app.yml: 'debug: true'\n  one.rules: |\n    # ours\n${indented(groupOf('One'), 4)}  two.rules: ${JSON.stringify(groupOf('Two'))}\n`;

    expect(readFrom('map.yml', `apiVersion: v1\nkind: ConfigMap\ndata:\n${data}`)).toEqual({
      rules: ['10: One', '13: Two'],
      notes: [],
      unseen: 0,
    });
  });

  test('are read from JSON', () => {
    const spec = { groups: [{ name: 'a', rules: [{ alert: 'A', expr: 'up' }] }] };
    const list = { kind: 'List', items: [{ kind: 'PrometheusRule', spec }] };

    expect(readFrom('list.json', JSON.stringify(list, null, '\t')).rules).toEqual(['12: A']);
  });

  test('have the labels of their group as well', () => {
    const file = rulesFile(
      'grouped.yml',
      'groups:\n  - name: a\n    labels: { zone: z, severity: info }\n    rules:\n      - { alert: A, expr: up, labels: { severity: page } }\n',
    );

    expect(readRuleFiles([file]).rules).toMatchObject([{ labels: ['zone', 'severity'], severity: 'page' }]);
  });

  test.each([
    [
      'an object without a kind',
      'a: 1\n',
      'warning: document 2 is skipped: it has no kind, and no groups as a rule file has',
    ],
    [
      'an object of another kind',
      'kind: GrafanaAlertRuleGroup\napiVersion: grafana.integreatly.org/v1beta1\n',
      'warning: document 2 is skipped: GrafanaAlertRuleGroup (grafana.integreatly.org/v1beta1) is not among the kinds whose rules are read',
    ],
    [
      'a kind of the same name from elsewhere',
      'kind: Rules\napiVersion: games.example/v1\n',
      'warning: document 2 is skipped: Rules (games.example/v1) is not among the kinds whose rules are read',
    ],
    ['a text', 'only words\n', 'warning: document 2 is skipped: it is no object'],
  ])('in %s are not read: that is said, and nothing concluded from it', (_what, other, note) => {
    const text = `${group(...others, rule('Lonely', 'up'))}---\n${other}`;

    const { unseen, notes } = readFrom('skipped.yml', text);
    const about = compared(text);

    expect(unseen).toBe(1);
    expect(notes).toEqual([`17: ${note}`]);
    expect(about.runbook).toEqual([
      '2: warning: whether a rule has an alert Planted could not be seen: 1 document was skipped',
    ]);
    expect(about.rules).toEqual(['13: warning: the alert Lonely has no runbook: the default one is used']);
  });

  test('that never set a label are in doubt as well when a document was skipped', () => {
    const text = `${group(...others, rule('Planted', 'sum by (agent) (x) > 1'))}---\nkind: Foo\n`;

    expect(compared(text).runbook).toEqual([
      expect.stringMatching(
        /^7: warning: the label zone is never set by the rule in .*:13; whether another rule sets it could not be seen: 1 document was skipped$/,
      ),
    ]);
  });

  test('are not looked for in an object of Kubernetes itself, which is named and hides nothing', () => {
    const text = `apiVersion: apps/v1\nkind: Deployment\n---\n${group(...others)}`;

    expect(readFrom('bundle.yml', text)).toMatchObject({
      notes: ['1: note: document 1 is skipped: Deployment (apps/v1) holds no rules'],
      unseen: 0,
    });
    expect(compared(text).runbook).toEqual(['2: no rule has an alert Planted: this is never used']);
  });

  test.each([
    ['apiVersion: v1\nkind: Secret\nstringData:\n  rules.yml: x\n'],
    ['apiVersion: v1\nkind: ConfigMap\nbinaryData:\n  rules.yml.gz: H4sI\n'],
  ])('may be in what is not read, so nothing is concluded: %j', (text) => {
    expect(readFrom('hidden.yml', text).unseen).toBe(1);
    expect(compared(text).runbook.join()).not.toContain('this is never used');
  });

  test('in a Helm template are not read, in one sentence', () => {
    const text = `{{- if .Values.on }}\nkind: PrometheusRule\nmetadata:\n  name: {{ include "x" . }}\nspec:\n${groupOf('A')}{{- end }}\n`;

    expect(readFrom('template.yaml', text)).toEqual({
      rules: [],
      notes: ['1: this is a Helm template, not YAML yet: render it (helm template) and lint the result'],
      unseen: 1,
    });
  });

  test('in a compressed file are not read', () => {
    expect(readFrom('rules.gz', gzipSync(groupOf('A')))).toEqual({
      rules: [],
      notes: ['1: this file is compressed: unpack it first'],
      unseen: 1,
    });
  });

  test('of the heartbeat need no runbook and no known severity: lint says what it is', () => {
    const text = group(...others, rule('Planted', 'up'), rule('Watchdog', 'vector(1)', 'severity: odd'));

    expect(compared(text)).toEqual({
      runbook: [],
      rules: [
        '16: note: Watchdog is the heartbeat (heartbeat.yaml): it says that its source is alive, and needs no runbook',
      ],
    });
    const { catalog } = readCatalog(OUR_FOLDER);
    if (catalog === undefined) throw new Error('our runbooks cannot be read');
    expect(checkSeverities(readRuleFiles([join(copy.root, 'rules.yml')]).rules, catalog)).toEqual([]);
  });

  test('are read from all files that match a pattern, each once', () => {
    rulesFile('one.rules', group(rule('One', 'up')));
    rulesFile('two.rules', group(rule('Two', 'up')));

    const { rules } = readRuleFiles([join(copy.root, '*.rules'), join(copy.root, 'two.rules')]);

    expect(rules.map(({ alert }) => alert)).toEqual(['One', 'Two']);
  });

  test.each([
    ['that are not YAML', 'groups: [', /^broken\.yml:1: /],
    ['whose groups are no list', 'groups: {}', /^broken\.yml:1: groups: must be of type array$/],
    [
      'without an expression',
      'groups:\n  - name: a\n    rules:\n      - alert: A\n',
      /^broken\.yml:4: groups\.0\.rules\.0\.expr: is missing$/,
    ],
  ])('%s are reported with their line', (_what, text, sentence) => {
    const file = rulesFile('broken.yml', text);

    const { mistakes } = readRuleFiles([file]);

    expect(mistakes.map(mistakeText).map((line) => line.replace(`${copy.root}/`, ''))).toEqual([
      expect.stringMatching(sentence),
    ]);
  });

  test('in a missing file are a mistake of the caller', () => {
    expect(() => readRuleFiles(['/nowhere/*.yml'])).toThrow('There is no rule file /nowhere/*.yml.');
  });
});
