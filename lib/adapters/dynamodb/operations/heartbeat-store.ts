import type { Heartbeat, HeartbeatStore } from '../../../core/heartbeat/heartbeat-store.ts';
import { parseChild, renewChild } from '../table/child-item.ts';
import type { DynamoTable, Item } from '../table/table.ts';
import { query, updateIf } from '../table/verbs.ts';

/** Partition of all heartbeats, few and small; incident keys are hashes and never look like this. */
const PARTITION = 'heartbeat';

/** The last heartbeat of each source. Calls made: `record` one UpdateItem, `list` one Query. */
export function createDynamoHeartbeatStore(table: DynamoTable): HeartbeatStore {
  return {
    async record({ source, seenAt, externalURL }, spacing) {
      const heartbeat = renewChild(table, {
        set: 'seenAt = :seenAt, externalURL = :externalURL',
        when: 'attribute_not_exists(seenAt) OR seenAt <= :before',
        values: { seenAt, before: seenAt - spacing, externalURL },
      });
      await updateIf(table, { pk: PARTITION, sk: source }, heartbeat);
    },

    async list() {
      const items = await query(table, { where: 'pk = :pk', values: { pk: PARTITION } });
      return items.map(toHeartbeat);
    },
  };
}

function toHeartbeat(item: Item): Heartbeat {
  const { sk, seenAt, externalURL } = parseChild(item);
  return { source: sk, seenAt, externalURL };
}
