import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { StartError } from '../stack/start-error.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/**
 * Builds the functions' code, with the present runbooks and console. Separate programs do it: in parallel with the
 * start of the stand-ins, and with memory that they give back. Throws a StartError with the reason, for example for a
 * mistake in a runbook.
 */
export async function buildFunctions(folder: string): Promise<void> {
  await Promise.all([runScript('scripts/compile-runbooks.ts'), runScript('scripts/build-console.ts')]);
  await runScript('infra/local/aws/bundle-functions.ts', folder);
}

async function runScript(script: string, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, script), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killNow = () => child.kill('SIGKILL');
  process.on('exit', killNow);
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const [code, signal] = await once(child, 'close');
  process.off('exit', killNow);
  if (code !== 0) throw new StartError(output.trim() || `${script} was ended by ${String(signal ?? code)}.`);
}
