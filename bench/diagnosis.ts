import { parseArgs } from 'node:util';
import { systemClock } from '../lib/adapters/clock/system-clock.ts';
import type { Probes } from '../lib/core/diagnosis/checks/reading.ts';
import { runDiagnosis } from '../lib/core/diagnosis/run-diagnosis.ts';
import type { Step } from '../lib/core/runbook/runbook.ts';
import { HOUR, SECOND } from '../lib/core/shared/time.ts';
import { runbook } from '../test/support/factories/catalog.ts';
import { startSampleWorld } from '../test/support/servers/sample-world.ts';

const HELP = `Usage: npm run bench [-- options]

Times a diagnosis of eight steps of four kinds against warm local parts, and each of its steps alone: steps run side
by side, so the whole should take no longer than its slowest step and a little.

  --runs N   counted runs of each (15)
  --json     print the figures for programs
  --help     show this

Exit codes: 0 the whole took at most 1.15 times its slowest step, 1 it took longer, 2 wrong usage.
`;

const LIMIT = 1.15;

const base = { timeout: 4 * SECOND, sentence: 'read' };
const pods = { kind: 'kubernetes' as const, namespace: 'cryptofunk' };

/** The slowest waits as a query on a busy server does; the others are what runbooks ask. */
const steps: Step[] = [
  { ...base, id: 'slowest', title: 'slowest', kind: 'sql', params: [], query: 'SELECT pg_sleep(0.2)' },
  { ...base, id: 'agents', title: 'agents', kind: 'sql', params: [], query: 'SELECT * FROM agent_status' },
  {
    ...base,
    id: 'sessions',
    title: 'sessions',
    kind: 'sql',
    params: [],
    query: 'SELECT state, count(*)::int AS n FROM pg_stat_activity GROUP BY 1',
  },
  {
    ...base,
    id: 'errors',
    title: 'errors',
    kind: 'promql',
    query: 'sum by (service) (rate(http_requests_total{status=~"5.."}[5m]))',
  },
  { ...base, id: 'idle', title: 'idle', kind: 'promql', query: 'up', range: HOUR },
  { ...base, ...pods, id: 'pods', title: 'pods', read: 'pods' },
  {
    ...base,
    ...pods,
    id: 'log',
    title: 'log',
    read: 'logs',
    deployment: 'api',
    tail: 100,
    grep: 'error',
    previous: false,
  },
  { ...base, id: 'health', title: 'health', kind: 'http', read: 'health', targets: ['api'], path: '/health' },
];

async function main(): Promise<number> {
  let options: { runs: number; json: boolean; help: boolean };
  try {
    const { values } = parseArgs({
      options: {
        runs: { type: 'string', default: '15' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    options = { ...values, runs: Number(values.runs) };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (!Number.isInteger(options.runs) || options.runs < 1) {
    console.error('--runs must be a whole number above 0.');
    return 2;
  }

  const world = await startSampleWorld({ trouble: false });
  try {
    const alone: Record<string, number> = {};
    for (const step of steps) {
      alone[step.id] = await medianOf(options.runs, () => diagnose(world.probes, [step]));
      if (!options.json) console.log(`${step.id.padEnd(10)} ${ms(alone[step.id])}`);
    }
    const together = await medianOf(options.runs, () => diagnose(world.probes, steps));
    const slowest = Math.max(...Object.values(alone));
    const ratio = together / slowest;
    if (options.json) console.log(JSON.stringify({ alone, together, slowest, ratio, limit: LIMIT }));
    else console.log(`together   ${ms(together)}   ${ratio.toFixed(3)} x the slowest (limit ${LIMIT})`);
    return ratio <= LIMIT ? 0 : 1;
  } finally {
    await world.close();
  }
}

/** How long one diagnosis took, in ms. Throws when a step could not read: nothing would be measured then. */
async function diagnose(probes: Probes, diagnostics: Step[]): Promise<number> {
  const startedAt = performance.now();
  const { findings } = await runDiagnosis({
    runbook: runbook({ diagnostics }),
    incidentId: 'bench',
    effectId: 'bench:1',
    seq: 1,
    reason: 'opened',
    source: 'local',
    alerts: [],
    probes,
    clock: systemClock,
    deadline: 10 * SECOND,
  });
  const tookMs = performance.now() - startedAt;
  const failed = findings.find(({ verdict }) => verdict === 'unchecked');
  if (failed) throw new Error(`${failed.stepId}: ${failed.sentence}`);
  return tookMs;
}

/** One run that is not counted warms the connections. */
async function medianOf(runs: number, measure: () => Promise<number>): Promise<number> {
  await measure();
  const figures: number[] = [];
  for (let run = 0; run < runs; run += 1) figures.push(await measure());
  return figures.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

function ms(value: number | undefined): string {
  return `${(value ?? Number.NaN).toFixed(1).padStart(8)} ms`;
}

process.exitCode = await main();
