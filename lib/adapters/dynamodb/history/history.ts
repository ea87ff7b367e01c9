import type { IncidentHistory, IncidentRecord } from '../../../core/history/history.ts';
import { mergeWaitingDetails } from '../../../core/history/merge-details.ts';
import {
  readDeliveries,
  readDiagnoses,
  readDiagnosisSummaries,
  readTimeline,
} from '../incidents/child-items.ts';
import { readEarlierEpisodes } from '../incidents/earlier-episodes.ts';
import { toIncident } from '../incidents/incident-item.ts';
import { readOpenIncidents } from '../incidents/open-incidents.ts';
import { type DynamoTable, formatSeq, parseIncidentId, toKey } from '../table/table.ts';
import { get } from '../table/verbs.ts';
import { addDetails, readDetails } from './alert-details.ts';
import { addDiagnosis, putFirst, readDiagnosesById, readDiagnosis } from './diagnoses.ts';
import { listSummaries } from './list-summaries.ts';

/** History in DynamoDB: child items of the incident, and listings from the indexes. */
export function createDynamoHistory(table: DynamoTable): IncidentHistory {
  return {
    addDetails: (incidentId, details) => addDetails(table, incidentId, details),

    details: (incidentId) => readDetails(table, incidentId),

    async addTimeline(incidentId, entry) {
      await putFirst(table, toKey(incidentId, 'timeline', formatSeq(entry.seq), entry.id), entry);
    },

    addDiagnosis: (diagnosis) => addDiagnosis(table, diagnosis),

    diagnosis: (incidentId, id) => readDiagnosis(table, incidentId, id),

    diagnosisSummaries: async (incidentId) => (await readDiagnosisSummaries(table, incidentId)).found,

    diagnoses: (incidentId, ids) => readDiagnosesById(table, incidentId, ids),

    record: (incidentId) => readRecord(table, incidentId),

    list: (query) => listSummaries(table, query),

    earlier: (incidentId, limit) => readEarlierEpisodes(table, incidentId, limit),

    open: (source, limit) => readOpenIncidents(table, source, limit),
  };
}

async function readRecord(table: DynamoTable, incidentId: string): Promise<IncidentRecord | undefined> {
  if (!parseIncidentId(incidentId)) return undefined;
  const item = await get(table, toKey(incidentId, 'incident'));
  if (!item) return undefined;
  const [details, diagnosisSummaries, diagnoses, timeline, deliveries] = await Promise.all([
    readDetails(table, incidentId),
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
}
