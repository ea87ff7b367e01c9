import type { ObservedAlert } from '../../grouping/observed-alert.ts';
import { type AlertState, isAlertConfirmed, isAlertFiring, isCounted, mayAlertFire } from '../alert-state.ts';

/**
 * What one alert of a webhook means, given the known state of its fingerprint. Alert times are compared only
 * with alert times (docs/rules.md#rule-5).
 *
 * - `fires`: news; `fires-again` when this episode already knew the fingerprint
 * - `repeats`: already known to fire
 * - `unconfirmed`: fires, but not later than its last known end: a late HA peer, or a healed partition
 * - `ends`: a known firing is over
 * - `ended`: the end of an alert that was not known to fire; recorded only
 * - `stale`: nothing new
 */
export type AlertNews = 'fires' | 'fires-again' | 'repeats' | 'unconfirmed' | 'ends' | 'ended' | 'stale';

export function classify(known: AlertState | undefined, seen: ObservedAlert): AlertNews {
  if (seen.status === 'firing') return classifyFiring(known, seen);
  return classifyResolved(known, seen);
}

function classifyFiring(known: AlertState | undefined, seen: ObservedAlert): AlertNews {
  if (known === undefined) return 'fires';
  const news = isCounted(known) ? 'fires-again' : 'fires';
  if (isAlertFiring(known)) return 'repeats';
  // Absent from every peer twice, so a peer that reports it now has seen it fire since.
  if (known.state === 'vanished') return news;
  if (seen.startsAt > known.endsAt) return news;
  return known.state === 'unconfirmed' ? 'repeats' : 'unconfirmed';
}

function classifyResolved(known: AlertState | undefined, seen: ObservedAlert): AlertNews {
  if (known === undefined) return 'ended';
  if (!mayAlertFire(known)) return seen.endsAt > known.endsAt ? 'ended' : 'stale';
  // Any resolve that is not older than an unconfirmed firing ends it.
  if (known.state === 'unconfirmed') return seen.endsAt >= known.startsAt ? 'ends' : 'stale';
  // Paged without Alertmanager's answer: the clock of its sender may have been set back, so that its end looks older.
  if (!isAlertConfirmed(known) && known.startsAt <= known.endsAt) return 'ends';
  if (seen.endsAt < known.startsAt) return seen.endsAt > known.endsAt ? 'ended' : 'stale';
  // Alertmanager confirmed that it fires after this end, so the resolve is an old repeat.
  if (isAlertConfirmed(known) && seen.endsAt <= known.endsAt) return 'stale';
  return 'ends';
}
