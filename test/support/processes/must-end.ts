import { runInNewContext } from 'node:vm';

/** Far more than what ends at all needs, on any machine: it only ends a hang. */
const LIMIT_MS = 60_000;

/**
 * Does work that may never end, such as a match that tries again from each position, and gives what came of it. Throws
 * when it does not end: a runner's own limit cannot interrupt it. Give it so much that only a linear way comes to its end.
 */
export function mustEnd<T>(work: () => T): T {
  return runInNewContext('work()', { work }, { timeout: LIMIT_MS });
}
