import type { ChannelFailure } from '../../../core/delivery/deliver-message-schema.ts';
import type { FailureReportStore } from '../../../core/delivery/delivery-stores.ts';
import { renewChild } from '../table/child-item.ts';
import type { DynamoTable } from '../table/table.ts';
import { updateIf } from '../table/verbs.ts';

/** One item a destination and reason; incident keys are hashes and never look like its partition. */
export function createDynamoFailureReportStore(table: DynamoTable): FailureReportStore {
  const keyOf = ({ destination, reason }: ChannelFailure) => ({
    pk: `failure-report#${destination}`,
    sk: reason,
  });

  return {
    claimReport(channelFailure, key, now, since) {
      const report = renewChild(table, {
        set: 'reportedAt = :now, bearer = :key',
        when: 'attribute_not_exists(reportedAt) OR reportedAt < :since OR bearer = :key',
        values: { now, key, since },
      });
      return updateIf(table, keyOf(channelFailure), report);
    },

    async releaseReport(channelFailure, key) {
      // No role may delete an item; the rest of it expires by its time to live.
      await updateIf(table, keyOf(channelFailure), {
        remove: 'reportedAt, bearer',
        when: 'bearer = :key',
        values: { key },
      });
    },
  };
}
