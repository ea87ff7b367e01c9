import type { IncidentEvent } from '../event.ts';
import { isFiring } from '../status.ts';
import { commit, leaveUnchanged, type Transition } from './commit.ts';
import type { Draft } from './draft.ts';
import { summaries } from './summaries.ts';

type Silenced = Extract<IncidentEvent, { type: 'silenced' }>;

/**
 * Records a silence in Alertmanager. Firing state does not change: tiers pause when Alertmanager says that
 * every alert is silenced (docs/rules.md#rule-10). The same silence with the same end is recorded once.
 */
export function recordSilence(draft: Draft, event: Silenced): Transition {
  const { incident, now } = draft;
  const { id, by, until, covered, firing } = event;
  if (incident.silence?.id === id && incident.silence.until === until) return leaveUnchanged(draft);

  incident.silence = { id, by, at: now, until };
  const announcement = summaries.silencedUntil(by, id, { until, covered, firing });
  // The incident resolved meanwhile, so only the history needs it.
  if (!isFiring(incident)) return commit(draft, 'recorded', { ...announcement, kind: 'record' });
  return commit(draft, 'updated', announcement);
}
