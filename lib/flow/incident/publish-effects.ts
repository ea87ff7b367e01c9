import type { EffectQueue } from '../../core/incident/effect-queue.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';
import { findNextDue } from '../../core/incident/state-machine/next-due.ts';
import type { IncidentPolicy } from '../../core/runbook/policy.ts';

export type PublishEffectsPorts = { incidents: IncidentStore; effects: EffectQueue };

/**
 * Hands a written incident's effects to the queue, oldest first, then drops those that were accepted.
 * A crash anywhere leaves them in the item, for the sender's retry or the next tick; what is sent twice is
 * swallowed by its id. Throws when the queue did not take all of them or cannot be reached.
 */
export async function publishEffects(
  ports: PublishEffectsPorts,
  incident: Incident,
  policy: IncidentPolicy,
): Promise<void> {
  const { effects } = incident;
  if (effects.length === 0) return;
  const accepted = await ports.effects.hand(incident, effects);
  if (accepted > 0) {
    const remaining = effects.slice(accepted);
    // Superseded: a newer writer has the rest, and hands it on.
    await ports.incidents.dropPublishedEffects(
      incident,
      remaining,
      findNextDue({ ...incident, effects: remaining }, policy),
    );
  }
  if (accepted < effects.length) {
    throw new Error(`the diagnose queue accepted ${accepted} of ${effects.length} effects`);
  }
}
