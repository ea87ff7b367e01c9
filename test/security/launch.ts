import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const HELP = `Usage: npm run test:security [-- [--full] [options of vitest]]

Hostile texts at every sink, every token at every route, fuzzed parsers, canary secrets, and planted faults.

  --full     a million executions of the parsers instead of 100,000, and every planted fault
  --help     show this

PLANTED_FAULT=NAME plants a fault into the code, so that the suite fails; test/security/planted/faults.ts names them.`;

const args = process.argv.slice(2);
if (args.includes('--help')) process.stdout.write(`${HELP}\n`);
else {
  const root = join(import.meta.dirname, '..', '..');
  const { status } = spawnSync(
    join(root, 'node_modules', '.bin', 'vitest'),
    ['run', '--config', 'test/security/vitest.config.ts', ...args.filter((arg) => arg !== '--full')],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...(args.includes('--full') && { SECURITY_FULL: 'yes' }) },
    },
  );
  process.exitCode = status ?? 1;
}
