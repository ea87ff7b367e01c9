import { join, relative } from 'node:path';
import process from 'node:process';
import { Stryker } from '@stryker-mutator/core';
import type { Area } from './areas.ts';
import type { MutantStatus } from './figures.ts';

/** Git ignores it: an incremental file holds the sources, and would change with every commit. */
const FOLDER = '.mutation';

/** What became of one mutant, and where it is. */
interface Mutant {
  status: MutantStatus;
  file: string;
  line: number;
  kind: string;
  replacement: string;
}

/**
 * Runs an area's tests against each of its mutants. What is known from the last run and has not changed is not run
 * again, unless `force`. Throws when the tests fail without a mutant.
 */
export async function runArea(name: string, area: Area, force: boolean): Promise<Mutant[]> {
  // Read by test/mutation/vitest.config.ts in the processes that Stryker starts.
  process.env['MUTATION_TESTS'] = area.tests.join(' ');
  const results = await new Stryker(toOptions(name, area, force)).runMutationTest();
  return results.map(({ status, fileName, location, mutatorName, replacement }) => ({
    status,
    file: relative(process.cwd(), fileName),
    line: location.start.line,
    kind: mutatorName,
    replacement,
  }));
}

function toOptions(name: string, { mutate }: Area, force: boolean): ConstructorParameters<typeof Stryker>[0] {
  const folder = join(FOLDER, name.replaceAll('/', '-'));
  return {
    mutate: [...mutate],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    incremental: true,
    incrementalFile: join(folder, 'incremental.json'),
    force,
    concurrency: 2,
    // A busy machine must not pass for a mutant that never ends.
    timeoutMS: 15_000,
    timeoutFactor: 2,
    reporters: ['progress-append-only', 'json', 'html'],
    jsonReporter: { fileName: join(folder, 'report.json') },
    htmlReporter: { fileName: join(folder, 'report.html') },
    tempDirName: '.stryker-tmp',
    ignorePatterns: [FOLDER, '.local', '.preview'],
    allowConsoleColors: false,
  };
}
