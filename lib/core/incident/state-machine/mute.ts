import type { IncidentEvent } from '../event.ts';
import { isFiring } from '../status.ts';
import { commit, leaveUnchanged, type Transition } from './commit.ts';
import type { Draft } from './draft.ts';
import { isAwaitingAcknowledgement, markPaged } from './paging.ts';
import { summaries } from './summaries.ts';

type Event<Type> = Extract<IncidentEvent, { type: Type }>;

/**
 * A maintenance covers every firing alert. Writes no history, because each muted effect says so. An earlier
 * end than before counts too: then the incident is due again.
 */
export function mute(draft: Draft, { maintenance, until }: Event<'muted'>): Transition {
  const { incident, now } = draft;
  const { muted } = incident;
  if (muted?.maintenance === maintenance && muted.until === until) return leaveUnchanged(draft);
  incident.muted = { maintenance, since: muted?.since ?? now, until };
  return commit(draft, 'recorded', undefined);
}

/**
 * Ended early, so the mute is due now, for a tick. A mute that began after `endedAt` is another
 * maintenance's.
 */
export function endMute(draft: Draft, { endedAt }: Event<'mute-ended'>): Transition {
  const { muted } = draft.incident;
  if (muted === undefined || muted.until <= endedAt || muted.since > endedAt) return leaveUnchanged(draft);
  draft.incident.muted = { ...muted, until: endedAt };
  return commit(draft, 'recorded', undefined);
}

/**
 * Notifies people again. Firing alerts page as if they began now, and the tier clock restarts: nobody was
 * called meanwhile. What was acknowledged meanwhile is shown without interrupting.
 */
export function unmute(
  draft: Draft,
  why: 'over' | 'not-covered',
  unverified: string | undefined,
): Transition {
  const { incident, now } = draft;
  if (incident.muted === undefined) return leaveUnchanged(draft);
  delete incident.muted;
  if (!isFiring(incident)) return commit(draft, 'recorded', undefined);

  incident.tiers.clockStartedAt = now;
  incident.tiers.highest = 1;
  const acknowledged = !isAwaitingAcknowledgement(incident);
  if (!acknowledged) markPaged(draft);
  const announcement = summaries.unmuted(why, acknowledged, unverified);
  return commit(draft, announcement.reason, announcement);
}
