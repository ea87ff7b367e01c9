import fc from 'fast-check';
import { arbitraryHistory, type History } from './arbitrary-history.ts';
import { checkTellings, type Violation } from './compare.ts';
import { compareWithModel } from './compare-with-model.ts';
import { type Played, type Player, playHistory } from './play-history.ts';
import { tellStory } from './story.ts';

/** How many histories a quick run plays in all files together. */
export const QUICK_RUNS = 2_000;
/** Often enough to see that a long run goes on. */
const REPORT_EVERY = 1_000;

export type Check = {
  runs: number;
  seed: number;
  /** Puts a fault into the system first. */
  plant?: ((player: Player) => void) | undefined;
  /** Whether to make a failing history as short as possible. */
  shrink?: boolean;
};

/** `story`: of the shortest history that fails; absent if none does. */
export type Checked = { runs: number; compared: number; moments: number; story?: string };

/** Plays random histories until one fails. */
export async function checkHistories({ runs, seed, plant, shrink = true }: Check): Promise<Checked> {
  const sum = { runs: 0, compared: 0, moments: 0 };
  const startedAt = performance.now();
  const property = fc.asyncProperty(arbitraryHistory, async (history) => {
    const { violations, compared, moments } = await evaluate(history, plant);
    sum.runs += 1;
    sum.compared += compared;
    sum.moments += moments;
    if (sum.runs % REPORT_EVERY === 0) report(sum.runs, runs, seed, startedAt);
    if (violations.length === 0) return true;
    // A planted fault is found where the system agrees without it.
    return plant !== undefined && (await evaluate(history, undefined)).violations.length > 0;
  });
  const details = await fc.check(property, { numRuns: runs, seed, endOnFailure: !shrink });
  if (!details.failed) return sum;
  const [history] = details.counterexample ?? [];
  if (history === undefined) throw details.errorInstance;
  const { played, violations } = await evaluate(history, plant);
  const story = [`seed ${seed}, after ${details.numRuns} histories:`, tellStory(played, violations)].join(
    '\n',
  );
  return { ...sum, story };
}

async function evaluate(
  history: History,
  plant: Check['plant'],
): Promise<{ played: Played; violations: Violation[]; compared: number; moments: number }> {
  const played = await playHistory(history, plant);
  const { violations, compared, moments } = compareWithModel(played);
  return {
    played,
    violations: [...checkTellings(played), ...violations].toSorted((a, b) => a.at - b.at),
    compared,
    moments,
  };
}

/** To standard error, because a long run says nothing else for an hour. */
function report(played: number, runs: number, seed: number, startedAt: number): void {
  const minutes = (performance.now() - startedAt) / 60_000;
  const count = (n: number) => n.toLocaleString('en');
  // oxlint-disable-next-line no-console -- a long run says nothing else for an hour
  console.error(`seed ${seed}: ${count(played)} of ${count(runs)} histories in ${minutes.toFixed(1)} min`);
}
