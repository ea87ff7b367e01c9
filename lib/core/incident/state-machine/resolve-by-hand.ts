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
 * A person ends the episode. Its alerts keep their state, so that a repeat differs from news
 * (docs/rules.md#rule-12). With `asOf`, it changes nothing if the incident has news since that version.
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
  // The resolve before a silent reopen was announced, unless flapping kept it quiet.
  const alreadyNotified = isSilentlyReopened(incident) && incident.flappingSince === undefined;
  const { truncation } = incident;
  endEpisode(draft.incident, 'hand', now);
  // What was cut off is not what the person saw.
  if (truncation !== undefined) {
    const { groups, listed } = truncation;
    draft.incident.truncation = { groups, listed: listed ? listed : undefined };
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

/** Ends an incident that only this system observes, after long enough without a report. */
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
