import { defineConfig } from 'vitest/config';

/** A suite in a folder of its own under test/, run by `npm run test:NAME` and by .ci/run, apart from `npm test`. */
export function suiteConfig(name: string, options: { maxWorkers: number }) {
  return defineConfig({
    test: {
      include: [`test/${name}/**/*.test.ts`],
      isolate: false,
      setupFiles: ['test/support/vitest/leave-nothing-behind.ts'],
      maxWorkers: options.maxWorkers,
      // These only end what hangs.
      testTimeout: 300_000,
      hookTimeout: 300_000,
      reporters: ['default', './test/support/vitest/slowest-files.ts'],
    },
  });
}
