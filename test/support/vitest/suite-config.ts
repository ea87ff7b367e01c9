import { defineConfig } from 'vitest/config';

type SuiteOptions = {
  maxWorkers: number;
  /** Files of other folders that run in this suite as well. */
  also?: string[];
  /** What runs once before all files. */
  globalSetup?: string;
};

/** A suite in a folder of its own under test/, run by `npm run test:NAME` and by .ci/run, apart from `npm test`. */
export function suiteConfig(name: string, { maxWorkers, also = [], globalSetup }: SuiteOptions) {
  return defineConfig({
    test: {
      include: [`test/${name}/**/*.test.ts`, ...also],
      isolate: false,
      setupFiles: ['test/support/vitest/leave-nothing-behind.ts'],
      globalSetup: globalSetup ?? [],
      maxWorkers,
      // These only end what hangs.
      testTimeout: 300_000,
      hookTimeout: 300_000,
      reporters: ['default', './test/support/vitest/slowest-files.ts'],
    },
  });
}
