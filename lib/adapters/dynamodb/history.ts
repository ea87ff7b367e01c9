import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AlertDetail } from '../../core/alert/alert.ts';
import type { DeliveryRecord } from '../../core/delivery/delivery.ts';
import type { Diagnosis } from '../../core/diagnosis/finding.ts';
import type { IncidentHistory, TimelineEntry } from '../../core/history/history.ts';
import { mergeDetails } from '../../core/history/merge-details.ts';
import { holds } from './condition.ts';
import { diagnosisEntry } from './diagnosis-entry.ts';
import { earlierEpisodes } from './earlier-episodes.ts';
import { StoreError } from './errors.ts';
import { type Item, incidentOf } from './incident-item.ts';
import { listSummaries } from './list-summaries.ts';
import { openIncidents } from './open-incidents.ts';
import { queryItems } from './query-items.ts';
import { contentOf, siblingItem } from './sibling-item.ts';
import { addressOf, type DynamoTable, keyOf, type SortKeyPrefix } from './table.ts';

/** Attempts at merging alert details while another consumer merges its own. */
const MERGE_ATTEMPTS = 8;

/** History in DynamoDB: items beside the state item, and listings from the indexes. */
export function createDynamoHistory(table: DynamoTable): IncidentHistory {
  const { client, tableName } = table;

  async function read(key: { pk: string; sk: string }): Promise<Item | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, ConsistentRead: true, Key: marshall(key) }),
    );
    return Item;
  }

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

  function siblings(incidentId: string, prefix: SortKeyPrefix): Promise<Item[]> {
    const { pk, sk } = keyOf(incidentId, prefix);
    return queryItems(client, {
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: marshall({ ':pk': pk, ':prefix': `${sk}#` }),
    });
  }

  async function storedDetails(incidentId: string): Promise<{ details: AlertDetail[]; revision: number }> {
    const item = await read(keyOf(incidentId, 'detail'));
    return item ? contentOf(item) : { details: [], revision: 0 };
  }

  async function diagnosesOf(incidentId: string): Promise<Diagnosis[]> {
    const items = await siblings(incidentId, 'diagnosis');
    return items
      .map((item): Diagnosis => contentOf(item))
      .toSorted((a, b) => a.seq - b.seq || a.startedAt - b.startedAt);
  }

  async function timelineOf(incidentId: string): Promise<TimelineEntry[]> {
    const items = await siblings(incidentId, 'timeline');
    return items
      .map((item): TimelineEntry => contentOf(item))
      .toSorted((a, b) => a.seq - b.seq || (a.id < b.id ? -1 : 1));
  }

  async function deliveriesOf(incidentId: string): Promise<DeliveryRecord[]> {
    const items = await siblings(incidentId, 'delivery');
    return items
      .map((item): DeliveryRecord => contentOf(item))
      .toSorted((a, b) => a.seq - b.seq || a.at - b.at || (a.key < b.key ? -1 : 1));
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
      await put(keyOf(incidentId, 'timeline', entry.id), entry);
    },

    async addDiagnosis(diagnosis) {
      const key = keyOf(diagnosis.incidentId, 'diagnosis', diagnosis.id);
      if (await put(key, diagnosis, diagnosisEntry(diagnosis))) return diagnosis;
      const first = await read(key);
      // Only the TTL can have taken it in between.
      return first ? contentOf(first) : diagnosis;
    },

    async diagnosis(incidentId, id) {
      const item = await read(keyOf(incidentId, 'diagnosis', id));
      return item && contentOf(item);
    },

    diagnoses: diagnosesOf,

    async record(incidentId) {
      if (!addressOf(incidentId)) return undefined;
      const [item, details, diagnoses, timeline, deliveries] = await Promise.all([
        read(keyOf(incidentId, 'incident')),
        storedDetails(incidentId),
        diagnosesOf(incidentId),
        timelineOf(incidentId),
        deliveriesOf(incidentId),
      ]);
      if (!item) return undefined;
      return {
        incident: incidentOf(item),
        alerts: details.details,
        diagnoses,
        timeline,
        deliveries,
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
