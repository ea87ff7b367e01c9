import { defineConfig } from 'vitest/config';

/** Tests against real servers of this machine; `npm test` has the hermetic ones. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    // Each file boots servers of its own; two at once would measure the machine instead of the system.
    fileParallelism: false,
    // These only end what hangs.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default', './test/support/vitest/slowest-files.ts'],
  },
});
