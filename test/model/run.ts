import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const HELP = `Usage: npm run test:model -- [options]

Plays random histories of an HA pair of Alertmanagers through the real flows, and compares what people are notified with a
reference model of docs/rules.md. A failing history is printed as a story, as short as it can be made.

  --full          200,000 histories instead of 2,000: hours on two cores
  --runs NUMBER   so many
  --seed NUMBER   other histories (14)
  --help          show this
Other options go on to vitest.

PLANTED_FAULT=NAME puts a fault into the system, which must be found; test/model/planted-faults.ts has the names.
Exit codes: 0 all agree, 1 one does not, 2 called wrongly.`;

const FULL_RUNS = '200000';
const ROOT = join(import.meta.dirname, '..', '..');

function main(args: string[]): number {
  const { wanted, others } = readArguments(args);
  if ([wanted.runs, wanted.seed].some((each) => each !== undefined && !/^[1-9]\d{0,6}$/.test(each))) {
    process.stderr.write('--runs and --seed take a number.\n');
    return 2;
  }
  if (wanted.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const runs = wanted.full ? FULL_RUNS : wanted.runs;
  const files = runs === undefined ? [] : ['model.test.ts', 'other-half.test.ts'];
  const env = {
    ...process.env,
    ...(runs !== undefined && { MODEL_RUNS: runs }),
    ...(wanted.seed !== undefined && { MODEL_SEED: wanted.seed }),
  };
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const config = join('test', 'model', 'vitest.config.ts');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', config, ...others, ...files], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  });
  return status ?? 1;
}

type Wanted = { full?: boolean; help?: boolean; runs?: string; seed?: string };

/** This command's options, and those that vitest gets. */
function readArguments(args: string[]): { wanted: Wanted; others: string[] } {
  const wanted: Wanted = {};
  const others: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const [name, value] = (args[at] ?? '').split('=');
    if (name === '--full' || name === '--help') wanted[name === '--full' ? 'full' : 'help'] = true;
    else if (name === '--runs' || name === '--seed') {
      if (value === undefined) at += 1;
      wanted[name === '--runs' ? 'runs' : 'seed'] = value ?? args[at] ?? '';
    } else others.push(args[at] ?? '');
  }
  return { wanted, others };
}

process.exitCode = main(process.argv.slice(2));
