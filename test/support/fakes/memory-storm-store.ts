import { MINUTE, type Millis } from '../../../lib/core/shared/time.ts';
import type { DigestRecord, Storm, StormEntry } from '../../../lib/core/storm/storm.ts';
import type { DigestStore, StormDetector, StormEntries } from '../../../lib/core/storm/storm-store.ts';
import { createFaults, type Faults } from './faults.ts';
import { claimed, savedUnder } from './memory-claims.ts';

export type MemoryStorms = { stormDetector: StormDetector; entries: StormEntries; digests: DigestStore };

type Place = {
  windowAt: Millis;
  ids: Set<string>;
  storm?: { startedAt: Millis; until: Millis; hasCloser: boolean };
};

/** Storms and their digests in memory. */
export function createMemoryStorms(faults: Faults = createFaults()): MemoryStorms {
  const port = faults.port('storms');
  const places = new Map<string, Place>();
  const entries = new Map<string, Map<string, StormEntry>>();
  const digests = new Map<string, DigestRecord>();
  const savedBy = new Map<string, string>();
  const at = ({ place, startedAt }: Storm) => `${place} ${startedAt}`;
  const shown = (storm: Storm): DigestRecord => digests.get(at(storm)) ?? { shownAt: 0, claimUntil: 0 };

  return {
    stormDetector: {
      admit: (name, { incidentId, now, limit, until }) =>
        port.run('enter', () => {
          const place = places.get(name) ?? { windowAt: 0, ids: new Set() };
          places.set(name, place);
          const { storm } = place;
          if (storm && storm.until > now) {
            return { kind: 'storm', startedAt: storm.startedAt, hasCloser: storm.hasCloser };
          }
          if (place.windowAt <= now - MINUTE) {
            place.windowAt = now;
            place.ids = new Set();
          }
          if (place.ids.has(incidentId)) return { kind: 'standalone' };
          if (place.ids.size < limit) {
            place.ids.add(incidentId);
            return { kind: 'standalone' };
          }
          if (until === undefined) return { kind: 'standalone' };
          place.storm = { startedAt: now, until, hasCloser: false };
          return { kind: 'storm', startedAt: now, hasCloser: false };
        }),
      latest: (name) =>
        port.run('latest', () => {
          const storm = places.get(name)?.storm;
          return storm && { startedAt: storm.startedAt, until: storm.until };
        }),
      keep: ({ place, startedAt }, change) =>
        port.run('keep', () => {
          const storm = places.get(place)?.storm;
          if (storm?.startedAt === startedAt) Object.assign(storm, change);
        }),
    },
    entries: {
      put: (storm, entry) =>
        port.run('put', () => {
          const all = entries.get(at(storm)) ?? new Map<string, StormEntry>();
          entries.set(at(storm), all);
          const before = all.get(entry.incidentId);
          if (before && before.seq >= entry.seq) return structuredClone(before);
          const stored = { ...entry, addedAt: before?.addedAt ?? entry.addedAt };
          all.set(entry.incidentId, stored);
          return structuredClone(stored);
        }),
      all: (storm) => port.run('all', () => structuredClone([...(entries.get(at(storm))?.values() ?? [])])),
    },
    digests: {
      read: (storm) => port.run('read', () => structuredClone(shown(storm))),
      claim: (storm, claim) =>
        port.run('claim', () => {
          const record = claimed(shown(storm), claim);
          if (record) digests.set(at(storm), record);
          return structuredClone(record);
        }),
      save: (storm, record, holder) =>
        port.run('save', () => {
          const saved = savedUnder(shown(storm), savedBy.get(at(storm)), record, holder);
          if (!saved) return false;
          digests.set(at(storm), saved);
          savedBy.set(at(storm), holder.owner);
          return true;
        }),
    },
  };
}
