import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  escapePromql,
  findPromqlHoleMistake,
} from '../../../lib/core/diagnosis/expressions/insert-safely.ts';
import { fillTemplate, findTemplateMistakes } from '../../../lib/core/diagnosis/expressions/template.ts';
import { fillCommands } from '../../../lib/core/diagnosis/fill-commands.ts';

const found = (first: object) => ({ labels: { service: 'api' }, findings: { step: { first, count: 1 } } });

function filled(command: string, first: object): string | undefined {
  return fillCommands([{ text: 'Do it', command }], found(first))[0]?.command;
}

describe('commands', () => {
  test('contain values from findings', () => {
    const command = `psql -c 'SELECT pg_terminate_backend({{ int(findings.step.first.pid) }});' # {{ labels.service }}`;

    expect(filled(command, { pid: 4711 })).toBe("psql -c 'SELECT pg_terminate_backend(4711);' # api");
  });

  test('are omitted when one of their values is missing', () => {
    expect(filled('kill {{ findings.step.first.pid }}', {})).toBeUndefined();
    expect(filled('kill {{ findings.other.first.pid }}', {})).toBeUndefined();
    expect(filled('kill {{ findings.step.first.pid }}', { pid: null })).toBeUndefined();
  });

  test('are omitted when their condition is false or cannot be evaluated', () => {
    const commands = [
      { text: 'yes', command: 'true', when: 'findings.step.count == 1' },
      { text: 'no', command: 'true', when: 'findings.step.count > 1' },
      { text: 'unknown', command: 'true', when: 'findings.nothing.count > 1' },
    ];

    expect(fillCommands(commands, found({})).map(({ text }) => text)).toEqual(['yes']);
  });

  test('pass any value to the program unchanged, as one argument', () => {
    // A real shell reads the values; it is started once for all of them.
    const values = fc.sample(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 }), 300);
    values.push(
      "'; touch /tmp/owned; '",
      '$(id)',
      '`id`',
      '"',
      "'",
      '\\',
      '*',
      '~',
      '!!',
      '&& id',
      '#x',
      '{a,b}',
    );
    const expected = values.filter((value) => !value.startsWith('-'));

    const words = values.map((value) => filled('{{ findings.step.first.value }}', { value }));
    const lines = words.filter((word) => word !== undefined).map((word) => `printf '%s\\0' ${word}`);
    const understood = execFileSync('sh', ['-c', lines.join('\n')], { encoding: 'utf8' });

    expect(understood.split('\0').slice(0, -1)).toEqual(expected);
  });

  test('accept inside quotes only characters without a meaning in any language', () => {
    const command = `psql -c "SELECT * FROM agent_status WHERE agent_name = '{{ findings.step.first.agent }}'"`;

    expect(filled(command, { agent: 'risk-agent' })).toContain("= 'risk-agent'");
    for (const agent of ["x'; DROP TABLE orders; --", '$(id)', 'a b', '"', '`id`', '\\']) {
      expect(filled(command, { agent })).toBeUndefined();
    }
  });

  test('never contain control characters, or a value that a program reads as an option', () => {
    for (const value of [
      'a\u0003rm -rf ~\n',
      'a\nb',
      '\u001b[2J',
      'a\u202eb',
      'a\u200bb',
      'a\u00adb',
      '--all',
    ]) {
      expect(filled('kubectl logs {{ findings.step.first.value }}', { value })).toBeUndefined();
    }
  });

  test.each([
    'kubectl logs "{{ findings.step.first.value }}"',
    "kubectl logs '{{ findings.step.first.value }}'",
    'true;kubectl logs -n x "{{ findings.step.first.value }}"',
    'kubectl get pod $(basename {{ findings.step.first.value }})',
    'sh -c "basename {{ findings.step.first.value }}"',
    '{{ findings.step.first.value }}',
  ])('reject a value that would be an option, in quotes or not: %s', (command) => {
    expect(filled(command, { value: '-f' })).toBeUndefined();
    expect(filled(command, { value: 'api-f' })).toContain('api-f');
  });

  test.each(['~.*', '~', ' api', 'api ', '"api"', "'api'", 'api"', String.raw`a\nb`, '\\'])(
    'reject a value that would change amtool’s matcher: %s',
    (value) => {
      expect(filled('amtool silence add service={{ findings.step.first.value }}', { value })).toBeUndefined();
    },
  );

  test('silence a service whose name contains spaces or operators', () => {
    const command = 'amtool silence add service={{ findings.step.first.value }}';

    expect(filled(command, { value: 'order executor' })).toBe("amtool silence add service='order executor'");
    expect(filled(command, { value: 'a=~b' })).toBe("amtool silence add service='a=~b'");
  });

  test.each([
    'postgres://u:hunter2@db/x',
    ';touch PWNED; password=y',
    "password='y' id",
    'xoxb-1234567890-abc',
    '[redacted]',
  ])('are withheld whole, not changed, when a value is a secret: %s', (value) => {
    for (const command of [
      'psql {{ findings.step.first.value }}',
      'psql --host={{ findings.step.first.value }}',
    ]) {
      expect(fillCommands([{ text: 'Do it', command, caution: 'mind' }], found({ value }))).toEqual([
        { text: 'Do it', command: '', caution: 'mind', withheld: 'one of its values looks like a secret' },
      ]);
    }
  });

  test('are withheld when they hold the value of a label that names a secret, whatever its form', () => {
    const variables = { labels: { password: 'plain', pod: 'plain-pod', db: 'plainer' }, findings: {} };
    const fill = (command: string) => fillCommands([{ text: 'Do it', command }], variables)[0];

    expect(fill('login {{ labels.password }}')?.withheld).toBeDefined();
    expect(fill('login {{ labels.pod + labels.password }}')?.command).toBe('');
  });

  test.each(['cut off…', 'half \ud83d'])('are omitted when a value was cut: %s', (value) => {
    expect(filled('psql {{ findings.step.first.value }}', { value })).toBeUndefined();
    expect(filled('psql --host={{ findings.step.first.value }}', { value })).toBeUndefined();
  });
});

