import type { ChannelFailure } from '../../../lib/core/delivery/delivery.ts';
import type { FailureReportStore } from '../../../lib/core/delivery/delivery-stores.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { createFaults, type Faults } from './faults.ts';

/** Troubles people know of, in memory. */
export function createMemoryTroubleStore(faults: Faults = createFaults()): FailureReportStore {
  const port = faults.port('troubles');
  const told = new Map<string, { at: Millis; key: string }>();
  const at = ({ destination, reason }: ChannelFailure) => `${destination} ${reason}`;

  return {
    mayTell: (trouble, key, now, since) =>
      port.run('mayTell', () => {
        const last = told.get(at(trouble));
        if (last && last.at >= since && last.key !== key) return false;
        told.set(at(trouble), { at: now, key });
        return true;
      }),
    untold: (trouble, key) =>
      port.run('untold', () => {
        if (told.get(at(trouble))?.key === key) told.delete(at(trouble));
      }),
  };
}
