import type { Heartbeat, HeartbeatStore } from '../../../lib/core/heartbeat/heartbeat-store.ts';
import { createFaults, type Faults } from './faults.ts';

/** Heartbeats in memory. */
export function createMemoryHeartbeatStore(faults: Faults = createFaults()): HeartbeatStore {
  const port = faults.port('heartbeats');
  const heartbeats = new Map<string, Heartbeat>();

  return {
    record: (sign, spacing) =>
      port.run('note', () => {
        const known = heartbeats.get(sign.source);
        if (known !== undefined && known.seenAt > sign.seenAt - spacing) return;
        heartbeats.set(sign.source, structuredClone(sign));
      }),
    list: () =>
      port.run('list', () =>
        [...heartbeats.values()]
          .toSorted((a, b) => (a.source < b.source ? -1 : 1))
          .map((sign) => structuredClone(sign)),
      ),
  };
}
