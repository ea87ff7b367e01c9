import type { ChannelFailure } from '../../../lib/core/delivery/deliver-message-schema.ts';
import type { FailureReportStore } from '../../../lib/core/delivery/delivery-stores.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { createFaults, type Faults } from './faults.ts';

/** Reports of channel failures, in memory. */
export function createMemoryFailureReportStore(faults: Faults = createFaults()): FailureReportStore {
  const port = faults.port('troubles');
  const notified = new Map<string, { at: Millis; key: string }>();
  const at = ({ destination, reason }: ChannelFailure) => `${destination} ${reason}`;

  return {
    claimReport: (channelFailure, key, now, since) =>
      port.run('claimReport', () => {
        const last = notified.get(at(channelFailure));
        if (last && last.at >= since && last.key !== key) return false;
        notified.set(at(channelFailure), { at: now, key });
        return true;
      }),
    releaseReport: (channelFailure, key) =>
      port.run('releaseReport', () => {
        if (notified.get(at(channelFailure))?.key === key) notified.delete(at(channelFailure));
      }),
  };
}
