import type { IncidentEvent } from '../../core/incident/event.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { type Transition, transition } from '../../core/incident/state-machine/transition.ts';
import type { IncidentPolicy } from '../../core/runbook/policy.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type PublishEffectsPorts, publishEffects } from './publish-effects.ts';

/** Attempts at one conditional write. Each lost race means that another writer made progress. */
const MAX_ATTEMPTS = 8;

export type ApplyEventPorts = PublishEffectsPorts & {
  /** Waits a moment before attempt `n` (1, 2 …), so that racing writers spread out. */
  backOff(attempt: number): Promise<void>;
};

export type Change = {
  read(): Promise<Incident | undefined>;
  event: IncidentEvent;
  now: Millis;
  policyOf(incident: Incident | undefined): IncidentPolicy;
};

/**
 * Applies one event to an incident: read, decide, write if still unchanged, publish. After a lost race, reads
 * and decides again. Effects left by a crash are published even when nothing changes. Throws when the store
 * or the queue fails, or the race is lost too often: the caller retries.
 */
export async function applyEvent(ports: ApplyEventPorts, change: Change): Promise<Transition> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    if (attempt > 0) await ports.backOff(attempt);
    const before = await change.read();
    const policy = change.policyOf(before);
    const result = transition(before, change.event, change.now, policy);
    if (result.changed && result.incident !== undefined) {
      const sameEpisode = before?.episode === result.incident.episode;
      const written = await ports.incidents.write(result.incident, sameEpisode ? before.version : 0);
      if (written === 'conflict') continue;
      // Effects of the previous episode stay in its own item, for the tick.
    }
    if (result.incident !== undefined) await publishEffects(ports, result.incident, policy);
    return result;
  }
  throw new Error(`lost the race for an incident ${MAX_ATTEMPTS} times`);
}
