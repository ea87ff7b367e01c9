import { DAY, HOUR, MINUTE, type Millis } from '../../lib/core/shared/time.ts';
import type { Random } from './random.ts';

/** A storm is one cause with many alerts: its frequency per incident, and its size. */
const STORM = 1 / 350;
const STORM_SIZE = { least: 8, most: 18 };

/** Most incidents open in working hours, in UTC. */
const PEAK = 14;

/**
 * Opening times of incidents, the newest first, without an end: some 25 a day now, and more and more the farther back.
 * So 1,000 of them cover about 30 days and 100,000 about 400. `storm` is the same number within one storm.
 */
export function* pastTimes(now: Millis, random: Random): Generator<{ openedAt: Millis; storm?: number }> {
  let at = now;
  let storms = 0;
  for (;;) {
    at -= random.exponential(DAY / perDay(now - at)) / dailyShape(at);
    yield { openedAt: Math.floor(at) };
    if (!random.chance(STORM)) continue;
    storms += 1;
    const size = STORM_SIZE.least + random.below(STORM_SIZE.most - STORM_SIZE.least);
    for (let n = 0; n < size; n += 1) {
      at -= random.exponential(MINUTE / 3);
      yield { openedAt: Math.floor(at), storm: storms };
    }
  }
}

function perDay(age: Millis): number {
  return 24 + 0.24 * (age / DAY) ** 1.27;
}

/** From 0.4 at night to 1.6 in the afternoon; on average 1. */
function dailyShape(at: Millis): number {
  const hour = (at % DAY) / HOUR;
  return 1 + 0.6 * Math.cos(((hour - PEAK) / 24) * 2 * Math.PI);
}
