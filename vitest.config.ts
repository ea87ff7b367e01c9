import { defineConfig } from 'vitest/config';

/** The hermetic tests: loopback only, embedded parts. Tests against real servers are in vitest.e2e.config.ts. */
export default defineConfig({
  test: {
    include: ['test/{unit,contract,scenario,integration}/**/*.test.ts'],
    // Each worker loads the project once and not for every file; that a file leaves nothing behind is checked.
    isolate: false,
    setupFiles: ['test/support/vitest/leave-nothing-behind.ts'],
    // Most of the time goes into waiting for servers, so that two cores can do more than one file at a time.
    maxWorkers: 2,
    // These only end what hangs: no test is about how fast the machine is.
    testTimeout: 200_000,
    hookTimeout: 240_000,
    reporters: ['default', './test/support/vitest/slowest-files.ts'],
  },
});
