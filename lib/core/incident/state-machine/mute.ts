import type { IncidentPolicy } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import type { IncidentEvent } from '../event.ts';
import type { Incident } from '../incident.ts';
import { isFiring } from '../status.ts';
import { commit, type Transition } from './commit.ts';
import { startDraft } from './draft.ts';
import { isAwaitingAcknowledgement, markPaged } from './paging.ts';
import { summaries } from './summaries.ts';

type Event<Type> = Extract<IncidentEvent, { type: Type }>;

/**
 * A maintenance covers every firing alert. Writes no history, because each muted effect says so. An earlier
 * end than before counts too: then the incident is due again.
 */
export function mute(
  incident: Incident,
  { maintenance, until }: Event<'muted'>,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  const { muted } = incident;
  if (muted?.maintenance === maintenance && muted.until === until) return leaveUnchanged(incident);
  const draft = startDraft(incident);
  draft.incident.muted = { maintenance, since: muted?.since ?? now, until };
  return commit(draft, 'recorded', undefined, now, policy);
}

/**
 * Ended early, so the mute is due now, for a tick. A mute that began after `endedAt` is another
 * maintenance's.
 */
export function endMute(
  incident: Incident,
  { endedAt }: Event<'mute-ended'>,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  const { muted } = incident;
  if (muted === undefined || muted.until <= endedAt || muted.since > endedAt) return leaveUnchanged(incident);
  const draft = startDraft(incident);
  draft.incident.muted = { ...muted, until: endedAt };
  return commit(draft, 'recorded', undefined, now, policy);
}

/**
 * Notifies people again. Firing alerts page as if they began now, and the tier clock restarts: nobody was
 * called meanwhile. What was acknowledged meanwhile is shown without interrupting.
 */
export function unmute(
  incident: Incident,
  why: 'over' | 'not-covered',
  unverified: string | undefined,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  if (incident.muted === undefined) return leaveUnchanged(incident);
  const draft = startDraft(incident);
  delete draft.incident.muted;
  if (!isFiring(incident)) return commit(draft, 'recorded', undefined, now, policy);

  draft.incident.clockStartedAt = now;
  draft.incident.tier = 1;
  const acknowledged = !isAwaitingAcknowledgement(draft);
  if (!acknowledged) markPaged(draft, now);
  const announcement = summaries.unmuted(why, acknowledged, unverified);
  return commit(draft, announcement.reason, announcement, now, policy);
}

function leaveUnchanged(incident: Incident): Transition {
  return { incident, effects: [], outcome: 'unchanged', changed: false };
}
