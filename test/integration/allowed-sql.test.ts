import pg from 'pg';
import { afterAll, expect } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../infra/local/postgres/postgres.ts';
import {
  allowedFunctions,
  allowedOperators,
  allowedTypes,
  allowedVolatile,
  extensionFunctions,
} from '../../scripts/runbook/check/allowed-sql.ts';
import { parseSql } from '../../scripts/runbook/check/parse-sql.ts';
import { createFieldCheck } from '../../scripts/runbook/check/refuse-fields.ts';
import { test } from '../support/vitest/with-database.ts';

let postgres: LocalPostgres;
let admin: pg.Client;

test.beforeAll(async ({ server }) => {
  postgres = await startLocalPostgres({ server, trouble: false });
  admin = new pg.Client(postgres.adminConnectionString);
  await admin.connect();
});

afterAll(async () => {
  await admin?.end();
  await postgres?.close();
});

/** Names of built-in functions; of several with one name, any may fulfil the condition. */
async function functionsWhere(condition: string): Promise<Set<string>> {
  return names(
    `SELECT proname AS name FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND ${condition}`,
  );
}

async function names(statement: string): Promise<Set<string>> {
  const { rows } = await admin.query<{ name: string }>(statement);
  return new Set(rows.map(({ name }) => name));
}

const explained = new Set(
  Object.values(allowedVolatile)
    .flatMap((list) => list.split(/\s+/))
    .filter(Boolean),
);

test('every function that checks may call is one of the server', async () => {
  // SYSTEM_USER and others of SQL's own syntax are functions as well.
  const missing = allowedFunctions.builtIn.difference(await functionsWhere('true'));

  expect([...missing]).toEqual([]);
});

test('no function that checks may call is volatile, except those with a reason', async () => {
  const isVolatile = await functionsWhere("provolatile = 'v'");

  expect([...allowedFunctions.builtIn.intersection(isVolatile)].toSorted()).toEqual(
    [...explained].toSorted(),
  );
});

test('no function that checks may call takes or returns what only the server can give', async () => {
  const internal = await functionsWhere(
    "(prorettype = ANY('{trigger,event_trigger,internal}'::regtype[]) OR prokind = 'p')",
  );

  expect([...allowedFunctions.builtIn.intersection(internal)]).toEqual([]);
});

test('what runs a text as a statement is refused, although the server calls some of it stable', async () => {
  const runsText = await functionsWhere(
    "(proname ~ '(query|table|cursor|schema|database)_to_xml' OR proname IN ('ts_stat', 'ts_rewrite'))",
  );

  expect(runsText.size).toBeGreaterThan(10);
  expect([...allowedFunctions.builtIn.intersection(runsText)]).toEqual([]);
});

test('the functions of pg_stat_statements are those of the extension that read', async () => {
  const own = await names(
    `SELECT proname AS name FROM pg_depend JOIN pg_extension ON pg_extension.oid = refobjid
       JOIN pg_proc ON pg_proc.oid = objid WHERE extname = 'pg_stat_statements' AND classid = 'pg_proc'::regclass`,
  );

  expect([...own.difference(new Set(['pg_stat_statements_reset']))].toSorted()).toEqual(
    extensionFunctions['pg_stat_statements']?.split(' ').toSorted(),
  );
});

test('types that values may be cast to are built in, and none is a domain', async () => {
  const own = await names(
    "SELECT typname AS name FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm')",
  );

  expect([...allowedTypes.builtIn.difference(own)]).toEqual([]);
});

test('the operators are the built-in ones, and none calls a volatile function', async () => {
  const from =
    "FROM pg_operator JOIN pg_proc ON pg_proc.oid = oprcode WHERE oprnamespace = 'pg_catalog'::regnamespace";
  const own = await names(`SELECT oprname AS name ${from}`);

  expect([...allowedOperators.builtIn].toSorted()).toEqual([...own].toSorted());
  expect([...(await names(`SELECT oprname AS name ${from} AND provolatile = 'v'`))]).toEqual([]);
});

