import { parseTimePart } from '../../../lib/core/maintenance/maintenance.ts';
import type { Maintenance, MaintenanceStore } from '../../../lib/core/maintenance/maintenance-store.ts';
import { createFaults, type Faults } from './faults.ts';

/** Maintenances in memory. */
export function createMemoryMaintenanceStore(faults: Faults = createFaults()): MaintenanceStore {
  const port = faults.port('maintenances');
  const items = new Map<string, Maintenance>();
  const muted = new Map<string, Set<string>>();

  return {
    add: (maintenance) =>
      port.run('add', () => {
        if (!items.has(maintenance.id)) items.set(maintenance.id, structuredClone(maintenance));
      }),
    get: (id) => port.run('get', () => structuredClone(items.get(id))),
    endingAfter: (after) =>
      port.run('endingAfter', () =>
        [...items.values()]
          .filter(({ id }) => id > `${parseTimePart(after)}~`)
          .toSorted((a, b) => (a.id < b.id ? -1 : 1))
          .map((item) => structuredClone(item)),
      ),
    end: (id, at) =>
      port.run('end', () => {
        const item = items.get(id);
        if (item !== undefined && item.endedAt === undefined && item.to > at) item.endedAt = at;
        return structuredClone(item);
      }),
    markNotified: (id, at) =>
      port.run('markNotified', () => {
        const item = items.get(id);
        if (item !== undefined) item.notifiedAt ??= at;
      }),
    recordMuted: (id, incidentId) =>
      port.run('noteMuted', () => {
        muted.set(id, (muted.get(id) ?? new Set()).add(incidentId));
      }),
    mutedIncidents: (id) => port.run('mutedIncidents', () => [...(muted.get(id) ?? [])]),
  };
}
