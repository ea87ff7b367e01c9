import { isAlertFiring } from '../alert-state.ts';
import type { AlertmanagerStatus } from '../event.ts';
import { UNCONFIRMED_ASK_AFTER } from '../limits.ts';
import { isSilentlyReopened } from '../status.ts';
import { announceFirings } from './announce-firings.ts';
import { commit, leaveUnchanged, type Transition } from './commit.ts';
import { type Draft, hasAlert } from './draft.ts';
import { endPause } from './paging.ts';
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
export function reconcilePartly(draft: Draft, { active, cutOff = [], unfinished }: Unknown): Transition {
  const { incident, now } = draft;
  const isSilent = isSilentlyReopened(incident);
  const fires = new Set(active);
  if (active !== undefined) recordIntake(draft, unfinished);
  const unknownFires = incident.truncation !== undefined && hasUnknown(draft, fires);
  const isRepeated = isRepeatedByList(draft, fires);
  const isDue = now >= (incident.reconcile.unconfirmedSince ?? 0) + UNCONFIRMED_ASK_AFTER;
  const confirmed = isDue ? confirmActive(draft, fires) : { joined: 0, refired: 0 };
  const found = mergeCutOff(draft, cutOff);
  const wakes =
    incident.reconcile.pausedSince !== undefined &&
    (unknownFires || hasAlert(draft, (alert) => fires.has(alert.fingerprint) && isAlertFiring(alert)));
  const reopens = isRepeated || (isSilent && unknownFires);
  if (!draft.changed && !wakes && !reopens) return leaveUnchanged(draft);

  const news = confirmed.joined + confirmed.refired + found.joined + found.refired;
  if (isSilent || incident.status !== 'open') {
    return news > 0 || reopens ? reopen(draft) : commit(draft, 'recorded', undefined);
  }
  if (news > 0 || wakes) endPause(draft);
  const firings = { reported: confirmed, cutOff: found, ended: 0 };
  const announced = news > 0 ? announceFirings(draft, updateSeverity(draft), firings) : undefined;
  if (announced !== undefined) return announced;
  return wakes ? commit(draft, 'updated', summaries.unpaused()) : commit(draft, 'recorded', undefined);
}
