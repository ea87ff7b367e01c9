import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mistakeText } from '../../../scripts/runbook/check/mistake.ts';
import { readCatalog } from '../../../scripts/runbook/check/read-catalog.ts';
import { type CopiedRunbooks, copyRunbooks } from '../../support/factories/runbook-folders.ts';

let copy: CopiedRunbooks;

beforeAll(() => {
  copy = copyRunbooks([]);
});

afterAll(() => copy.remove());

/** The mistakes in one runbook, as `line: sentence`. */
function mistakesOf(runbook: string, name = 'alerts/planted.yaml'): string[] {
  copy.write(name, runbook);
  const file = `runbooks/${name}`;
  const { mistakes } = readCatalog(copy.folder);
  return mistakes
    .filter((mistake) => mistake.file === file)
    .map((mistake) => mistakeText(mistake).slice(file.length + 1));
}

const head = `alertname: Planted
severity: warning
category: trading
summary: Something is off.
impact: It costs.
labels: [agent, pod]
`;

/** A runbook with one step; the given keys begin in line 11. */
function withStep(step: string, more = ''): string {
  const lines = step.replace(/^\n/, '').trimEnd().split('\n');
  return `${head}diagnostics:
  - id: planted
    title: planted
    sentence: seen
${lines.map((line) => `    ${line}`).join('\n')}
${more}`;
}

