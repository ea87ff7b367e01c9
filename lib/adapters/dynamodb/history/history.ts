import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { AlertDetail } from '../../../core/alert/alert.ts';
import { summarizeDiagnosis } from '../../../core/diagnosis/findings/diagnosis-summary.ts';
import type { Diagnosis } from '../../../core/diagnosis/findings/finding.ts';
import type { IncidentHistory } from '../../../core/history/history.ts';
import { mergeDetails, mergeWaitingDetails } from '../../../core/history/merge-details.ts';
import {
  listDiagnosisKeys,
  readDeliveries,
  readDiagnoses,
  readDiagnosisSummaries,
  readItem,
  readTimeline,
} from '../incidents/child-items.ts';
import { readEarlierEpisodes } from '../incidents/earlier-episodes.ts';
import { toIncident } from '../incidents/incident-item.ts';
import { readOpenIncidents } from '../incidents/open-incidents.ts';
import { putWhereHeld, StoreError } from '../table/errors.ts';
import { marshall } from '../table/marshall.ts';
import {
  createChildItem,
  type DynamoTable,
  formatSeq,
  parseChildContent,
  parseIncidentId,
  toKey,
} from '../table/table.ts';
import { toDiagnosisEntry } from './diagnosis-entry.ts';
import { listSummaries } from './list-summaries.ts';

/** Attempts at merging alert details while another consumer merges its own. */
const MERGE_ATTEMPTS = 8;

/** History in DynamoDB: child items of the incident, and listings from the indexes. */
export function createDynamoHistory(table: DynamoTable): IncidentHistory {
  const { client, tableName } = table;

  const read = (key: { pk: string; sk: string }) => readItem(table, key);

  /** Stores a child item unless one is there: the first wins. */
  function put(key: { pk: string; sk: string }, content: object, entry?: object): Promise<boolean> {
    return putWhereHeld(
      client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: createChildItem(table, key, content, entry),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    );
  }

  async function readDetails(incidentId: string): Promise<{ details: AlertDetail[]; revision: number }> {
    const item = await read(toKey(incidentId, 'detail'));
    return item ? parseChildContent(item) : { details: [], revision: 0 };
  }

  async function readDiagnosis(incidentId: string, id: string): Promise<Diagnosis | undefined> {
    for (const key of listDiagnosisKeys(incidentId, id)) {
      const item = await read(key);
      if (item) return parseChildContent(item);
    }
    return undefined;
  }

  return {
    async addDetails(incidentId, details) {
      for (let attempt = 1; attempt <= MERGE_ATTEMPTS; attempt++) {
        const stored = await readDetails(incidentId);
        const merged = mergeDetails(stored.details, details);
        if (hasSameMembers(merged, stored.details)) return;
        const content = { details: merged, revision: stored.revision + 1 };
        const merging = new PutItemCommand({
          TableName: tableName,
          Item: createChildItem(table, toKey(incidentId, 'detail'), content),
          ConditionExpression: 'attribute_not_exists(pk) OR content.revision = :revision',
          ExpressionAttributeValues: marshall({ ':revision': stored.revision }),
        });
        if (await putWhereHeld(client.send(merging))) return;
      }
      throw new StoreError(
        `alert details of ${incidentId} changed ${MERGE_ATTEMPTS} times while being merged`,
      );
    },

    async details(incidentId) {
      return (await readDetails(incidentId)).details;
    },

    async addTimeline(incidentId, entry) {
      await put(toKey(incidentId, 'timeline', formatSeq(entry.seq), entry.id), entry);
    },

    async addDiagnosis(diagnosis) {
      const { incidentId, seq } = diagnosis;
      const key = toKey(incidentId, 'diagnosis', formatSeq(seq));
      const item = (await put(key, diagnosis, toDiagnosisEntry(diagnosis))) ? undefined : await read(key);
      // Only the TTL can have removed the item in between.
      const stored: Diagnosis = item ? parseChildContent(item) : diagnosis;
      // Written after the diagnosis, so that a repeat after a crash also writes the missing summary.
      await put(toKey(incidentId, 'diagnosis-summary', formatSeq(seq)), summarizeDiagnosis(stored));
      return stored;
    },

    /** Reads this version's key only, because this read comes before every diagnosis. */
    async diagnosis(incidentId, id) {
      const [key] = listDiagnosisKeys(incidentId, id);
      const item = key && (await read(key));
      return item && parseChildContent(item);
    },

    async diagnosisSummaries(incidentId) {
      return (await readDiagnosisSummaries(table, incidentId)).found;
    },

    async diagnoses(incidentId, ids) {
      const found = await Promise.all(ids.map((id) => readDiagnosis(incidentId, id)));
      return found.filter((each) => each !== undefined).toSorted((a, b) => a.seq - b.seq);
    },

    async record(incidentId) {
      if (!parseIncidentId(incidentId)) return undefined;
      const item = await read(toKey(incidentId, 'incident'));
      if (!item) return undefined;
      const [{ details }, diagnosisSummaries, diagnoses, timeline, deliveries] = await Promise.all([
        readDetails(incidentId),
        readDiagnosisSummaries(table, incidentId),
        readDiagnoses(table, incidentId),
        readTimeline(table, incidentId),
        readDeliveries(table, incidentId),
      ]);
      const incident = toIncident(item);
      const parts = { diagnosisSummaries, timeline, deliveries };
      return {
        incident,
        alerts: mergeWaitingDetails(details, incident),
        diagnosisSummaries: diagnosisSummaries.found,
        diagnoses,
        timeline: timeline.found,
        deliveries: deliveries.found,
        cut: (['diagnosisSummaries', 'timeline', 'deliveries'] as const).filter((part) => parts[part].cut),
      };
    },

    list: (query) => listSummaries(table, query),

    earlier: (incidentId, limit) => readEarlierEpisodes(table, incidentId, limit),

    open: (source, limit) => readOpenIncidents(table, source, limit),
  };
}

function hasSameMembers(a: AlertDetail[], b: AlertDetail[]): boolean {
  return a.length === b.length && a.every((detail, index) => detail === b[index]);
}
