import type { RateLimitStore } from '../../../lib/core/delivery/delivery-stores.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { createFaults, type Faults } from './faults.ts';

export type MemoryRateLimitStore = RateLimitStore & {
  /** Booked slots of each bucket, oldest first. */
  readonly turns: ReadonlyMap<string, Millis[]>;
};

/** The next free slot of each bucket, in memory. */
export function createMemoryRateLimitStore(faults: Faults = createFaults()): MemoryRateLimitStore {
  const port = faults.port('paces');
  const next = new Map<string, Millis>();
  const blocked = new Map<string, Millis>();
  const turns = new Map<string, Millis[]>();

  return {
    turns,
    book: (bucket, { now, spacing, bookingWindow }) =>
      port.run('take', () => {
        const at = Math.max(now, next.get(bucket) ?? 0);
        if (at > now + bookingWindow)
          return { kind: 'busy', until: at, blocked: (blocked.get(bucket) ?? 0) > now };
        next.set(bucket, at + spacing);
        turns.set(bucket, [...(turns.get(bucket) ?? []), at]);
        return { kind: 'slot', at, blocked: (blocked.get(bucket) ?? 0) > now ? true : undefined };
      }),
    block: (bucket, until) =>
      port.run('block', () => {
        blocked.set(bucket, Math.max(blocked.get(bucket) ?? 0, until));
        next.set(bucket, Math.max(next.get(bucket) ?? 0, until));
      }),
    blockedUntil: (bucket) => port.run('blockedUntil', () => blocked.get(bucket) ?? 0),
  };
}
