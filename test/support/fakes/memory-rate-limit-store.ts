import type { RateLimitStore } from '../../../lib/core/delivery/delivery-stores.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { createFaults, type Faults } from './faults.ts';

export type MemoryPaceStore = RateLimitStore & {
  /** Turns that were taken in each lane, oldest first. */
  readonly turns: ReadonlyMap<string, Millis[]>;
};

/** When each channel may be asked next, in memory. */
export function createMemoryPaceStore(faults: Faults = createFaults()): MemoryPaceStore {
  const port = faults.port('paces');
  const next = new Map<string, Millis>();
  const held = new Map<string, Millis>();
  const turns = new Map<string, Millis[]>();

  return {
    turns,
    take: (lane, { now, spacing, reach }) =>
      port.run('take', () => {
        const at = Math.max(now, next.get(lane) ?? 0);
        if (at > now + reach) return { kind: 'busy', until: at, held: (held.get(lane) ?? 0) > now };
        next.set(lane, at + spacing);
        turns.set(lane, [...(turns.get(lane) ?? []), at]);
        return { kind: 'turn', at, ...((held.get(lane) ?? 0) > now ? { held: true as const } : {}) };
      }),
    hold: (lane, until) =>
      port.run('hold', () => {
        held.set(lane, Math.max(held.get(lane) ?? 0, until));
        next.set(lane, Math.max(next.get(lane) ?? 0, until));
      }),
    heldUntil: (lane) => port.run('heldUntil', () => held.get(lane) ?? 0),
  };
}