test('no function or type that checks may name makes or searches XML, which no timeout ends', async () => {
  const ofXml = await functionsWhere(
    "('xml'::regtype = ANY(proargtypes) OR prorettype IN ('xml'::regtype, 'xml[]'::regtype) OR proname ~ '^xml')",
  );

  expect(ofXml.size).toBeGreaterThan(20);
  expect([...allowedFunctions.builtIn.intersection(ofXml)]).toEqual([]);
  expect(allowedTypes.builtIn.has('xml')).toBe(false);
});

/** What lint says of `value.pg_sleep`, and what the server answers: it waits for no time at all. */
async function sleepBehind(from: string, value: string) {
  const sql = `SELECT ${value}.pg_sleep ${from}`;
  const parsed = parseSql(sql);
  const nodes = parsed.kind === 'statements' ? parsed.statements.flatMap((each) => each.nodes) : [];
  const refuse = createFieldCheck(nodes);
  const called = await admin.query(sql).then(
    () => true,
    (error: unknown) => String(error),
  );
  return { called, refused: nodes.map(refuse).filter((refusal) => refusal !== undefined) };
}

test.for([
  ['', '(0::float8)'],
  ['FROM (VALUES (0::float8)) AS v(a)', '(v.a)'],
  ['FROM (VALUES (ARRAY[0::float8])) AS v(a)', 'v.a[1]'],
  ['FROM CAST(0 AS float8) AS v', 'v'],
  ['FROM unnest(ARRAY[0::float8]) AS v', 'v'],
  ['FROM unnest(ARRAY[0::float8]) AS v(a)', 'v'],
  ['FROM unnest(ARRAY[0::float8])', 'unnest'],
  ['FROM ROWS FROM (unnest(ARRAY[0::float8])) AS v', 'v'],
] as const)('a function that the server calls behind a value is refused: %s %s', async ([from, value]) => {
  const { called, refused } = await sleepBehind(from, value);

  expect(called).toBe(true);
  expect(refused).toEqual(['a check cannot call pg_sleep: it only waits; leave it out']);
});

test.for([
  'pg_database AS v',
  'pg_catalog.pg_stat_activity AS v',
  '(VALUES (0::float8)) AS v',
  '(SELECT 0::float8 AS a) AS v',
  '(SELECT 0::float8 AS a) AS w JOIN LATERAL (SELECT w.a) AS v ON true',
  '((SELECT 0::float8 AS a) AS x CROSS JOIN (SELECT 1 AS b) AS y) AS v',
  "JSON_TABLE('{}', '$' COLUMNS (a float8 PATH '$.a')) AS v",
  'unnest(ARRAY[0::float8]) WITH ORDINALITY AS v',
  'ROWS FROM (unnest(ARRAY[0::float8]), unnest(ARRAY[1])) AS v',
  "json_to_record('{}') AS v(a float8)",
] as const)(
  'a row calls no function of a single value, so that its columns may have any name: %s',
  async (from) => {
    const { called, refused } = await sleepBehind(`FROM ${from}`, 'v');

    expect(called).toMatch(/column v\.pg_sleep does not exist|column "pg_sleep" not found/);
    expect(refused).toEqual([]);
  },
);

test('a built-in function that a name behind a whole row could call only reads', async () => {
  // Lint lets every name pass behind a row, because it does not know the columns of tables.
  const ofRows = await functionsWhere(
    `pronargs - pronargdefaults <= 1 AND pronargs > 0 AND provolatile = 'v'
       AND proargtypes[0]::regtype::text IN
           ('record', '"any"', 'anyelement', 'anynonarray', 'anycompatible', 'anycompatiblenonarray')`,
  );

  // These two take pairs of arguments, so that a row alone is an error.
  expect([...ofRows].toSorted()).toEqual(['pg_restore_attribute_stats', 'pg_restore_relation_stats']);
});
