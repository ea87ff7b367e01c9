import type { HeartbeatStore } from '../../core/heartbeat/heartbeat-store.ts';
import type { AlertmanagerStatus } from '../../core/incident/event.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { UnwritableError } from '../../core/incident/incident-store.ts';
import { findNextDue } from '../../core/incident/state-machine/next-due.ts';
import { shouldReconcile } from '../../core/incident/state-machine/should-reconcile.ts';
import { transition } from '../../core/incident/state-machine/transition.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import { type IncidentPolicy } from '../../core/runbook/policy.ts';
import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';
import { publishEffects } from '../incident/publish-effects.ts';
import { mapBounded } from '../shared/map-bounded.ts';
import { answerForHeartbeats } from './check-heartbeats.ts';
import { type QueryAlertmanagerPorts, queryOncePerSource } from './query-alertmanager.ts';
import { createCutOffIntake, type TakeInCutOffPorts } from './take-in-cut-off.ts';

/** Incidents read at once, oldest first; after a full batch the next one follows while there is time. */
const BATCH = 500;
const CONCURRENCY = 8;
/** Short enough for the next tick, long enough to follow everything that waits already. */
const BACK_OFF: Millis = 30_000;

export type AdvanceIncidentsPorts = TakeInCutOffPorts &
  QueryAlertmanagerPorts & { heartbeats: Pick<HeartbeatStore, 'list'>; log: Log };

/** `failed` incidents are due again; `left` incidents were not reached in time. */
export type TickSummary = { due: number; changed: number; failed: number; left: number };

type Ask = (incident: Incident) => Promise<AlertmanagerStatus>;

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
  const intake = createCutOffIntake(ports, queries.listed);
  const askOne = answerForHeartbeats(ports, queries.status);
  const ask = async (incident: Incident) => {
    const answer = await askOne(incident);
    const unfinished = intake.unfinishedFor(incident);
    return unfinished === undefined ? answer : { ...answer, unfinished };
  };
  const waitsForIntake = (incident: Incident) => {
    if (incident.truncation === undefined) return false;
    intake.note(incident);
    waiting.push(incident.id);
    return true;
  };
  const tried = new Set<string>();
  const waiting: string[] = [];

  const work = async (id: string, waits?: (incident: Incident) => boolean) => {
    if (ports.clock.now() >= stopAt) {
      summary.left += 1;
      return;
    }
    try {
      if (await processOne(ports, id, ask, waits)) summary.changed += 1;
    } catch (error) {
      summary.failed += 1;
      ports.log.error('an incident could not be processed', { incidentId: id, error });
      await defer(ports, id);
    }
  };

  for (let full = true; full && ports.clock.now() < stopAt; ) {
    const limit = BATCH + tried.size;
    const listed = await ports.incidents.due(ports.clock.now(), limit);
    full = listed.length === limit;
    const due = listed.filter((id) => !tried.has(id));
    for (const id of due) tried.add(id);
    summary.due += due.length;
    await mapBounded(due, CONCURRENCY, (id) => work(id, waitsForIntake));
  }
  // Whether a mark may end depends on what else could be taken in. At least half of the time is left for those that wait.
  await intake.takeIn(ports.clock.now() + (stopAt - ports.clock.now()) / 2);
  await mapBounded(waiting, CONCURRENCY, (id) => work(id));
  return summary;
}

/** `true` when the incident changed. One that has to ask is left as it is if it waits. */
async function processOne(
  ports: AdvanceIncidentsPorts,
  id: string,
  ask: Ask,
  waits: (incident: Incident) => boolean = () => false,
): Promise<boolean> {
  const before = await ports.incidents.get(id);
  if (before === undefined) return false;
  const policy = findPolicy(ports.catalog, before.alertname);

  const now = ports.clock.now();
  const asks = shouldReconcile(before, now, policy);
  if (asks && waits(before)) return false;
  const alertmanagerStatus = asks ? await ask(before) : undefined;
  const after = await write(ports, before, alertmanagerStatus, (seen) => decide(before, policy, now, seen));
  // Lost the race: another writer changed it, and it stays due if anything remains.
  if (after === 'conflict') return false;
  if (after.effects.length > 0) await publishEffects(ports, after, policy);
  else if (after === before) await correctDue(ports, before, policy);
  return after.version !== before.version;
}

/** Cut-off alerts must not cost the incident its tiers: if the store refuses them, decides without them. */
async function write(
  ports: AdvanceIncidentsPorts,
  before: Incident,
  alertmanagerStatus: AlertmanagerStatus | undefined,
  decideBy: (alertmanagerStatus: AlertmanagerStatus | undefined) => Incident,
): Promise<Incident | 'conflict'> {
  const after = decideBy(alertmanagerStatus);
  if (after.version === before.version) return after;
  try {
    return (await ports.incidents.write(after, before.version)) === 'conflict' ? 'conflict' : after;
  } catch (error) {
    const hasCutOff = (alertmanagerStatus?.cutOff ?? []).length > 0;
    if (alertmanagerStatus === undefined || !hasCutOff || !(error instanceof UnwritableError)) throw error;
    ports.log.error('alerts that were cut off could not be stored', { incidentId: before.id, error });
    return write(ports, before, { ...alertmanagerStatus, cutOff: [] }, decideBy);
  }
}

/** Reconciles if needed, then ticks: each with its own version and effect, in one write. */
function decide(
  before: Incident,
  policy: IncidentPolicy,
  now: Millis,
  alertmanagerStatus: AlertmanagerStatus | undefined,
): Incident {
  if (alertmanagerStatus === undefined) return after(before, { type: 'tick' });

  const reconciled = after(before, { type: 'reconciled', alertmanagerStatus });
  return after(reconciled, {
    type: 'tick',
    unverified: alertmanagerStatus.kind === 'unknown' ? alertmanagerStatus.why : undefined,
  });

  function after(incident: Incident, event: Parameters<typeof transition>[1]): Incident {
    const result = transition(incident, event, now, policy);
    return result.changed && result.incident ? result.incident : incident;
  }
}

/** Nothing was due, because the runbook's times changed or a run crashed: corrects the due time. */
async function correctDue(
  ports: AdvanceIncidentsPorts,
  incident: Incident,
  policy: IncidentPolicy,
): Promise<void> {
  const due = findNextDue(incident, policy);
  if (due !== incident.nextDueAt) await ports.incidents.dropPublishedEffects(incident, [], due);
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