describe('a mistake in a step is reported:', () => {
  test.each([
    [
      'an unknown kind',
      'kind: sqll',
      /^11: diagnostics\.0\.kind: must be one of sql, promql, alertmanager, kubernetes, http$/,
    ],
    ['no kind', 'query: SELECT 1', /^8: diagnostics\.0\.kind: is missing; it is one of sql, promql/],
    [
      'an unknown read of the cluster',
      'kind: kubernetes\nnamespace: a\nread: podz',
      /^13: diagnostics\.0\.read: must be one of pods, events, limits, top, logs$/,
    ],
    [
      'no read',
      'kind: http\ntargets: [api]',
      /^8: diagnostics\.0\.read: is missing; it is one of health, metrics$/,
    ],
    ['a missing target', 'kind: http\nread: metrics\nmatch: up', /^8: diagnostics\.0\.target: is missing$/],
    [
      'the target of another read',
      'kind: http\nread: health\ntargets: [api]\ntarget: api',
      /^14: diagnostics\.0: there is no key target here$/,
    ],
    [
      'an empty list of targets',
      'kind: http\nread: health\ntargets: []',
      /^13: diagnostics\.0\.targets: must have at least 1 entry$/,
    ],
    [
      'too long a tail',
      'kind: kubernetes\nnamespace: a\nread: logs\ntail: 90000',
      /^14: diagnostics\.0\.tail: must be at most 5000$/,
    ],
    [
      'a pattern that is none',
      'kind: kubernetes\nnamespace: a\nread: logs\ngrep: "("',
      /^14: diagnostics\.0\.grep: is not a regular expression: missing closing \): \($/,
    ],
    [
      'a metric pattern that is none',
      'kind: http\nread: metrics\ntarget: api\nmatch: "["',
      /^14: diagnostics\.0\.match: is not a regular expression: missing closing ]: \[$/,
    ],
    [
      'a pattern of JavaScript alone',
      'kind: kubernetes\nnamespace: a\nread: logs\ngrep: "(?!x)y"',
      /^14: diagnostics\.0\.grep: has a lookahead, \(\?!, which RE2, .* does not have$/,
    ],
    [
      'invalid matchers',
      'kind: sql\nquery: SELECT 1\nwhen: agent',
      /^13: diagnostics\.0\.when: must be matchers/,
    ],
  ])('%s', (_what, step, sentence) => {
    expect(mistakesOf(withStep(step))).toEqual([expect.stringMatching(sentence)]);
  });

  test('a response step, as a mistake in the form that its author chose', () => {
    const planted = `${head}response:
  - text: Look at it.
    when: nothing
  - [a]
`;

    expect(mistakesOf(planted)).toEqual([
      expect.stringMatching(/^9: response\.0\.when: must be matchers/),
      expect.stringMatching(/^10: response\.1: must be text, or have the keys/),
    ]);
  });
});

describe('counted_as', () => {
  test.each([
    ['only the words for firing alerts', '{ firing: agents down }', /^7: counted_as\.resolved: is missing$/],
    ['another key', '{ firing: a, resolved: b, one: c }', /^7: counted_as: there is no key one here$/],
    [
      'words with a number',
      '{ firing: 12 down, resolved: a }',
      /^7: counted_as\.firing: must not begin with a number/,
    ],
    [
      'words too long for a title',
      `{ firing: ${'x'.repeat(31)}, resolved: a }`,
      /^7: counted_as\.firing: must have at most 30 characters$/,
    ],
  ])('cannot have %s', (_what, written, expected) => {
    expect(mistakesOf(`${head}counted_as: ${written}\n`)).toEqual([expect.stringMatching(expected)]);
  });

  test('is valid with words for firing and for resolved alerts', () => {
    expect(mistakesOf(`${head}counted_as: { firing: agents down, resolved: agents }\n`)).toEqual([]);
  });
});

describe('labels of a runbook', () => {
  const unknown = "is not among this runbook's labels (agent, pod)";

  test.each([
    ['in a bind value', 'kind: sql\nquery: SELECT $1\nparams:\n  - labels.agnt', 14],
    ['in a PromQL placeholder', 'kind: promql\nquery: |\n  up{\n    a="{{ labels.agnt }}"\n  }', 14],
    ['in brackets', `kind: promql\nquery: up{a="{{ labels['agnt'] }}"}`, 12],
    ['asked for with in', 'kind: sql\nquery: SELECT 1\nattention: \'"agnt" in labels\'', 13],
    ['asked for with has', 'kind: sql\nquery: SELECT 1\nattention: has(labels.agnt)', 13],
    ['in the name of a pod', 'kind: kubernetes\nread: pods\nnamespace: a\npod: "{{ labels.agnt }}"', 14],
    [
      'in the name of a container',
      'kind: kubernetes\nread: logs\nnamespace: a\ncontainer: "{{ labels.agnt }}"',
      14,
    ],
    ['in a target', 'kind: http\nread: health\ntargets:\n  - api\n  - "{{ labels.agnt }}"', 15],
    ['in a match', 'kind: alertmanager\nmatch:\n  instance: "{{ labels.agnt }}"', 13],
  ])('that are not listed are reported %s', (_where, step, line) => {
    expect(mistakesOf(withStep(step))).toEqual([`${line}: labels.agnt ${unknown}`]);
  });

  test('are reported with their own line in a folded sentence', () => {
    const planted = withStep(
      'kind: sql\nquery: SELECT 1\nnormal: >-\n  one two\n  three {{ labels.agent }}\n\n  {{ labels.agnt }}',
    );

    expect(mistakesOf(planted)).toEqual([`17: labels.agnt ${unknown}`]);
  });

  test.each([
    ['by matchers', 'kind: sql\nquery: SELECT 1\nwhen: agnt="x"', 13],
    ['by for_each', 'kind: sql\nquery: SELECT 1\nfor_each:\n  label: agnt', 14],
    ['by sharing', 'kind: alertmanager\nsharing:\n  - pod\n  - agnt', 14],
  ])('that are not listed are reported when named %s', (_how, step, line) => {
    expect(mistakesOf(withStep(step))).toEqual([`${line}: the label agnt ${unknown}`]);
  });

  test('are checked in commands, response steps and promotions too', () => {
    const planted = `${head}commands:
  - text: Look
    command: |
      echo one
      echo {{ labels.agnt }}
response:
  - text: Look
    when: agnt="x"
promotions:
  - kind: distinct-values
    to: critical
    label: agnt
    at_least: 2
`;

    expect(mistakesOf(planted)).toEqual([
      `11: labels.agnt ${unknown}`,
      `14: the label agnt ${unknown}`,
      `18: the label agnt ${unknown}`,
    ]);
  });

  test('may be alertname, severity, a listed label or one of group_by', () => {
    const planted = withStep(
      `kind: sql\nquery: SELECT $1, $2, $3, $4\nparams: [labels.alertname, labels.severity, labels.pod, 'labels["zone"]']`,
      'group_by: [zone]\n',
    );

    expect(mistakesOf(planted)).toEqual([]);
  });

  test('do not include labels of results or words in quotes', () => {
    const planted = withStep('kind: sql\nquery: SELECT 1\nattention: result.first.labels.x == "labels.y"');

    expect(mistakesOf(planted)).toEqual([]);
  });

  test('may have any name in the default runbook', () => {
    const step = withStep('kind: sql\nquery: SELECT $1\nparams: [labels.anything]');
    const planted = step.replace(/alertname: .*\n|labels: \[.*\n/g, '');

    expect(mistakesOf(planted, 'default.yaml')).toEqual([]);
  });
});

describe('SQL', () => {
  const query = (sql: string, params = '') =>
    withStep(`kind: sql\nquery: |\n${sql.replace(/^/gm, '  ')}${params && `\nparams: ${params}`}`);

  test.each([
    [
      'that does not parse',
      'SELECT a,\n       b\n  FORM x y',
      15,
      'not valid SQL: syntax error at or near "x"',
    ],
    ['that ends too early', "SELECT 'ü'\n  FROM\n", 14, 'not valid SQL: syntax error at end of input'],
    ['with a string that is not closed', "SELECT 1,\n  'x", 14, /^14: .*unterminated quoted string/],
    ['of two statements', 'SELECT 1;\nSELECT 2', 14, 'must be one statement, and this holds 2'],
    [
      'with something behind the end',
      'SELECT 1;\n-- done',
      13,
      'nothing may follow the ; that ends the statement',
    ],
    ['that is only a comment', '-- SELECT 1', 13, 'holds no statement'],
    ['that changes rows', 'UPDATE x SET a = 1', 13, /^13: must be one reading statement/],
    ['that explains', 'EXPLAIN SELECT 1', 13, /^13: must be one reading statement/],
    ['that calls a procedure', 'CALL x()', 13, /^13: must be one reading statement/],
    ['that copies', 'COPY x TO STDOUT', 13, /^13: must be one reading statement/],
    [
      'that changes rows on the way',
      'WITH gone AS (\n  DELETE FROM x RETURNING *\n)\nSELECT * FROM gone',
      14,
      'a check only reads, and this holds DELETE',
    ],
    [
      'that merges on the way',
      'WITH m AS (\n  MERGE INTO x USING y ON true WHEN MATCHED THEN DELETE RETURNING 1)\nSELECT 1',
      14,
      'a check only reads, and this holds MERGE',
    ],
    ['that makes a table', 'SELECT 1\n  INTO y', 14, 'a check only reads, and SELECT INTO makes a table'],
    [
      'that makes a table of a union',
      'SELECT 1 INTO y\n UNION\nSELECT 2',
      13,
      'a check only reads, and SELECT INTO makes a table',
    ],
    [
      'that locks rows',
      'SELECT *\n  FROM x\n FOR UPDATE',
      15,
      'a check only reads, and FOR UPDATE or FOR SHARE locks rows',
    ],
    [
      'that locks rows inside',
      'SELECT * FROM (SELECT 1 FROM x\n  FOR KEY SHARE) y',
      14,
      'a check only reads, and FOR UPDATE or FOR SHARE locks rows',
    ],
    [
      'that ends a session',
      'SELECT pid,\n  pg_catalog.pg_terminate_backend(pid)\nFROM pg_stat_activity',
      14,
      'a check cannot call pg_catalog.pg_terminate_backend: it ends what another session does; make it a command',
    ],
    [
      'that moves a sequence',
      "SELECT coalesce(\n  1 + NextVal('a'), 2)",
      14,
      'a check cannot call nextval: it moves a sequence; read the view pg_sequences',
    ],
    [
      'that locks',
      'SELECT pg_try_advisory_xact_lock(1)',
      13,
      'a check cannot call pg_try_advisory_xact_lock: it takes or gives back a lock; read the view pg_locks',
    ],
    [
      'that waits',
      'SELECT 1 WHERE EXISTS (\n  SELECT pg_sleep(9))',
      14,
      'a check cannot call pg_sleep: it only waits; leave it out',
    ],
    [
      'that talks to others',
      "SELECT * FROM dblink('x', 'y') AS t(a int)",
      13,
      'a check cannot call dblink: it talks to another server; make it a command',
    ],
    [
      'that runs a text',
      "SELECT query_to_xml('DROP TABLE x', true, true, '')",
      13,
      'a check cannot call query_to_xml: it runs a text as a statement; write that statement as a check',
    ],
  ])('%s', (_what, sql, line, sentence) => {
    const expected = typeof sentence === 'string' ? `${line}: ${sentence}` : expect.stringMatching(sentence);

    expect(mistakesOf(query(sql))).toEqual([expected]);
  });

  const notListed = (what: string) =>
    `a check cannot ${what}: it is not on the list of what only reads (scripts/runbook/check/allowed-sql.ts); make it a command, or put it into a view of the database and read that`;

  test.each([
    "pg_read_file('x')",
    "pg_ls_dir('.')",
    "pg_logical_slot_get_changes('s', NULL, NULL)",
    "heap_force_kill('x', ARRAY['(0,1)']::tid[])",
    "ts_rewrite('a'::tsquery, 'SELECT 1')",
    "table_to_xml('x', false, false, '')",
    "query_to_xml('DELETE FROM x', true, true, '')",
    "lo_import('/x')",
    'lo_get(1)',
    'pg_advisory_lock(1)',
    "set_config('x', 'y', false)",
    'pg_stat_reset()',
    "pg_notify('a', 'b')",
    'pg_sleep(1)',
    'lower_bound_of_ours(1)',
    '"Count"(1)',
    'public.count(1)',
    'db.pg_catalog.count(1)',
    'regclass(1)',
    'TREAT(1 AS mood)',
  ])('that calls what is not on the list is refused, wherever it stands: %s', (call) => {
    const places = [
      `SELECT ${call}`,
      `SELECT * FROM ${call.replace(/^TREAT.*/, 'mood(1)')} AS t`,
      `SELECT 1 ORDER BY ${call}`,
      `SELECT count(*) FILTER (WHERE ${call}) OVER (PARTITION BY ${call}) FROM x LIMIT ${call}`,
      `WITH a AS (SELECT (${call})) SELECT * FROM a UNION SELECT JSON_VALUE('{}', '$' DEFAULT ${call} ON ERROR)`,
    ];

    for (const place of places)
      expect(mistakesOf(query(place))[0]).toMatch(/^13: a check cannot call \S+: .+; /);
  });

  test.each([
    ['a user’s function', 'SELECT audit_all()', 'call audit_all'],
    ['a function of another schema', 'SELECT audit.count(1)', 'call audit.count'],
    ['a user’s operator', 'SELECT 1 <@@> 2', 'use the operator <@@>'],
    ['an operator of another schema', 'SELECT 1 OPERATOR(public.+) 2', 'use the operator public.+'],
    ['an operator with ANY', 'SELECT 1 <@@> ANY (SELECT 2)', 'use the operator <@@>'],
    ['an operator of an order', 'SELECT 1 FROM x ORDER BY a USING <@@>', 'use the operator <@@>'],
    ['a domain', "SELECT 'x'::mood", 'cast to the type mood'],
    ['a type of another schema', "SELECT CAST('x' AS public.int4)", 'cast to the type public.int4'],
    ['a type of a column', "SELECT * FROM json_to_record('{}') AS t(a mood)", 'cast to the type mood'],
    ['a way to sample', 'SELECT 1 FROM x TABLESAMPLE system_rows(1)', 'sample by system_rows'],
  ])('that could run a function of the database is refused: %s', (_what, sql, done) => {
    expect(mistakesOf(query(sql))).toEqual([`13: ${notListed(done)}`]);
  });

  const reasons: Record<string, string> = {
    pg_terminate_backend: 'it ends what another session does; make it a command',
    pg_cancel_backend: 'it ends what another session does; make it a command',
    pg_advisory_lock: 'it takes or gives back a lock; read the view pg_locks',
    pg_sleep: 'it only waits; leave it out',
    pg_read_file: "it reads or writes the server's files; make it a command",
    pg_drop_replication_slot: 'it changes replication; read the view pg_replication_slots',
    nextval: 'it moves a sequence; read the view pg_sequences',
  };

  test.each([
    'SELECT (a.pid).pg_terminate_backend FROM pg_stat_activity a',
    'SELECT 1 FROM pg_stat_activity WHERE (pid).pg_cancel_backend',
    'SELECT (1::bigint).pg_advisory_lock',
    'SELECT (0.1::float8).pg_sleep',
    "SELECT ('/etc/passwd'::text).pg_read_file",
    "SELECT ('s'::name).pg_drop_replication_slot",
    'SELECT (x::regclass).nextval FROM y',
    'SELECT ((SELECT 0.1::float8)).pg_sleep',
    'SELECT x.waits[1].pg_sleep FROM x',
    'SELECT (f.waits).lower.pg_sleep FROM f',
    'SELECT pid.pg_terminate_backend FROM unnest(ARRAY[1]) AS pid',
    'SELECT generate_series.pg_advisory_lock FROM generate_series(1, 2)',
    'SELECT n.pg_advisory_lock FROM generate_series(1, 2) AS n(a)',
    "SELECT u.pg_read_file FROM CAST('x' AS text) AS u",
    "SELECT pg_read_file.pg_read_file FROM json_array_elements_text('[1]') AS pg_read_file",
    'SELECT n.nextval FROM x AS n, LATERAL (SELECT n.a FROM generate_series(1, 2) AS n(a)) AS y',
    'WITH a AS (SELECT (s.a).pg_sleep FROM s) SELECT * FROM a',
    'SELECT 1 FROM s ORDER BY (s.a).pg_sleep',
  ])('that calls a function by writing it behind a value is refused: %s', (sql) => {
    const [mistake = '', ...more] = mistakesOf(query(sql));
    const name = /cannot call (\w+)/.exec(mistake)?.[1] ?? '';

    expect(more).toEqual([]);
    expect(mistake).toBe(`13: a check cannot call ${name}: ${reasons[name]}`);
    expect(sql).toContain(`.${name}`);
  });

  test('that could call a function of the database behind a value is refused, and says what to write', () => {
    const mayCall = (name: string) => `where that is no column, PostgreSQL calls the function ${name}`;

    expect(mistakesOf(query('SELECT (a.b).audit_all FROM a'))).toEqual([
      `13: a check cannot take .audit_all from a value: ${mayCall('audit_all')}; put the value into FROM and name its columns`,
    ]);
    expect(mistakesOf(query('SELECT 1,\n  w.name FROM pg_ls_waldir() AS w'))).toEqual([
      `14: a check cannot take .name from w: ${mayCall('name')}; name its columns in FROM: AS w(name)`,
    ]);
    expect(mistakesOf(query('SELECT y.a FROM x'))).toEqual(['13: there is no y in FROM']);
    expect(mistakesOf(query('SELECT * FROM current_user'))).toEqual([
      '13: a check cannot leave a value in FROM without a name; add AS and one',
    ]);
  });

  test.each([
    "SELECT * FROM unnest(xpath('//*[count(//*)>0]', x)) AS n",
    "SELECT xpath_exists('//a', x) FROM y",
    "SELECT 1 FROM y WHERE XMLEXISTS('//a' PASSING x)",
    "SELECT * FROM y, XMLTABLE('//a' PASSING x COLUMNS a int) AS t",
    'SELECT XMLPARSE(DOCUMENT x) FROM y',
    'SELECT XMLSERIALIZE(CONTENT x AS text) FROM y',
    'SELECT x IS DOCUMENT FROM y',
    'SELECT xml_is_well_formed(x) FROM y',
    'SELECT XMLELEMENT(NAME a, x) FROM y',
  ])('that PostgreSQL cannot end at the timeout is refused: %s', (sql) => {
    expect(mistakesOf(query(sql))).toEqual([
      expect.stringMatching(
        /^13: a check cannot .+: PostgreSQL cannot end that at the timeout; read the XML as text$/,
      ),
    ]);
  });

  test('a cast to XML is refused', () => {
    expect(mistakesOf(query("SELECT '<a/>'::xml"))).toEqual([`13: ${notListed('cast to the type xml')}`]);
  });

  test('needs one bind value per parameter', () => {
    expect(mistakesOf(query('SELECT $1,\n  $3', '[labels.pod, labels.agent]'))).toEqual([
      '14: $3 has no value: params lists 2',
      '15: the query does not use $2',
    ]);
    expect(mistakesOf(query('SELECT\n  $1'))).toEqual(['14: $1 has no value: there is no params list']);
  });

  test.each([
    'SELECT 1;',
    'TABLE x',
    'VALUES (1), (2)',
    'WITH RECURSIVE a AS (SELECT 1 UNION ALL SELECT 2) SELECT * FROM a ORDER BY 1 LIMIT 3 -- that is all',
    "SELECT '$1; DELETE FROM x' AS text, pg_blocking_pids(1), setval FROM y",
    'SELECT pg_relation_size(quote_ident(relname)::regclass) FROM pg_class',
    "SELECT a <=> '[1,2]'::vector, vector_dims(a), b::int[] FROM x TABLESAMPLE system(1) WHERE c OPERATOR(pg_catalog.=) 1",
    "SELECT OVERLAY('a' PLACING 'b' FROM 1), SUBSTRING('a' SIMILAR 'b' ESCAPE '#'), TRIM(BOTH FROM 'a'), POSITION('a' IN 'b')",
    "SELECT EXTRACT(epoch FROM now() AT TIME ZONE 'UTC'), 'a' SIMILAR TO 'b', NORMALIZE('a'), SYSTEM_USER, COLLATION FOR ('a')",
    'SELECT a.pid, s.t.b, t.c, j.d, a.*, (t).*, v.nextval FROM pg_stat_activity AS a JOIN s.t ON true, (x JOIN y USING (d)) AS j, (VALUES (1)) AS v(nextval)',
    'WITH c AS (SELECT 1 AS a) SELECT c.a, l.b, (SELECT c.a) FROM c, LATERAL (SELECT c.a AS b) AS l ORDER BY c.a',
    "SELECT n.a, e.key, r.b, o.ordinality, t.d, m.e, (m.e).lower, (ARRAY[1])[1], w.* FROM generate_series(1, 2) AS n(a), json_each('{}') AS e(key, value), json_to_record('{}') AS r(b int), unnest(ARRAY[1]) WITH ORDINALITY AS o, JSON_TABLE('{}', '$' COLUMNS (d int)) AS t, m, pg_ls_waldir() AS w",
    'SELECT w.size FROM (SELECT * FROM pg_ls_waldir()) AS w',
    "SELECT JSON_VALUE('{}', '$.a' RETURNING int), 1 BETWEEN SYMMETRIC 0 AND 2, 1 IN (1, 2), NULLIF(1, 2), pg_catalog.count(*)",
  ])('that only reads is accepted: %s', (sql) => {
    expect(mistakesOf(query(sql))).toEqual([]);
  });

  test('is checked in a folded block, in quotes and in plain text', () => {
    expect(mistakesOf(withStep('kind: sql\nquery: >-\n  SELECT a\n  FROM x\n\n  WHERE WHERE'))[0]).toMatch(
      /^16: /,
    );
    expect(mistakesOf(withStep("kind: sql\nquery: 'SELECT ''a''\n  FROM x\n  WHERE WHERE'"))[0]).toMatch(
      /^14: /,
    );
    expect(mistakesOf(withStep('kind: sql\nquery: "SELECT \\"a\\"\n  FROM x\n  WHERE WHERE"'))[0]).toMatch(
      /^14: /,
    );
    expect(mistakesOf(withStep('kind: sql\nquery: SELECT a\n  FROM x\n  WHERE WHERE'))[0]).toMatch(/^14: /);
  });
});

describe('PromQL', () => {
  const query = (promql: string) => withStep(`kind: promql\nquery: |\n${promql.replace(/^/gm, '  ')}`);

  test.each([
    ['with a bracket that is open', 'sum by (a) (\n  rate(x[5m])', 14, 'not valid PromQL: it ends too early'],
    ['with a comparison of nothing', 'a\n  > > 1', 14, 'not valid PromQL at "> 1"'],
    [
      'with a function that is none',
      'sum(\n  raet(x[5m])\n)',
      14,
      'not valid PromQL: there is no function raet',
    ],
    ['with a label that has no value', 'up{job=}', 13, 'not valid PromQL at "}"'],
    ['with a rate of no range', 'sum(\n  rate(x)\n)', 14, 'rate reads a range, like rate(metric[5m])'],
    [
      'with a range that nothing reads',
      'sum(\n  x[5m]\n)',
      14,
      'a range may only stand in a function that reads one, like rate',
    ],
    [
      'that is a range',
      'x[5m] offset 1h',
      13,
      'a range may only stand in a function that reads one, like rate',
    ],
    [
      'with a hole in no string',
      'up{\n  job={{ labels.pod }}}',
      14,
      'a {{ }} may only stand inside a double-quoted string',
    ],
    [
      'with a hole in a pattern',
      'up{\n  job=~"{{ labels.pod }}"}',
      14,
      'a {{ }} may not be part of a regular expression',
    ],
  ])('%s', (_what, promql, line, sentence) => {
    expect(mistakesOf(query(promql))).toEqual([`${line}: ${sentence}`]);
  });

  test.each([
    'max_over_time(sum(rate(x{pod="{{ labels.pod }}"}[5m]))[1h:1m])',
    'histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m] offset 1d)))',
    'quantile_over_time(0.9, (x[1h] @ end()))',
    'a / on (pod) group_left (node) b > 0.05 or vector(0)',
  ])('that Prometheus accepts is accepted: %s', (promql) => {
    expect(mistakesOf(query(promql))).toEqual([]);
  });
});

test('YAML that does not parse is reported in one short line, however much of it is wrong', () => {
  const [mistake] = mistakesOf(`${head}=======\n${'a: b\n'.repeat(200)}`);

  expect(mistake).toMatch(/^\d+: [^\n]{10,160}$/);
});

describe('expressions', () => {
  test('are reported with the line of the mistake', () => {
    const planted = withStep(
      'kind: sql\nquery: SELECT 1\nattention: >-\n  result.count > 0\n  && reslt.first.x\nnormal: |\n  fine\n  {{ findings.planted }}',
    );

    expect(mistakesOf(planted)).toEqual([
      '15: not a valid expression: Unknown variable: reslt',
      '18: {{ findings.planted }}: findings is not known here',
    ]);
  });

  test.each([
    [
      'a pattern that is not known before it runs',
      'result.first.name.matches(labels.agent)',
      '13: not a valid expression: matches needs a pattern in quotes, so that it can be checked before it runs',
    ],
    [
      'a pattern that RE2 does not have',
      String.raw`result.first.name.matches("(a)\\1")`,
      /^13: not a valid expression: .* has a reference to a group, /,
    ],
    [
      'a pattern that is too large',
      'result.rows.exists(row, row.name.matches("(.*a){500}"))',
      /^13: not a valid expression: .* is too large: it takes up to 2,502 steps/,
    ],
    [
      'too many loops inside one another',
      'result.rows.all(a, result.rows.all(b, result.rows.all(c, result.rows.all(d, a == d))))',
      '13: not a valid expression: more than 3 of all, exists, exists_one, map, filter, bind stand inside one another',
    ],
  ])('%s is reported where it stands', (_what, attention, sentence) => {
    const step = `kind: sql\nquery: SELECT 1\nattention: '${attention}'`;

    expect(mistakesOf(withStep(step))).toEqual([
      typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    ]);
  });

  test('may contain unknown names in quotes', () => {
    const planted = withStep('kind: sql\nquery: SELECT $1\nparams: [\'"the result of findings"\']');

    expect(mistakesOf(planted)).toEqual([]);
  });

  test('of commands must name existing steps, and are reported with their line', () => {
    const planted = withStep(
      'kind: sql\nquery: SELECT 1',
      'commands:\n  - text: x\n    command: |\n      echo {{ findings.planted.first.a }}\n      echo {{ findings.plnted.first.a }}\n',
    );

    expect(mistakesOf(planted)).toEqual(['17: there is no diagnostic with the id plnted']);
  });
});

describe('Kubernetes and HTTP targets:', () => {
  const scope = (keys: string) => withStep(`kind: kubernetes\nread: pods\n${keys}`);

  test.each([
    [
      'two scopes',
      'namespace: a\ndeployment: api\npod: api-1',
      '8: diagnostics.0: must name at most one of deployment, selector and pod',
    ],
    ['an invalid name', 'namespace: Crypto_Funk', '13: "Crypto_Funk" is not a valid name of a namespace'],
    ['a path', 'namespace: a\ndeployment: ../x', '14: "../x" is not a valid name of a deployment'],
    ['an invalid selector', 'namespace: a\nselector: "app api"', '14: "app api" is not a label selector'],
  ])('%s', (_what, keys, sentence) => {
    expect(mistakesOf(scope(keys))).toEqual([sentence]);
  });

  test.each([
    'app.kubernetes.io/component=mcp-server',
    'app=api,tier!=db',
    'env in (prod, test), !legacy',
    'app={{ labels.agent }}',
  ])('a selector is accepted: %s', (selector) => {
    expect(mistakesOf(scope(`namespace: a\nselector: '${selector}'`))).toEqual([]);
  });

  test('a pattern cannot contain a label', () => {
    expect(
      mistakesOf(withStep('kind: kubernetes\nread: logs\nnamespace: a\ngrep: "{{ labels.pod }}"')),
    ).toEqual([expect.stringMatching(/^14: cannot hold/)]);
    expect(mistakesOf(withStep('kind: http\nread: metrics\ntarget: api\nmatch: "{{ labels.pod }}"'))).toEqual(
      [expect.stringMatching(/^14: cannot hold/)],
    );
  });

  test('a target is a name, not an address, and is listed once', () => {
    expect(
      mistakesOf(withStep('kind: http\nread: health\ntargets:\n  - api\n  - http://api:8080\n  - api')),
    ).toEqual([
      '15: "http://api:8080" is not the name of a target: HTTP_TARGETS has the addresses',
      '16: the target api stands here twice',
    ]);
  });
});

describe('time budgets:', () => {
  const critical = (step: string) => withStep(step).replace('severity: warning', 'severity: critical');
  const slow = 'kind: sql\nquery: SELECT 1\ntimeout: 12s';

  test('a step that may outlast the wait of a notice is reported', () => {
    const sentence = '13: a timeout of 12 s is longer than the 10 s that a critical notice waits';

    expect(mistakesOf(critical(slow))).toEqual([sentence]);
  });

  test('the highest severity that a promotion can reach applies', () => {
    const promotion = 'promotions: [{ kind: open-longer, to: critical, after: 1h }]\n';

    expect(mistakesOf(withStep(slow))).toEqual([]);
    expect(mistakesOf(withStep(slow, promotion))).toEqual([expect.stringMatching(/^13: a timeout/)]);
  });

  test('two sql steps run at once, and each value of for_each counts as a step', () => {
    const each = (most: number) =>
      critical(`kind: sql\nquery: SELECT 1\nfor_each: { label: pod, most: ${most} }`);

    expect(mistakesOf(each(4))).toEqual([]);
    expect(mistakesOf(each(5))).toEqual([
      '8: 5 sql checks, of which 2 run at once, may take 12 s, longer than the 10 s that a critical notice waits',
    ]);
  });
});
