import { runInNewContext } from 'node:vm';

/** Far longer than any finite work needs, on any machine: it only ends a hang. */
const LIMIT_MS = 60_000;

/**
 * Does work that may never end, such as a match that tries again from each position, and returns its result. Throws
 * when it does not end: a runner's own limit cannot interrupt it. Give it so much input that only linear work ends.
 */
export function mustEnd<T>(work: () => T): T {
  return runInNewContext('work()', { work }, { timeout: LIMIT_MS });
}
