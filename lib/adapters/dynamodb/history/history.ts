import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { AlertDetail } from '../../../core/alert/alert.ts';
import { lookOf } from '../../../core/diagnosis/findings/diagnosis-summary.ts';
import type { Diagnosis } from '../../../core/diagnosis/findings/finding.ts';
import type { IncidentHistory } from '../../../core/history/history.ts';
import { mergeDetails, withWaitingDetails } from '../../../core/history/merge-details.ts';
import {
  diagnosisKeys,
  readDeliveries,
  readDiagnoses,
  readItem,
  readLooks,
  readTimeline,
} from '../incidents/child-items.ts';
import { earlierEpisodes } from '../incidents/earlier-episodes.ts';
import { incidentOf } from '../incidents/incident-item.ts';
import { openIncidents } from '../incidents/open-incidents.ts';
import { holds, StoreError } from '../table/errors.ts';
import { marshall } from '../table/marshall.ts';
import { addressOf, contentOf, type DynamoTable, keyOf, seqKey, siblingItem } from '../table/table.ts';
import { diagnosisEntry } from './diagnosis-entry.ts';
import { listSummaries } from './list-summaries.ts';

/** Attempts at merging alert details while another consumer merges its own. */
const MERGE_ATTEMPTS = 8;

/** History in DynamoDB: items beside the state item, and listings from the indexes. */
export function createDynamoHistory(table: DynamoTable): IncidentHistory {
  const { client, tableName } = table;

  const read = (key: { pk: string; sk: string }) => readItem(table, key);

  /** Stores a sibling unless one is there: the first wins. */
  function put(key: { pk: string; sk: string }, content: object, entry?: object): Promise<boolean> {
    return holds(
      client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: siblingItem(table, key, content, entry),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    );
  }

  async function storedDetails(incidentId: string): Promise<{ details: AlertDetail[]; revision: number }> {
    const item = await read(keyOf(incidentId, 'detail'));
    return item ? contentOf(item) : { details: [], revision: 0 };
  }

  async function storedDiagnosis(incidentId: string, id: string): Promise<Diagnosis | undefined> {
    for (const key of diagnosisKeys(incidentId, id)) {
      const item = await read(key);
      if (item) return contentOf(item);
    }
    return undefined;
  }

  return {
    async addDetails(incidentId, details) {
      for (let attempt = 1; attempt <= MERGE_ATTEMPTS; attempt++) {
        const stored = await storedDetails(incidentId);
        const merged = mergeDetails(stored.details, details);
        if (sameMembers(merged, stored.details)) return;
        const content = { details: merged, revision: stored.revision + 1 };
        const merging = new PutItemCommand({
          TableName: tableName,
          Item: siblingItem(table, keyOf(incidentId, 'detail'), content),
          ConditionExpression: 'attribute_not_exists(pk) OR content.revision = :revision',
          ExpressionAttributeValues: marshall({ ':revision': stored.revision }),
        });
        if (await holds(client.send(merging))) return;
      }
      throw new StoreError(
        `alert details of ${incidentId} changed ${MERGE_ATTEMPTS} times while being merged`,
      );
    },

    async details(incidentId) {
      return (await storedDetails(incidentId)).details;
    },

    async addTimeline(incidentId, entry) {
      await put(keyOf(incidentId, 'timeline', seqKey(entry.seq), entry.id), entry);
    },

    async addDiagnosis(diagnosis) {
      const { incidentId, seq } = diagnosis;
      const key = keyOf(incidentId, 'diagnosis', seqKey(seq));
      const item = (await put(key, diagnosis, diagnosisEntry(diagnosis))) ? undefined : await read(key);
      // Only the TTL can have taken it in between.
      const stored: Diagnosis = item ? contentOf(item) : diagnosis;
      // After the diagnosis, so that a repeat, which finds that one, also writes what a crash kept from being written.
      await put(keyOf(incidentId, 'look', seqKey(seq)), lookOf(stored));
      return stored;
    },

    /** Looks under this version's key alone: one read, before every diagnosis. */
    async diagnosis(incidentId, id) {
      const [key] = diagnosisKeys(incidentId, id);
      const item = key && (await read(key));
      return item && contentOf(item);
    },

    async looks(incidentId) {
      return (await readLooks(table, incidentId)).found;
    },

    async diagnoses(incidentId, ids) {
      const found = await Promise.all(ids.map((id) => storedDiagnosis(incidentId, id)));
      return found.filter((each) => each !== undefined).toSorted((a, b) => a.seq - b.seq);
    },

    async record(incidentId) {
      if (!addressOf(incidentId)) return undefined;
      const item = await read(keyOf(incidentId, 'incident'));
      if (!item) return undefined;
      const [{ details }, looks, diagnoses, timeline, deliveries] = await Promise.all([
        storedDetails(incidentId),
        readLooks(table, incidentId),
        readDiagnoses(table, incidentId),
        readTimeline(table, incidentId),
        readDeliveries(table, incidentId),
      ]);
      const incident = incidentOf(item);
      const parts = { looks, timeline, deliveries };
      return {
        incident,
        alerts: withWaitingDetails(details, incident),
        looks: looks.found,
        diagnoses,
        timeline: timeline.found,
        deliveries: deliveries.found,
        cut: (['looks', 'timeline', 'deliveries'] as const).filter((part) => parts[part].cut),
      };
    },

    list: (query) => listSummaries(table, query),

    earlier: (incidentId, limit) => earlierEpisodes(table, incidentId, limit),

    open: (source, limit) => openIncidents(table, source, limit),
  };
}

function sameMembers(a: AlertDetail[], b: AlertDetail[]): boolean {
  return a.length === b.length && a.every((detail, index) => detail === b[index]);
}