describe('templates', () => {
  test('format lists, numbers and durations for people', () => {
    const result = { rows: [{ agent: 'a' }, { agent: 'b' }, { agent: 'c' }], seconds: 842, share: 0.0512 };
    const template =
      '{{ plural(size(result.rows), "agent") }} ({{ listed(result.rows.map(row, row.agent), 2) }}), ' +
      '{{ duration_text(result.seconds) }}, {{ percent_text(result.share, 1) }}';

    expect(fillTemplate(template, { result })).toBe('3 agents (a, b +1), 14 m 02 s, 5.1 %');
  });

  test('calculate with integers and fractions from a server', () => {
    expect(fillTemplate('{{ result.value * 100 }}', { result: { value: 0.5 } })).toBe('50');
    expect(fillTemplate('{{ result.value / 2 }}', { result: { value: 3 } })).toBe('1.5');
    expect(fillTemplate('{{ 2 * result.value > 5 }}', { result: { value: 3 } })).toBe('true');
  });

  test('are undefined when a value is missing', () => {
    expect(fillTemplate('{{ labels.pod }} is down', { labels: {} })).toBeUndefined();
    expect(fillTemplate('{{ result.first.pid }} blocks', { result: { first: null } })).toBeUndefined();
  });

  test('report their mistakes', () => {
    expect(findTemplateMistakes('{{ result.count + }} and {{ labels.x }}', 'step')).toHaveLength(1);
    expect(findTemplateMistakes('{{ labels.x', 'step')).toEqual([{ message: 'a {{ is never closed', at: 0 }]);
    expect(findTemplateMistakes('{{ labels.x }}', 'step')).toEqual([]);
  });
});

describe('values in PromQL', () => {
  test('cannot end the string around them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const inside = escapePromql(value);

        expect(inside).toMatch(/^(?:[^"\\\n\r]|\\["\\nr])*$/u);
      }),
    );
  });

  test.each([
    ['outside a string', 'up{job={{ labels.job }}}'],
    ['inside single quotes', "up{job='{{ labels.job }}'}"],
    ['inside backticks', 'up{job=`{{ labels.job }}`}'],
    ['inside a regular expression', 'up{job=~"{{ labels.job }}.*"}'],
    ['after a string that holds an escaped quote', 'up{a="\\"", job={{ labels.job }}}'],
  ])('are refused at build time %s', (_where, query) => {
    expect(findPromqlHoleMistake(query)?.message).toMatch(/\{\{ \}\}/);
  });

  test('are accepted inside double quotes', () => {
    expect(
      findPromqlHoleMistake('up{job="{{ labels["job"] }}", a!~"b.*", c="{{ labels.c }}"}'),
    ).toBeUndefined();
  });
});
