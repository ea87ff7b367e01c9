import type { IncidentPolicy } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import type { Incident } from '../incident.ts';
import { conclude, type Transition } from './commit.ts';
import { draftOf, setAlert } from './draft.ts';
import { endEpisode } from './episode.ts';
import { endsByItselfAt } from './next-due.ts';
import * as say from './summaries.ts';

/** Ends an incident that only this system observes, once it was not seen again for long enough. */
export function endByItself(incident: Incident, now: Millis, policy: IncidentPolicy): Transition | undefined {
  const endsAt = endsByItselfAt(incident);
  if (endsAt === undefined || now < endsAt) return undefined;
  const draft = draftOf(incident);
  for (const alert of incident.alerts) {
    if (alert.firing) setAlert(draft, alert, { firing: false, doubtful: false, endsAt });
  }
  endEpisode(draft.incident, 'alerts', now);
  delete draft.incident.flappingSince;
  delete draft.incident.flappingChangedAt;
  return conclude(draft, 'resolved', say.endedByItself(endsAt - incident.lastSeenAt), now, policy);
}
