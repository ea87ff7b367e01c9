import type { IncidentPolicy } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import type { AlertmanagerStatus } from '../event.ts';
import type { Incident } from '../incident.ts';
import { UNCONFIRMED_ASK_AFTER } from '../limits.ts';
import { isSilentlyReopened } from '../status.ts';
import { commit, type Transition } from './commit.ts';
import { hasAlert, isAlertFiring, startDraft } from './draft.ts';
import { endPause, pageForNews } from './paging.ts';
import { isRepeatedByList } from './reconcile-hand-resolved.ts';
import { reopen } from './reopen.ts';
import { confirmActive } from './settle-unconfirmed.ts';
import { updateSeverity } from './severity.ts';
import { summaries } from './summaries.ts';
import { hasUnknown, mergeCutOff, recordIntake } from './truncation.ts';

type Unknown = Extract<AlertmanagerStatus, { kind: 'unknown' }>;

/**
 * Applies what some peers list as active while others did not answer. Presence needs one peer, absence needs all: so
 * listed alerts fire, and nothing ends, pauses or becomes less severe. All peers are asked again at the next tick.
 */
export function reconcilePartly(
  before: Incident,
  { active, cutOff = [], unfinished }: Unknown,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  const draft = startDraft(before);
  const { incident } = draft;
  const isSilent = isSilentlyReopened(incident);
  const fires = new Set(active);
  if (active !== undefined) recordIntake(draft, unfinished);
  const unknownFires = incident.truncation !== undefined && hasUnknown(draft, fires);
  const isRepeated = isRepeatedByList(draft, fires, now, policy);
  const isDue = now >= (incident.unconfirmedSince ?? 0) + UNCONFIRMED_ASK_AFTER;
  const confirmed = isDue ? confirmActive(draft, fires) : { joined: 0, again: 0 };
  const found = mergeCutOff(draft, cutOff, now);
  const wakes =
    incident.pausedSince !== undefined &&
    (unknownFires || hasAlert(draft, (alert) => fires.has(alert.fingerprint) && isAlertFiring(alert)));
  const reopens = isRepeated || (isSilent && unknownFires);
  if (!draft.changed && !wakes && !reopens) return unchanged(before);

  const counts = {
    joined: confirmed.joined + confirmed.again,
    ended: 0,
    cutOff: found.joined + found.refired,
  };
  const news = counts.joined + counts.cutOff;
  if (isSilent || incident.status !== 'open') {
    return news > 0 || reopens
      ? reopen(draft, now, policy)
      : commit(draft, 'recorded', undefined, now, policy);
  }
  if (news > 0 || wakes) endPause(incident, now);
  if (news === 0) {
    return wakes
      ? commit(draft, 'updated', summaries.unpaused(), now, policy)
      : commit(draft, 'recorded', undefined, now, policy);
  }
  const move = updateSeverity(draft, now, policy);
  const ping = pageForNews(draft, move, confirmed.joined + found.joined > 0, now);
  if (!move.raised) return commit(draft, 'joined', summaries.joined(counts, ping), now, policy);
  const cutOffWorst = found.severities.filter((each) => each === incident.severity).length;
  const announcement = summaries.raised(incident.severity, { ...counts, cutOffWorst }, ping);
  return commit(draft, 'raised', announcement, now, policy);
}

function unchanged(incident: Incident): Transition {
  return { incident, effects: [], outcome: 'unchanged', changed: false };
}
