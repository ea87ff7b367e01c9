import type { HeartbeatStore } from '../../core/heartbeat/heartbeat-store.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';
import { mapBounded } from '../shared/map-bounded.ts';
import { type Ask, advanceIncident } from './advance-incident.ts';
import { answerForHeartbeats } from './check-heartbeats.ts';
import { type CutOffLedger, createCutOffLedger } from './cut-off-ledger.ts';
import { type QueryAlertmanagerPorts, queryOncePerSource } from './query-alertmanager.ts';
import { type TakeInCutOffPorts, takeInCutOff } from './take-in-cut-off.ts';

/** Incidents read at once, oldest first; after a full batch the next one follows while there is time. */
const BATCH = 500;
const CONCURRENCY = 8;
/** Short enough for the next tick, long enough to follow everything that waits already. */
const BACK_OFF: Millis = 30_000;

export type AdvanceIncidentsPorts = TakeInCutOffPorts &
  QueryAlertmanagerPorts & { heartbeats: Pick<HeartbeatStore, 'list'>; log: Log };

/** `failed` incidents are due again; `left` incidents were not reached in time. */
export type TickSummary = { due: number; changed: number; failed: number; left: number };

type Run = { stopAt: Millis; ask: Ask; summary: TickSummary };

/**
 * Processes due incidents: unconfirmed firings, lost resolves, tiers, reminders, the end of flapping, and
 * effects left by a crash. A failing incident stops no other: it is deferred, and an unreadable one is
 * skipped. Overlapping ticks are safe, because every write is conditional on the version that was read.
 */
export async function advanceIncidents(
  ports: AdvanceIncidentsPorts,
  options: { stopAfterMs: Millis },
): Promise<TickSummary> {
  const stopAt = ports.clock.now() + options.stopAfterMs;
  const summary: TickSummary = { due: 0, changed: 0, failed: 0, left: 0 };
  const queries = queryOncePerSource(ports);
  const ledger = createCutOffLedger();
  const ask = noteUnfinished(answerForHeartbeats(ports, queries.status), ledger);
  const run = { stopAt, ask, summary };
  const waiting: string[] = [];
  const waitsForIntake = (incident: Incident) => {
    if (incident.truncation === undefined) return false;
    ledger.note(incident);
    waiting.push(incident.id);
    return true;
  };

  for await (const due of readDue(ports, stopAt)) {
    summary.due += due.length;
    await advanceAll(ports, run, due, waitsForIntake);
  }
  // Whether a mark may end depends on what else could be taken in. At least half of the time is left for those that wait.
  const now = ports.clock.now();
  await takeInCutOff(ports, ledger, queries.listed, now + (stopAt - now) / 2);
  await advanceAll(ports, run, waiting);
  return summary;
}

/** Adds to an answer what could not be taken in of all that it lists. */
function noteUnfinished(ask: Ask, ledger: CutOffLedger): Ask {
  return async (incident) => {
    const answer = await ask(incident);
    const unfinished = ledger.unfinishedFor(incident);
    return unfinished === undefined ? answer : { ...answer, unfinished };
  };
}

/** Reads ids of due incidents in batches, each id once. The next batch is read when the last one was processed. */
async function* readDue(
  { incidents, clock }: Pick<AdvanceIncidentsPorts, 'incidents' | 'clock'>,
  stopAt: Millis,
): AsyncGenerator<string[]> {
  const tried = new Set<string>();
  for (let full = true; full && clock.now() < stopAt; ) {
    const limit = BATCH + tried.size;
    const listed = await incidents.due(clock.now(), limit);
    full = listed.length === limit;
    const due = listed.filter((id) => !tried.has(id));
    for (const id of due) tried.add(id);
    yield due;
  }
}

async function advanceAll(
  ports: AdvanceIncidentsPorts,
  { stopAt, ask, summary }: Run,
  ids: string[],
  waits?: (incident: Incident) => boolean,
): Promise<void> {
  await mapBounded(ids, CONCURRENCY, async (id) => {
    if (ports.clock.now() >= stopAt) {
      summary.left += 1;
      return;
    }
    try {
      if (await advanceIncident(ports, id, ask, waits)) summary.changed += 1;
    } catch (error) {
      summary.failed += 1;
      ports.log.error('an incident could not be processed', { incidentId: id, error });
      await defer(ports, id);
    }
  });
}

async function defer(ports: AdvanceIncidentsPorts, id: string): Promise<void> {
  try {
    const incident = await ports.incidents.get(id);
    if (incident === undefined) return;
    await ports.incidents.dropPublishedEffects(incident, incident.effects, ports.clock.now() + BACK_OFF);
  } catch (error) {
    ports.log.warn('an incident could not be deferred', { incidentId: id, error });
  }
}
