import type { IncidentPolicy } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import type { IncidentEvent } from '../event.ts';
import type { Incident } from '../incident.ts';
import { isFiring } from '../status.ts';
import { commit, type Transition } from './commit.ts';
import { startDraft } from './draft.ts';
import { summaries } from './summaries.ts';

type Silenced = Extract<IncidentEvent, { type: 'silenced' }>;

/**
 * Records a silence in Alertmanager. Firing state does not change: tiers pause when Alertmanager says that
 * every alert is silenced (docs/rules.md#rule-10). The same silence with the same end is recorded once.
 */
export function recordSilence(
  incident: Incident,
  event: Silenced,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  const { id, by, until, covered, firing } = event;
  if (incident.silence?.id === id && incident.silence.until === until) {
    return { incident, effects: [], outcome: 'unchanged', changed: false };
  }
  const draft = startDraft(incident);
  draft.incident.silence = { id, by, at: now, until };
  const announcement = summaries.silencedUntil(by, id, { until, covered, firing });
  // The incident resolved meanwhile, so only the history needs it.
  if (!isFiring(incident)) return commit(draft, 'recorded', { ...announcement, kind: 'record' }, now, policy);
  return commit(draft, 'updated', announcement, now, policy);
}
