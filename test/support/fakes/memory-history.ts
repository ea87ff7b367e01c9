import type { AlertDetail } from '../../../lib/core/alert/alert.ts';
import { summarizeDiagnosis } from '../../../lib/core/diagnosis/findings/diagnosis-summary.ts';
import type { Diagnosis } from '../../../lib/core/diagnosis/findings/finding.ts';
import {
  type IncidentHistory,
  MOST_EXAMINED,
  type Quarantine,
  type QuarantinedWebhook,
  recordLimits,
  type TimelineEntry,
} from '../../../lib/core/history/history.ts';
import { mergeDetails, mergeWaitingDetails } from '../../../lib/core/history/merge-details.ts';
import { compareNewestFirst, matches, toSummary } from '../../../lib/core/history/summary.ts';
import { createFaults, type Faults } from './faults.ts';
import { createMemoryDestinationStore, type MemoryDestinationStore } from './memory-destination-store.ts';
import { createMemoryIncidentStore, type MemoryIncidentStore } from './memory-incident-store.ts';

export type MemoryHistory = IncidentHistory & {
  readonly calls: Record<string, number>;
  timelineOf(incidentId: string): TimelineEntry[];
  allDiagnoses(): Diagnosis[];
};

type ChildItems = {
  details: AlertDetail[];
  timeline: Map<string, TimelineEntry>;
  diagnoses: Map<string, Diagnosis>;
};

