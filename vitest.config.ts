import { defineConfig } from 'vitest/config';

/** The hermetic tests: loopback only, embedded parts. Tests against real servers are in vitest.e2e.config.ts. */
export default defineConfig({
  test: {
    include: ['test/{unit,contract,scenario,integration}/**/*.test.ts'],
    // Most of the time goes into waiting for servers, so that two cores can do more than one file at a time.
    maxWorkers: 2,
    // These only end what hangs: no test is about how fast the machine is.
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
