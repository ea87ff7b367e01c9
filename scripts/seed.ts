import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RunbookCatalog } from '../lib/core/runbook/runbook.ts';
import { guardConsole } from './command-line/escape-controls.ts';
import type { FoundTable } from './seed/find-table.ts';

const HELP = `Usage: npm run seed -- [COUNT] [options]

Fills a history with COUNT past incidents (1000), from now backwards: 1,000 cover about 30 days, 100,000 about 400. The
same seed gives the same incidents, and the newest are the same for every COUNT. They go into the table that TABLE_NAME
and AWS_ENDPOINT_URL_DYNAMODB name, else into the stack that npm start runs on PORT (3000), else into a table of its own,
where it measures what pages of the listing cost and which is gone afterwards.

  --measure       measure also in a table that is not its own: at 1,000 incidents and at COUNT
  --own           use a table of its own, whatever runs here
  --seed NUMBER   another history (1)
  --records N     how many of the newest get timelines, diagnoses and deliveries (300)
  --json          print the result for programs; progress goes to standard error in any case
  --help          show this

Exit codes: 0 filled, 1 it could not be, or a page costs over 10 % more in the larger history, 2 called wrongly.`;

const RUNBOOKS = join(import.meta.dirname, '..', 'runbooks');
const MOST = 1_000_000;
/** Size of the smaller history, for the comparison of pages. */
const SMALL = 1_000;

type Wanted = { count: number; seed: number; records: number; measure: boolean; own: boolean; json: boolean };

const output = guardConsole(console);

async function main(args: string[]): Promise<number> {
  const wanted = readArguments(args);
  if (wanted === 'help') {
    output.log(HELP);
    return 0;
  }
  if (typeof wanted === 'string') {
    output.error(`${wanted} npm run seed -- --help shows the options.`);
    return 2;
  }
  // Loaded only now, so that --help needs nothing.
  const [{ stopOnSignals }, { compileRunbooks }, { findTable }] = await Promise.all([
    import('../infra/local/stack/process-end.ts'),
    import('./compile-runbooks.ts'),
    import('./seed/find-table.ts'),
  ]);
  const stop = stopOnSignals();
  const found = await findTable(process.env, wanted.own);
  if (typeof found === 'string') {
    output.error(found);
    return 2;
  }
  try {
    const catalog = compileRunbooks(RUNBOOKS);
    output.error(`Filling ${found.where} with ${wanted.count.toLocaleString('en')} incidents …`);
    return await fill(wanted, found, catalog, stop);
  } finally {
    await found.close();
  }
}

async function fill(
  wanted: Wanted,
  found: FoundTable,
  catalog: RunbookCatalog,
  stop: AbortSignal,
): Promise<number> {
  const [{ costTable, grown }, { countHours }, { seedHistory }] = await Promise.all([
    import('../bench/history/cost-table.ts'),
    import('./seed/count-hours.ts'),
    import('./seed/seed-history.ts'),
  ]);
  const now = Date.now();
  const { count } = wanted;
  const measured = (wanted.measure || found.own) && count > SMALL;
  const started = performance.now();
  let notified = 0;
  const { written, costs } = await seedHistory({
    table: found.table,
    catalog,
    now,
    seed: wanted.seed,
    count,
    withRecords: wanted.records,
    measureAt: measured ? SMALL : undefined,
    afterFilled: (table, again) => countHours(table, again(), { now, withRecords: wanted.records }),
    stop,
    onProgress(written) {
      const tenth = Math.floor((10 * written) / count);
      if (tenth === notified) return;
      notified = tenth;
      output.error(`${String(tenth * 10).padStart(3)} %  ${written.toLocaleString('en')}`);
    },
  });
  const seconds = Math.round((performance.now() - started) / 1_000);
  if (stop.aborted) {
    output.error(`Stopped after ${written.toLocaleString('en')} incidents.`);
    return 130;
  }
  const worse = grown(costs ?? []);
  if (wanted.json) output.log(JSON.stringify({ written, seconds, where: found.where, costs }, null, 2));
  else {
    output.log(`${written.toLocaleString('en')} incidents in ${seconds} s, in ${found.where}.`);
    if (costs) output.log(`\n${costTable(costs, { small: SMALL, large: count })}`);
    else if (found.own) output.log(`Pages are measured with more than ${SMALL.toLocaleString('en')}.`);
  }
  if (worse.length > 0) {
    output.error(`Over 10 % more or fewer read units: ${worse.map(({ question }) => question).join(', ')}.`);
  }
  return worse.length > 0 ? 1 : 0;
}

function readArguments(args: string[]): Wanted | 'help' | (string & {}) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      measure: { type: 'boolean', default: false },
      own: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      records: { type: 'string', default: '300' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  const { measure, own, json } = values;
  if (values.help) return 'help';
  if (positionals.length > 1) return 'There is one COUNT.';
  const count = wholeNumber(positionals[0] ?? '1000');
  if (count === undefined || count < 1 || count > MOST) {
    return `COUNT must be a whole number from 1 to ${MOST.toLocaleString('en')}.`;
  }
  const seed = wholeNumber(values.seed);
  if (seed === undefined) return '--seed must be a whole number.';
  const records = wholeNumber(values.records);
  if (records === undefined) return '--records must be a whole number.';
  return { count, seed, records, measure, own, json };
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function complain(error: unknown): number {
  const isUsage =
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  output.error(
    isUsage
      ? `${message.split('. ')[0]}; npm run seed -- --help shows the options.`
      : `The history could not be filled: ${message}`,
  );
  return isUsage ? 2 : 1;
}

process.exitCode = await main(process.argv.slice(2)).catch(complain);
