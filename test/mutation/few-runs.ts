import { createRequire } from 'node:module';
import type FastCheck from 'fast-check';

/*
 * Stands in for fast-check while mutants are tested. Each mutant runs every property that reaches it, so that thousands of
 * examples each would take days; and a mutant must be killed or survive for the same examples every time.
 */

const RUNS = 30;
const SEED = 20_260_801;

const real = createRequire(import.meta.url)('fast-check') as typeof FastCheck;

const fewRuns: typeof FastCheck = {
  ...real,
  assert: (property, parameters) =>
    real.assert(property, {
      ...parameters,
      seed: SEED,
      numRuns: Math.min(parameters?.numRuns ?? RUNS, RUNS),
      // A killed mutant is killed; the smallest example is of no use.
      endOnFailure: true,
    }) as never,
};

// As fast-check itself has it.
// oxlint-disable-next-line import/no-default-export
export default fewRuns;
