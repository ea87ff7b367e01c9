/**
 * Checks the Node version that packages need against the Node that runs them. npm checks against the Node that it runs
 * on itself, and would warn about packages that only ever see the Node which `npm ci` brings. So `engines` is removed
 * from package-lock.json, and `--check` checks it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Lockfile, stripEngines } from './engines/strip-engines.ts';
import { type Manifest, unsupportedPackages } from './engines/unsupported-packages.ts';
import { writeChanged } from './write-changed.ts';

const root = join(import.meta.dirname, '..');
const LOCKFILE = join(root, 'package-lock.json');

function main(): number {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const locked: Lockfile = JSON.parse(readFileSync(LOCKFILE, 'utf8'));
  const { lockfile, stripped } = stripEngines(locked);
  if (values.check) return report(stripped, unsupportedPackages(installed(locked), process.version));
  // npm runs this after every change of packages. `npm ci` promises not to change the lockfile.
  if (stripped.length > 0 && process.env.npm_command !== 'ci') {
    writeChanged(LOCKFILE, `${JSON.stringify(lockfile, null, 2)}\n`);
  }
  return 0;
}

function report([first, ...more]: string[], unsupported: string[]): number {
  for (const mistake of unsupported) {
    console.error(`${mistake}; the Node that runs it here is ${process.version}.`);
  }
  if (first !== undefined) {
    const others = more.length > 0 ? ` and ${more.length} more` : '';
    console.error(`package-lock.json holds engines of ${first}${others}; npm run lockfile takes them out.`);
  }
  return unsupported.length > 0 || first !== undefined ? 1 : 0;
}

/** The package.json of each installed package. Packages for other platforms are not installed. */
function installed({ packages }: Lockfile): Manifest[] {
  return Object.keys(packages)
    .map((path) => join(root, path, 'package.json'))
    .filter((file) => existsSync(file))
    .map((file): Manifest => JSON.parse(readFileSync(file, 'utf8')));
}

process.exitCode = main();
