import type { Incident } from '../../../lib/core/incident/incident.ts';
import type { IncidentStore } from '../../../lib/core/incident/incident-store.ts';
import { createFaults, type Faults } from './faults.ts';

export type MemoryIncidentStore = IncidentStore & {
  readonly calls: Record<string, number>;
  /** Every stored episode by id; read it in assertions, never change it. */
  readonly items: Map<string, Incident>;
};

/** The incident table in memory: values are copied on the way in and out, and every write is conditional. */
export function createMemoryIncidentStore(faults: Faults = createFaults()): MemoryIncidentStore {
  const port = faults.port('incidents');
  const items = new Map<string, Incident>();

  return {
    calls: port.calls,
    items,
    latest: (key) =>
      port.run('latest', () => {
        let latest: Incident | undefined;
        for (const incident of items.values()) {
          if (incident.key === key && incident.episode > (latest?.episode ?? 0)) latest = incident;
        }
        return structuredClone(latest);
      }),
    get: (id) => port.run('get', () => structuredClone(items.get(id))),
    write: (incident, expectedVersion) =>
      port.run('write', () => {
        const stored = items.get(incident.id);
        if ((stored?.version ?? 0) !== expectedVersion) return 'conflict';
        items.set(incident.id, structuredClone(incident));
        return 'written';
      }),
    dropPublishedEffects: (incident, remaining, nextDueAt) =>
      port.run('keepEffects', () => {
        const stored = items.get(incident.id);
        if (stored?.version !== incident.version) return 'superseded';
        const { nextDueAt: _, ...rest } = stored;
        items.set(incident.id, structuredClone({ ...rest, effects: remaining, nextDueAt }));
        return 'kept';
      }),
    due: (now, limit) =>
      port.run('due', () =>
        [...items.values()]
          .filter((incident) => incident.nextDueAt !== undefined && incident.nextDueAt <= now)
          .toSorted((a, b) => (a.nextDueAt ?? 0) - (b.nextDueAt ?? 0) || (a.id < b.id ? -1 : 1))
          .slice(0, limit)
          .map((incident) => incident.id),
      ),
  };
}
