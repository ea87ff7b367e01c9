import type { Millis } from '../shared/time.ts';

/** A destination that does not take notices, for one reason. */
export type Trouble = { destination: string; reason: string };

/** Which troubles people know of, so that many incidents do not tell them of the same one. */
export interface TroubleStore {
  /** Whether the bearer of `key` is to tell it: it was not told since, or by the same bearer, whose process died. */
  mayTell(trouble: Trouble, key: string, now: Millis, since: Millis): Promise<boolean>;
  /** It could not be told after all. */
  untold(trouble: Trouble, key: string): Promise<void>;
}
