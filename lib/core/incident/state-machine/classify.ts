import type { ObservedAlert } from '../../grouping/observed-alert.ts';
import type { AlertState } from '../incident.ts';

/**
 * What one alert of a delivery means, given what is known of its fingerprint. Alert times are compared only
 * with alert times (docs/rules.md#rule-5).
 *
 * - `fires`: a firing that is news; `again` when the fingerprint was known before in this episode
 * - `repeats`: already known to fire
 * - `doubtful`: fires, but not later than its last known end: a late HA peer, or a healed partition
 * - `ends`: a known firing is over
 * - `ended`: the end of something that was not firing here: remembered only
 * - `stale`: says nothing that is not known
 */
export type AlertNews = 'fires' | 'fires-again' | 'repeats' | 'unconfirmed' | 'ends' | 'ended' | 'stale';

export function classify(known: AlertState | undefined, seen: ObservedAlert): AlertNews {
  if (seen.status === 'firing') return classifyFiring(known, seen);
  return classifyResolved(known, seen);
}

function classifyFiring(known: AlertState | undefined, seen: ObservedAlert): AlertNews {
  if (known === undefined) return 'fires';
  const news = known.carriedOver ? 'fires' : 'fires-again';
  if (known.firing && !known.unconfirmed) return 'repeats';
  // Gone for every peer twice: whoever reports it now has seen it fire since.
  if (known.vanished) return news;
  if (seen.startsAt > known.endsAt) return news;
  return known.unconfirmed ? 'repeats' : 'unconfirmed';
}

function classifyResolved(known: AlertState | undefined, seen: ObservedAlert): AlertNews {
  if (known === undefined) return 'ended';
  if (!known.firing) return seen.endsAt > known.endsAt ? 'ended' : 'stale';
  // A doubtful report is ended by any resolve that is not older than what it reported.
  if (known.unconfirmed) return seen.endsAt >= known.startsAt ? 'ends' : 'stale';
  // Paged without Alertmanager's answer: the clock of its sender may have been set back, so that its end looks older.
  if (!known.confirmed && known.startsAt <= known.endsAt) return 'ends';
  if (seen.endsAt < known.startsAt) return seen.endsAt > known.endsAt ? 'ended' : 'stale';
  // Alertmanager confirmed that it fires after this very end: the resolve is a repeat from before.
  if (known.confirmed && seen.endsAt <= known.endsAt) return 'stale';
  return 'ends';
}
