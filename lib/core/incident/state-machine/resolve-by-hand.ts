import { mayAlertFire } from '../alert-state.ts';
import { hasChangedSince } from '../changes-since.ts';
import type { IncidentEvent } from '../event.ts';
import { isSilentlyReopened } from '../status.ts';
import { commit, leaveUnchanged, type Transition } from './commit.ts';
import { type Draft, setAlert } from './draft.ts';
import { endEpisode, stopFlapping } from './episode.ts';
import { getAutomaticEndAt } from './next-due.ts';
import { summaries } from './summaries.ts';

type ResolvedByHand = Extract<IncidentEvent, { type: 'resolved-by-hand' }>;

/**
 * A person ends the episode. Its alerts keep their state, so that a repeat differs from news
 * (docs/rules.md#rule-12). With `asOf`, it changes nothing if the incident has news since that version.
 */
export function resolveByHand(draft: Draft, event: ResolvedByHand): Transition {
  const { incident } = draft;
  if (incident.status !== 'open') return leaveUnchanged(draft);
  if (event.asOf !== undefined && hasChangedSince(incident, event.asOf)) return leaveUnchanged(draft);

  for (const alert of incident.alerts) {
    if (alert.state === 'unconfirmed') setAlert(draft, alert, { state: 'resolved' });
  }
  // The resolve before a silent reopen was announced, unless flapping kept it quiet.
  const alreadyNotified = isSilentlyReopened(incident) && incident.flapping.since === undefined;
  const { truncation } = incident;
  endEpisode(draft, 'hand');
  // What was cut off is not what the person saw.
  if (truncation !== undefined) {
    const { groups, listed } = truncation;
    incident.truncation = { groups, listed: listed ? listed : undefined };
    // So that Alertmanager is asked at the next tick.
    delete incident.reconcile.askedAt;
  }
  incident.resolvedBy = event.by;
  stopFlapping(draft);
  const announcement = summaries.resolvedByHand(event.by, event.note);
  return commit(draft, 'resolved', alreadyNotified ? { ...announcement, kind: 'record' } : announcement);
}

/** Ends an incident that only this system observes, after long enough without a report. */
export function endAutomatically(draft: Draft): Transition | undefined {
  const { incident, now } = draft;
  const endsAt = getAutomaticEndAt(incident);
  if (endsAt === undefined || now < endsAt) return undefined;
  for (const alert of incident.alerts) {
    if (mayAlertFire(alert)) setAlert(draft, alert, { state: 'resolved', endsAt });
  }
  endEpisode(draft, 'alerts');
  stopFlapping(draft);
  return commit(draft, 'resolved', summaries.endedAutomatically(endsAt - incident.lastSeenAt));
}