/** History in memory, over the incidents and deliveries of the given stores. */
export function createMemoryHistory(
  faults: Faults = createFaults(),
  incidents: MemoryIncidentStore = createMemoryIncidentStore(faults),
  destinations: MemoryDestinationStore = createMemoryDestinationStore(faults),
): MemoryHistory {
  const port = faults.port('history');
  const byIncident = new Map<string, ChildItems>();

  function childItems(incidentId: string): ChildItems {
    const found = byIncident.get(incidentId) ?? { details: [], timeline: new Map(), diagnoses: new Map() };
    byIncident.set(incidentId, found);
    return found;
  }
  const inOrder = (incidentId: string) =>
    [...childItems(incidentId).diagnoses.values()].toSorted(
      (a, b) => a.seq - b.seq || a.startedAt - b.startedAt,
    );
  const timelineOf = (incidentId: string) =>
    structuredClone(
      [...childItems(incidentId).timeline.values()].toSorted(
        (a, b) => a.seq - b.seq || (a.id < b.id ? -1 : 1),
      ),
    );

  return {
    calls: port.calls,
    timelineOf,
    allDiagnoses: () =>
      structuredClone([...byIncident.values()].flatMap(({ diagnoses }) => [...diagnoses.values()])),
    addDetails: (incidentId, details) =>
      port.run('addDetails', () => {
        const own = childItems(incidentId);
        own.details = structuredClone(mergeDetails(own.details, details));
      }),
    details: (incidentId) => port.run('details', () => structuredClone(childItems(incidentId).details)),
    addTimeline: (incidentId, entry) =>
      port.run('addTimeline', () => {
        const { timeline } = childItems(incidentId);
        if (!timeline.has(entry.id)) timeline.set(entry.id, structuredClone(entry));
      }),
    addDiagnosis: (diagnosis) =>
      port.run('addDiagnosis', () => {
        const { diagnoses } = childItems(diagnosis.incidentId);
        const first = diagnoses.get(diagnosis.id) ?? structuredClone(diagnosis);
        diagnoses.set(diagnosis.id, first);
        return structuredClone(first);
      }),
    diagnosis: (incidentId, id) =>
      port.run('diagnosis', () => structuredClone(childItems(incidentId).diagnoses.get(id))),
    diagnosisSummaries: (incidentId) =>
      port.run('diagnosisSummaries', () => inOrder(incidentId).map(summarizeDiagnosis)),
    diagnoses: (incidentId, ids) =>
      port.run('diagnoses', () => structuredClone(inOrder(incidentId).filter(({ id }) => ids.includes(id)))),
    record: (incidentId) =>
      port.run('record', () => {
        const incident = structuredClone(incidents.items.get(incidentId));
        if (!incident) return undefined;
        const diagnoses = inOrder(incidentId);
        const all = {
          diagnosisSummaries: diagnoses.map(summarizeDiagnosis),
          timeline: timelineOf(incidentId),
          deliveries: destinations.deliveriesOf(incidentId),
        };
        return {
          incident,
          alerts: structuredClone(mergeWaitingDetails(childItems(incidentId).details, incident)),
          diagnosisSummaries: all.diagnosisSummaries.slice(-recordLimits.diagnosisSummaries),
          diagnoses: structuredClone(
            diagnoses.filter((_, at) => at === 0 || at > diagnoses.length - recordLimits.diagnoses),
          ),
          timeline: all.timeline.slice(-recordLimits.timeline),
          deliveries: all.deliveries.slice(-recordLimits.deliveries),
          cut: (['diagnosisSummaries', 'timeline', 'deliveries'] as const).filter(
            (part) => all[part].length > recordLimits[part],
          ),
        };
      }),
    list: (query) =>
      port.run('list', () => {
        const { from, to, after, limit, status, alertname } = query;
        // Like the indexes: entries outside the key cost nothing, all other filters only drop entries.
        const byKey = {
          from,
          to,
          limit,
          after,
          status: status === 'open' ? status : undefined,
        };
        const named = status === 'open' || alertname === undefined ? byKey : { ...byKey, alertname };
        const entries = [...incidents.items.values()]
          .filter((incident) => !incident.neverFired)
          .map(toSummary)
          .filter((summary) => matches(summary, named))
          .toSorted(compareNewestFirst);
        const examined = entries.slice(0, MOST_EXAMINED);
        const passing = examined.filter((summary) => matches(summary, query));
        const listed = passing.slice(0, limit);
        const goOn = passing.length > limit ? listed.at(-1) : undefined;
        const last = goOn ?? (entries.length > examined.length ? examined.at(-1) : undefined);
        return {
          incidents: structuredClone(listed),
          next: last && { openedAt: last.openedAt, id: last.id },
        };
      }),
    earlier: (incidentId, limit) =>
      port.run('earlier', () => {
        const own = incidents.items.get(incidentId);
        const before = [...incidents.items.values()]
          .filter(({ key, episode }) => key === own?.key && episode < own.episode)
          .toSorted((a, b) => b.episode - a.episode);
        const fired = before.slice(0, limit).filter((incident) => !incident.neverFired);
        return { incidents: structuredClone(fired.map(toSummary)), complete: before.length <= limit };
      }),
    open: (source, limit) =>
      port.run('open', () => {
        const open = [...incidents.items.values()]
          .filter((incident) => incident.status === 'open' && !incident.neverFired)
          .toSorted(compareNewestFirst);
        const found = open.slice(0, limit).filter((each) => each.source === source);
        return { incidents: structuredClone(found.map(toSummary)), complete: open.length <= limit };
      }),
  };
}

export type MemoryQuarantine = Quarantine & {
  readonly calls: Record<string, number>;
  readonly entries: QuarantinedWebhook[];
};

/** Unreadable bodies in memory. */
export function createMemoryQuarantine(faults: Faults = createFaults()): MemoryQuarantine {
  const port = faults.port('quarantine');
  const entries: QuarantinedWebhook[] = [];

  return {
    calls: port.calls,
    entries,
    add: (entry) =>
      port.run('add', () => {
        if (!entries.some((known) => known.id === entry.id)) entries.push(structuredClone(entry));
      }),
    list: (limit) =>
      port.run('list', () =>
        structuredClone(
          [...entries].toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)).slice(0, limit),
        ),
      ),
  };
}
