import type { Millis } from '../shared/time.ts';
import { conclude, type Transition } from './conclude.ts';
import { draftOf, setAlert } from './draft.ts';
import type { IncidentEvent } from './event.ts';
import type { Incident } from './incident.ts';
import type { IncidentPolicy } from './policy.ts';
import { isSilentlyReopened } from './standing.ts';
import * as say from './wording.ts';

type ResolvedByHand = Extract<IncidentEvent, { type: 'resolved-by-hand' }>;

/** A person ends the episode. Its alerts keep their state, so that a repeat can be told from news (rule 12). */
export function resolveByHand(
  incident: Incident,
  event: ResolvedByHand,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  if (incident.status !== 'open') return { incident, effects: [], outcome: 'unchanged', changed: false };

  const draft = draftOf(incident);
  for (const alert of incident.alerts) {
    if (alert.doubtful) setAlert(draft, alert, { firing: false, doubtful: false });
  }
  const silent = isSilentlyReopened(incident);
  draft.incident.status = 'resolved';
  draft.incident.resolution = 'hand';
  draft.incident.resolvedAt = now;
  draft.incident.resolvedBy = event.by;
  for (const field of [
    'doubtSince',
    'pausedSince',
    'missingRoundAt',
    'pageDueAt',
    'pageDueReason',
    'flappingSince',
    'flappingChangedAt',
  ] as const) {
    delete draft.incident[field];
  }
  const saying = say.resolvedByHand(event.by, event.note);
  // People were already told that a silently reopened one resolved.
  return conclude(draft, 'resolved', silent ? { ...saying, kind: 'record' } : saying, now, policy);
}
