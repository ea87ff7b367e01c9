import type { DigestRecord, Storm, StormEntry } from '../../../core/storm/storm.ts';
import type { DigestStore, StormEntries } from '../../../core/storm/storm-store.ts';
import { createChildAttributes, parseChild } from '../table/child-item.ts';
import { claimItem, saveClaimed } from '../table/claim-item.ts';
import { marshall } from '../table/marshall.ts';
import type { DynamoTable, Item, Key } from '../table/table.ts';
import { get, putIf, query } from '../table/verbs.ts';
import { getStormPartition } from './storm-detector.ts';

type Prefix = 'entry' | 'digest';

function keyOf({ place, startedAt }: Storm, prefix: Prefix, ...rest: string[]): Key {
  return {
    pk: getStormPartition(place),
    sk: [prefix, String(startedAt).padStart(15, '0'), ...rest].join('#'),
  };
}

/** One small item an incident, so that a storm of any size stays under DynamoDB's limits. */
export function createDynamoStormEntries(table: DynamoTable): StormEntries {
  async function read(storm: Storm, incidentId: string): Promise<StormEntry | undefined> {
    const item = await get(table, keyOf(storm, 'entry', incidentId));
    return item && toEntry(item);
  }

  return {
    async put(storm, entry) {
      const before = await read(storm, entry.incidentId);
      if (before && before.seq >= entry.seq) return before;
      const stored = { ...entry, addedAt: before?.addedAt ?? entry.addedAt };
      const key = keyOf(storm, 'entry', entry.incidentId);
      const item = marshall({ ...stored, ...key, ...createChildAttributes(table) });
      const written = await putIf(table, item, 'attribute_not_exists(pk) OR seq < :seq', { seq: entry.seq });
      return written ? stored : ((await read(storm, entry.incidentId)) ?? stored);
    },

    async all(storm) {
      const where = 'pk = :pk AND begins_with(sk, :sk)';
      return (await query(table, { where, values: keyOf(storm, 'entry', '') })).map(toEntry);
    },
  };
}

function toEntry(item: Item): StormEntry {
  const { incidentId, seq, at, addedAt, alertname, group, source, severity, openedAt, alerts, state } =
    parseChild(item);
  return { incidentId, seq, at, addedAt, alertname, group, source, severity, openedAt, alerts, state };
}

/** The message that shows the digest, and the time up to which it is published. */
export function createDynamoDigests(table: DynamoTable): DigestStore {
  return {
    read: async (storm) => toDigest(await get(table, keyOf(storm, 'digest'))),

    async claim(storm, claim) {
      const item = await claimItem(table, keyOf(storm, 'digest'), claim);
      return item && toDigest(item);
    },

    save: (storm, record, holder) => saveClaimed(table, keyOf(storm, 'digest'), record, holder),
  };
}

function toDigest(item?: Item): DigestRecord {
  const { pk: _pk, sk: _sk, schema: _, expiresAt: __, savedBy: ___, ...record } = parseChild(item);
  return { shownAt: 0, claimUntil: 0, ...record };
}
