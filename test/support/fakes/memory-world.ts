import type { FailureReportStore } from '../../../lib/core/delivery/delivery-stores.ts';
import type { DiagnosisClock } from '../../../lib/core/diagnosis/run-check.ts';
import type { HeartbeatStore } from '../../../lib/core/heartbeat/heartbeat-store.ts';
import type { MaintenanceStore } from '../../../lib/core/maintenance/maintenance-store.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { createMarkHours, type MarkHours } from '../../../lib/flow/diagnose/mark-hours.ts';
import { createRecordHeartbeat, type RecordHeartbeat } from '../../../lib/flow/receive/record-heartbeat.ts';
import { createFaults, type Faults } from './faults.ts';
import { createMemoryDestinationStore, type MemoryDestinationStore } from './memory-destination-store.ts';
import { createMemoryFailureReportStore } from './memory-failure-report-store.ts';
import { createMemoryHeartbeatStore } from './memory-heartbeat-store.ts';
import {
  createMemoryHistory,
  createMemoryQuarantine,
  type MemoryHistory,
  type MemoryQuarantine,
} from './memory-history.ts';
import { createMemoryIncidentStore, type MemoryIncidentStore } from './memory-incident-store.ts';
import { createMemoryMaintenanceStore } from './memory-maintenance-store.ts';
import {
  createMemoryDeliveryQueue,
  createMemoryEffectQueue,
  type MemoryDeliveryQueue,
  type MemoryEffectQueue,
} from './memory-queues.ts';
import { createMemoryRateLimitStore, type MemoryRateLimitStore } from './memory-rate-limit-store.ts';
import { createMemoryStatistics, type MemoryStatistics } from './memory-statistics.ts';
import { createMemoryStorms, type MemoryStorms } from './memory-storm-store.ts';

/** A clock that stands still until a test moves it; work that waited for that time then goes on. */
export type FakeClock = DiagnosisClock & {
  advance(by: Millis): Millis;
  set(to: Millis): void;
  pause(ms: Millis): Promise<void>;
  /** The time at which the next waiting work goes on. */
  nextAt(): Millis | undefined;
};

/** All stores and queues of the flows, in memory, with one clock and one set of planned failures. */
export type MemoryWorld = {
  clock: FakeClock;
  faults: Faults;
  incidents: MemoryIncidentStore;
  effects: MemoryEffectQueue;
  deliveries: MemoryDeliveryQueue;
  destinations: MemoryDestinationStore;
  history: MemoryHistory;
  quarantine: MemoryQuarantine;
  heartbeats: HeartbeatStore;
  maintenances: MaintenanceStore;
  recordHeartbeat: RecordHeartbeat;
  rateLimits: MemoryRateLimitStore;
  storms: MemoryStorms;
  channelFailures: FailureReportStore;
  statistics: MemoryStatistics;
  markHours: MarkHours;
};

/** A new world at `start`, by default 2026-11-24 03:00 UTC. */
export function createMemoryWorld(start: Millis = Date.UTC(2026, 10, 24, 3)): MemoryWorld {
  const clock = createFakeClock(start);
  const faults = createFaults();
  const incidents = createMemoryIncidentStore(faults);
  const destinations = createMemoryDestinationStore(faults);
  const heartbeats = createMemoryHeartbeatStore(faults);
  const history = createMemoryHistory(faults, incidents, destinations);
  const statistics = createMemoryStatistics(faults, incidents, history);
  return {
    clock,
    faults,
    incidents,
    destinations,
    effects: createMemoryEffectQueue(clock.now, faults),
    deliveries: createMemoryDeliveryQueue(clock.now, faults),
    history,
    quarantine: createMemoryQuarantine(faults),
    heartbeats,
    maintenances: createMemoryMaintenanceStore(faults),
    recordHeartbeat: createRecordHeartbeat(heartbeats),
    rateLimits: createMemoryRateLimitStore(faults),
    storms: createMemoryStorms(faults),
    channelFailures: createMemoryFailureReportStore(faults),
    statistics,
    markHours: createMarkHours(statistics.dirtyHours),
  };
}

export function createFakeClock(start: Millis): FakeClock {
  let time = start;
  let waiting: { at: Millis; resolve(): void }[] = [];
  function set(to: Millis): void {
    time = to;
    const due = waiting.filter(({ at }) => at <= to);
    waiting = waiting.filter(({ at }) => at > to);
    for (const { resolve } of due) resolve();
  }
  return {
    now: () => time,
    advance(by) {
      set(time + by);
      return time;
    },
    set,
    nextAt: () => (waiting.length === 0 ? undefined : Math.min(...waiting.map(({ at }) => at))),
    pause: (ms) => new Promise<void>((resolve) => void waiting.push({ at: time + ms, resolve })),
    after: (ms, signal) =>
      new Promise<void>((resolve) => {
        const entry = { at: time + ms, resolve };
        waiting.push(entry);
        signal.addEventListener('abort', () => {
          waiting = waiting.filter((each) => each !== entry);
        });
      }),
  };
}
