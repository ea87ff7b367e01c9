import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  const rulesFile = (name: string, text: string) => {
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
    const { rules } = readRuleFiles([file]);
    const about: string[] = [];
    const runbooks = output(runbook({ more }), (read) => {
      about.push(...checkRules(rules, read.runbooks).map(mistakeText));
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

  test('are read from a PrometheusRule among other objects and recording rules', () => {
    const inner = group(rule('A', 'up'), "      - record: b\n        expr: '1'\n", rule('C', '1'));
    const file = rulesFile(
      'operator.yml',
      `kind: Service\nspec: { a: 1 }\n---\nkind: PrometheusRule\nspec:\n${inner.replace(/^/gm, '  ')}`,
    );

    const { rules, mistakes } = readRuleFiles([file]);

    expect(mistakes).toEqual([]);
    expect(rules.map(({ alert, line, labels }) => [alert, line, labels])).toEqual([
      ['A', 9, ['severity']],
      ['C', 14, ['severity']],
    ]);
  });

  test('are read from all files that match a pattern, each once', () => {
    rulesFile('one.rules', group(rule('One', 'up')));
    rulesFile('two.rules', group(rule('Two', 'up')));

    const { rules } = readRuleFiles([join(copy.root, '*.rules'), join(copy.root, 'two.rules')]);

    expect(rules.map(({ alert }) => alert)).toEqual(['One', 'Two']);
  });

  test.each([
    ['that are not YAML', 'groups: [', /^broken\.yml:1: /],
    ['without groups', 'rules: []', /^broken\.yml:1: groups: is missing$/],
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
