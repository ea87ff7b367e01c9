/**
 * `npm run test:newest`: Debian's unstable suite has newer servers than the machines that this runs on. It moves, so this
 * is no part of .ci/run.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { captureNewest } from './newest/capture-newest.ts';
import { fetchNewest } from './newest/fetch-packages.ts';

const ROOT = join(import.meta.dirname, '..');
/** Those of test/e2e in which a real Prometheus or Alertmanager takes part. */
const SUITES = ['main-job', 'buttons', 'heartbeat', 'real-monitoring'];

const HELP = `Usage: npm run test:newest [-- options]

Runs the e2e suites ${SUITES.join(', ')} with the Prometheus and Alertmanager of Debian's unstable suite. They are
downloaded by apt and unpacked below .build/newest; nothing is installed, and apt's own lists stay as they are.

  --capture   capture what they send into events/alertmanager/newest instead
  --folder F  download and unpack there instead
  --kept      use what was unpacked the last time
  --help      show this

Exit codes: 0 all passed, 1 not (or nothing could be downloaded), 2 called wrongly.`;

async function main(): Promise<number> {
  let wanted: ReturnType<typeof readOptions>;
  try {
    wanted = readOptions();
  } catch (error) {
    console.error(`${sentenceOf(error)} npm run test:newest -- --help shows the options.`);
    return 2;
  }
  if (wanted.help) {
    console.log(HELP);
    return 0;
  }
  try {
    const folder = wanted.folder ?? join(ROOT, '.build', 'newest');
    const programs = wanted.kept ? join(folder, 'root', 'usr', 'bin') : fetchNewest(folder);
    process.env['PATH'] = `${programs}:${process.env['PATH'] ?? ''}`;
    const versions = {
      prometheus: versionOf(join(programs, 'prometheus')),
      alertmanager: versionOf(join(programs, 'prometheus-alertmanager')),
    };
    console.log(Object.values(versions).join('\n'));
    if (!wanted.capture) return runSuites();
    await captureNewest(join(ROOT, 'events', 'alertmanager', 'newest'), versions, console.log);
    return 0;
  } catch (error) {
    console.error(sentenceOf(error));
    return 1;
  }
}

function readOptions() {
  return parseArgs({
    options: {
      capture: { type: 'boolean', default: false },
      kept: { type: 'boolean', default: false },
      folder: { type: 'string' },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  }).values;
}

function runSuites(): number {
  const files = SUITES.map((name) => `test/e2e/${name}.test.ts`);
  const args = ['vitest', 'run', '--config', 'vitest.e2e.config.ts', ...files];
  const { status } = spawnSync('npx', args, { cwd: ROOT, stdio: 'inherit' });
  return status === 0 ? 0 : 1;
}

function versionOf(program: string): string {
  return execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${sentenceOf(error.cause)})`;
}

process.exitCode = await main();
