import type { IncidentPolicy } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import { hasChangedSince } from '../changes-since.ts';
import type { IncidentEvent } from '../event.ts';
import type { Incident } from '../incident.ts';
import { isSilentlyReopened } from '../status.ts';
import { commit, type Transition } from './commit.ts';
import { setAlert, startDraft } from './draft.ts';
import { endEpisode } from './episode.ts';
import { getAutomaticEndAt } from './next-due.ts';
import { summaries } from './summaries.ts';

type ResolvedByHand = Extract<IncidentEvent, { type: 'resolved-by-hand' }>;

/**
 * A person ends the episode. Its alerts keep their state, so that a repeat can be told from news (docs/rules.md#rule-12).
 * Who says which version they saw ends nothing that they did not see.
 */
export function resolveByHand(
  incident: Incident,
  event: ResolvedByHand,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  if (incident.status !== 'open') return { incident, effects: [], outcome: 'unchanged', changed: false };
  if (event.asOf !== undefined && hasChangedSince(incident, event.asOf)) {
    return { incident, effects: [], outcome: 'unchanged', changed: false };
  }

  const draft = startDraft(incident);
  for (const alert of incident.alerts) {
    if (alert.unconfirmed) setAlert(draft, alert, { firing: false, unconfirmed: false });
  }
  // People were told that a silently reopened one resolved, unless that resolve was kept quiet while it flapped.
  const alreadyNotified = isSilentlyReopened(incident) && incident.flappingSince === undefined;
  const { truncation } = incident;
  endEpisode(draft.incident, 'hand', now);
  // What was cut off is not what the person saw.
  if (truncation !== undefined) {
    const { groups, listed } = truncation;
    draft.incident.truncation = { groups, ...(listed ? { listed } : {}) };
  }
  draft.incident.resolvedBy = event.by;
  delete draft.incident.flappingSince;
  delete draft.incident.flappingChangedAt;
  const announcement = summaries.resolvedByHand(event.by, event.note);
  return commit(
    draft,
    'resolved',
    alreadyNotified ? { ...announcement, kind: 'record' } : announcement,
    now,
    policy,
  );
}

/** Ends an incident that only this system observes, once it was not seen again for long enough. */
export function endAutomatically(
  incident: Incident,
  now: Millis,
  policy: IncidentPolicy,
): Transition | undefined {
  const endsAt = getAutomaticEndAt(incident);
  if (endsAt === undefined || now < endsAt) return undefined;
  const draft = startDraft(incident);
  for (const alert of incident.alerts) {
    if (alert.firing) setAlert(draft, alert, { firing: false, unconfirmed: false, endsAt });
  }
  endEpisode(draft.incident, 'alerts', now);
  delete draft.incident.flappingSince;
  delete draft.incident.flappingChangedAt;
  return commit(draft, 'resolved', summaries.endedAutomatically(endsAt - incident.lastSeenAt), now, policy);
}
