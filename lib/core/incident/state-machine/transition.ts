import type { IncidentPolicy } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import type { IncidentEvent } from '../event.ts';
import type { Incident } from '../incident.ts';
import { acknowledge } from './acknowledge.ts';
import { applyAlerts } from './apply-alerts.ts';
import type { Transition } from './commit.ts';
import { startDraft } from './draft.ts';
import { endMute, mute, unmute } from './mute.ts';
import { reconcile } from './reconcile.ts';
import { recordSilence } from './record-silence.ts';
import { resolveByHand } from './resolve-by-hand.ts';
import { tick } from './tick.ts';

export type { Transition, TransitionOutcome } from './commit.ts';

/**
 * The state machine of docs/rules.md. Pure: no I/O, no clock, no randomness.
 *
 * `incident` is the latest episode under the key; undefined if there is none. A result with another `episode`
 * is a new item: write it with expected version 0. A result with `changed: false` needs no write and has no
 * effects.
 */
export function transition(
  incident: Incident | undefined,
  event: IncidentEvent,
  now: Millis,
  policy: IncidentPolicy,
): Transition {
  if (event.type === 'received') return applyAlerts(incident, event, now, policy);
  if (incident === undefined) return { incident, effects: [], outcome: 'unchanged', changed: false };
  const draft = startDraft(incident, now, policy);
  switch (event.type) {
    case 'acknowledged':
      return acknowledge(draft, event);
    case 'resolved-by-hand':
      return resolveByHand(draft, event);
    case 'silenced':
      return recordSilence(draft, event);
    case 'reconciled':
      return reconcile(draft, event.alertmanagerStatus);
    case 'muted':
      return mute(draft, event);
    case 'mute-ended':
      return endMute(draft, event);
    case 'unmuted':
      return unmute(draft, 'not-covered', event.unverified);
    case 'tick':
      return tick(draft, event);
  }
}
