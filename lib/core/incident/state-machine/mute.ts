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
 * A maintenance covers all that fires. Written without a word: the effects that it mutes say so themselves. One that
 * ends earlier than the one before counts, because then it is looked at anew.
 */
export function mute(
  incident: Incident,
  { maintenance, until }: Event<'muted'>,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  const { muted } = incident;
  if (muted?.maintenance === maintenance && muted.until === until) return unchanged(incident);
  const draft = startDraft(incident);
  draft.incident.muted = { maintenance, since: muted?.since ?? now, until };
  return commit(draft, 'recorded', undefined, now, policy);
}

/** Muted before that end: due now, for tick to tell it. What was muted anew since is another maintenance's. */
export function endMute(
  incident: Incident,
  { endedAt }: Event<'mute-ended'>,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  const { muted } = incident;
  if (muted === undefined || muted.until <= endedAt || muted.since > endedAt) return unchanged(incident);
  const draft = startDraft(incident);
  draft.incident.muted = { ...muted, until: endedAt };
  return commit(draft, 'recorded', undefined, now, policy);
}

/**
 * People hear of it from now on. What fires pages as if it began now, and its tier clock starts anew: nobody was
 * called meanwhile, so nobody can be late. What somebody acknowledged meanwhile is shown, and interrupts nobody.
 */
export function unmute(
  incident: Incident,
  why: 'over' | 'not-covered',
  unverified: string | undefined,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  if (incident.muted === undefined) return unchanged(incident);
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

function unchanged(incident: Incident): Transition {
  return { incident, effects: [], outcome: 'unchanged', changed: false };
}
