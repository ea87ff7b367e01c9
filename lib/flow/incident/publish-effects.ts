import type { EffectQueue } from '../../core/incident/effect-queue.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';
import { findNextDue } from '../../core/incident/state-machine/next-due.ts';
import type { IncidentPolicy } from '../../core/runbook/policy.ts';

export type PublishEffectsPorts = { incidents: IncidentStore; effects: EffectQueue };

/**
 * Sends a written incident's effects to the queue, oldest first, then drops the accepted ones. After a crash
 * they stay in the item for a retry or the next tick; the queue drops duplicates by id. Throws when the queue
 * fails or accepts only some of them.
 */
export async function publishEffects(
  ports: PublishEffectsPorts,
  incident: Incident,
  policy: IncidentPolicy,
): Promise<void> {
  const { effects } = incident;
  if (effects.length === 0) return;
  const accepted = await ports.effects.publish(incident, effects);
  if (accepted > 0) {
    const remaining = effects.slice(accepted);
    // If superseded, the newer writer has the rest and publishes them.
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
