import { join } from 'node:path';
import process from 'node:process';
import { defineConfig } from 'vitest/config';
import { cheapTestsFirst } from './cheap-tests-first.ts';
import { KeptWorker } from './kept-worker.ts';

/** The tests of one area of scripts/mutation/areas.ts, which names them in this variable, for each mutant of it. */
const tests = process.env['MUTATION_TESTS']?.split(' ') ?? ['test/unit/**/*.test.ts'];

export default defineConfig({
  plugins: [
    {
      name: 'kept-worker',
      configureVitest: ({ project }) => {
        // Stryker chooses one of Vitest's own pools, over what stands in this file.
        Object.assign(project.config, {
          pool: 'kept',
          poolRunner: { name: 'kept', createPoolWorker: (options: never) => new KeptWorker(options) },
        });
      },
    },
  ],
  resolve: { alias: [{ find: /^fast-check$/, replacement: join(import.meta.dirname, 'few-runs.ts') }] },
  test: {
    include: tests,
    setupFiles: ['test/mutation/no-mutant-yet.ts'],
    isolate: false,
    sequence: { sequencer: cheapTestsFirst(tests) },
    testTimeout: 60_000,
  },
});
