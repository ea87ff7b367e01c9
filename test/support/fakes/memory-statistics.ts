import { toSummary } from '../../../lib/core/history/summary.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { countFindings } from '../../../lib/core/statistics/counts.ts';
import type { DirtyHour } from '../../../lib/core/statistics/dirty-hour.ts';
import { getHour, type RollUp } from '../../../lib/core/statistics/roll-up.ts';
import type { DirtyHours, HourSource, RollUps } from '../../../lib/core/statistics/statistics-store.ts';
import { createFaults, type Faults } from './faults.ts';
import { createMemoryHistory, type MemoryHistory } from './memory-history.ts';
import { createMemoryIncidentStore, type MemoryIncidentStore } from './memory-incident-store.ts';

/** The sources and stores of the statistics, in memory. */
export type MemoryStatistics = { hours: HourSource; dirtyHours: DirtyHours; rollUps: RollUps };

/** Over the incidents and diagnoses of the given stores. */
export function createMemoryStatistics(
  faults: Faults = createFaults(),
  incidents: MemoryIncidentStore = createMemoryIncidentStore(faults),
  history: MemoryHistory = createMemoryHistory(faults, incidents),
): MemoryStatistics {
  return {
    hours: createMemoryHours(faults, incidents, history),
    dirtyHours: createMemoryDirtyHours(faults),
    rollUps: createMemoryRollUps(faults),
  };
}

function createMemoryHours(
  faults: Faults,
  incidents: MemoryIncidentStore,
  history: MemoryHistory,
): HourSource {
  const port = faults.port('hours');
  return {
    async *incidentsOf(hour) {
      const found = await port.run('incidentsOf', () =>
        [...incidents.items.values()]
          .filter(({ neverFired, openedAt }) => !neverFired && getHour(openedAt) === hour)
          .map((incident) => structuredClone(toSummary(incident))),
      );
      // One by one, so that no code relies on one page.
      for (const incident of found) yield [incident];
    },
    async *diagnosesOf(hour) {
      const found = await port.run('diagnosesOf', () =>
        history
          .allDiagnoses()
          .filter(({ startedAt }) => getHour(startedAt) === hour)
          .map(countFindings),
      );
      for (const diagnosis of found) yield [diagnosis];
    },
  };
}

function createMemoryDirtyHours(faults: Faults): DirtyHours {
  const port = faults.port('marks');
  const dirtyHours = new Map<Millis, DirtyHour>();
  const lastAttempted = new Map<Millis, Pick<DirtyHour, 'attemptedAt' | 'countedAt'>>();
  return {
    markDirty: (hour, at) =>
      port.run('mark', () => {
        const known = dirtyHours.get(hour);
        dirtyHours.set(hour, {
          hour,
          since: known?.since ?? at,
          markedAt: Math.max(known?.markedAt ?? 0, at),
        });
      }),
    list: () =>
      port.run('list', () =>
        [...dirtyHours.values()]
          .toSorted((a, b) => a.hour - b.hour)
          .map((markDirty) => ({ ...markDirty, ...lastAttempted.get(markDirty.hour) })),
      ),
    attempted: ({ hour, markedAt }, at, outcome) =>
      port.run('attempted', () => {
        const before = lastAttempted.get(hour);
        const countedAt = outcome === 'failed' ? before?.countedAt : at;
        lastAttempted.set(hour, { attemptedAt: at, countedAt });
        if (outcome === 'settled' && dirtyHours.get(hour)?.markedAt === markedAt) dirtyHours.delete(hour);
      }),
  };
}

function createMemoryRollUps(faults: Faults): RollUps {
  const port = faults.port('rollUps');
  const kept = new Map<Millis, { rollUp: RollUp; countedAt: Millis }>();
  return {
    keep: (rollUp, countedAt) =>
      port.run('keep', () => {
        const known = kept.get(rollUp.hour);
        if (known !== undefined && known.countedAt > countedAt) return;
        if (known === undefined && rollUp.quarters.length === 0) return;
        kept.set(rollUp.hour, { rollUp: structuredClone(rollUp), countedAt });
      }),
    between: (from, to) =>
      port.run('between', () =>
        [...kept.values()]
          .map(({ rollUp }) => structuredClone(rollUp))
          .filter(({ hour, quarters }) => hour >= from && hour < to && quarters.length > 0)
          .toSorted((a, b) => a.hour - b.hour),
      ),
  };
}
