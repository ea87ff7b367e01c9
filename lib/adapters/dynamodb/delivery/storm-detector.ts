import { MINUTE, type Millis } from '../../../core/shared/time.ts';
import type { Admission, Arrival, StormDetector } from '../../../core/storm/storm-store.ts';
import { parseChild, renewChild } from '../table/child-item.ts';
import { StoreError } from '../table/errors.ts';
import type { DynamoTable, Key } from '../table/table.ts';
import { get, type Update, updateIf } from '../table/verbs.ts';

/** Each lost race means that another incident was admitted, so this covers as many as can arrive at once. */
const MAX_ATTEMPTS = 100;

const CALM = '(attribute_not_exists(stormUntil) OR stormUntil <= :now)';

/** Partition of a destination and its storms; incident keys are hashes and never look like this. */
export function getStormPartition(place: string): string {
  return `storm#${place}`;
}

type Detector = {
  table: DynamoTable;
  /** Until when another run is known to count at a destination, so that opening a window would only fail. */
  countsUntil: Map<string, Millis>;
};

/** One item a destination: the incidents admitted within a minute, at most the limit, and the latest storm. */
export function createDynamoStormDetector(table: DynamoTable): StormDetector {
  const detector: Detector = { table, countsUntil: new Map() };

  return {
    async admit(place, arrival) {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const admission = await admitOnce(detector, place, arrival);
        if (admission) return admission;
      }
      throw new StoreError(`lost the race for ${place} ${MAX_ATTEMPTS} times`);
    },

    async latest(place) {
      const { stormAt, stormUntil } = await read(table, place);
      return stormAt === undefined ? undefined : { startedAt: stormAt, until: stormUntil };
    },

    async keep({ place, startedAt }, change) {
      const [set, value] =
        'until' in change ? ['stormUntil = :value', change.until] : ['hasCloser = :value', true];
      await update(table, place, { set, when: 'stormAt = :startedAt', values: { value, startedAt } });
    },
  };
}

/** `undefined`: another run was faster, so the caller tries again. */
async function admitOnce(
  detector: Detector,
  place: string,
  arrival: Arrival,
): Promise<Admission | undefined> {
  const { table, countsUntil } = detector;
  const { incidentId, now, limit, until } = arrival;
  const standalone: Admission = { kind: 'standalone' };
  if (now >= (countsUntil.get(place) ?? 0) && (await openWindow(detector, place, incidentId, now)))
    return standalone;
  const state = await read(table, place);
  countsUntil.set(place, Math.max(state.windowAt + MINUTE, state.stormUntil));
  if (state.stormAt !== undefined && state.stormUntil > now) {
    return { kind: 'storm', startedAt: state.stormAt, hasCloser: state.hasCloser };
  }
  if (state.windowAt <= now - MINUTE)
    return (await openWindow(detector, place, incidentId, now)) ? standalone : undefined;
  if (state.ids.has(incidentId)) return standalone;
  const seen = { now, seen: state.windowAt };
  if (state.ids.size < limit) {
    const joined = await update(table, place, {
      add: 'ids :ids',
      when: `windowAt = :seen AND size(ids) < :limit AND ${CALM}`,
      values: { ...seen, ids: new Set([incidentId]), limit },
    });
    return joined ? standalone : undefined;
  }
  if (until === undefined) return standalone;
  const begun = await update(table, place, {
    set: 'stormAt = :now, stormUntil = :until',
    remove: 'hasCloser',
    when: `windowAt = :seen AND ${CALM}`,
    values: { ...seen, until },
  });
  return begun ? { kind: 'storm', startedAt: now, hasCloser: false } : undefined;
}

/** Starts a new count if nothing arrived for a minute, without reading first. */
async function openWindow(
  { table, countsUntil }: Detector,
  place: string,
  incidentId: string,
  now: Millis,
): Promise<boolean> {
  const opened = await update(table, place, {
    set: 'windowAt = :now, ids = :ids',
    when: `(attribute_not_exists(windowAt) OR windowAt <= :before) AND ${CALM}`,
    values: { now, ids: new Set([incidentId]), before: now - MINUTE },
  });
  if (opened) countsUntil.set(place, now + MINUTE);
  return opened;
}

function update(table: DynamoTable, place: string, change: Update): Promise<boolean> {
  return updateIf(table, toDetectorKey(place), renewChild(table, change));
}

async function read(table: DynamoTable, place: string): Promise<DetectorState> {
  const item = parseChild(await get(table, toDetectorKey(place)));
  const { windowAt = 0, ids, stormAt, stormUntil = 0, hasCloser } = item;
  return { windowAt, ids: new Set(ids), stormUntil, hasCloser: hasCloser === true, stormAt };
}

function toDetectorKey(place: string): Key {
  return { pk: getStormPartition(place), sk: 'detector' };
}

type DetectorState = {
  windowAt: Millis;
  ids: Set<string>;
  stormAt?: Millis;
  stormUntil: Millis;
  hasCloser: boolean;
};
