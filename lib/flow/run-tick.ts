import type { HeartbeatStore } from '../core/heartbeat/heartbeat-store.ts';
import type { Sight } from '../core/incident/event.ts';
import type { Incident } from '../core/incident/incident.ts';
import { needsSight } from '../core/incident/needs-sight.ts';
import { nextDueAt } from '../core/incident/next-due.ts';
import type { IncidentPolicy } from '../core/incident/policy.ts';
import { transition } from '../core/incident/transition.ts';
import { policyFor } from '../core/runbook/policy-for.ts';
import type { Log } from '../core/shared/log.ts';
import type { Millis } from '../core/shared/time.ts';
import { type AskAlertmanagerPorts, askOncePerSource } from './ask-alertmanager.ts';
import { type HandOverPorts, handOver } from './hand-over.ts';
import { mapBounded } from './map-bounded.ts';
import { askAlsoHeartbeats } from './watch-heartbeats.ts';

/** Incidents asked for at once, oldest first; a full batch is followed by the next while there is time. */
const BATCH = 500;
const CONCURRENCY = 8;
/** Short enough to be due in the next tick, long enough to stand behind everything that waits already. */
const BACK_OFF: Millis = 30_000;

export type RunTickPorts = HandOverPorts &
  AskAlertmanagerPorts & { heartbeats: Pick<HeartbeatStore, 'list'>; log: Log };

/** `failed` incidents are due again; `left` ones were not reached in time. */
export type TickSummary = { due: number; changed: number; failed: number; left: number };

type Ask = (incident: Incident) => Promise<Sight>;

/**
 * Does what is due: doubts, lost resolves, tiers, reminders, the end of flapping, and effects that a crash left
 * behind. An incident that fails stops no other: it goes to the back of the line, and one that cannot even be read
 * is passed by. Overlapping ticks are safe, because every write is conditional on the version that was read.
 */
export async function runTick(ports: RunTickPorts, options: { stopAfterMs: Millis }): Promise<TickSummary> {
  const stopAt = ports.clock.now() + options.stopAfterMs;
  const summary: TickSummary = { due: 0, changed: 0, failed: 0, left: 0 };
  const ask = askAlsoHeartbeats(ports, askOncePerSource(ports));
  const tried = new Set<string>();

  const work = async (id: string) => {
    if (ports.clock.now() >= stopAt) {
      summary.left += 1;
      return;
    }
    try {
      if (await tickOne(ports, id, ask)) summary.changed += 1;
    } catch (error) {
      summary.failed += 1;
      ports.log.error('an incident could not be ticked', { incidentId: id, error });
      await sendToTheBack(ports, id);
    }
  };

  for (let full = true; full && ports.clock.now() < stopAt; ) {
    const limit = BATCH + tried.size;
    const listed = await ports.incidents.due(ports.clock.now(), limit);
    full = listed.length === limit;
    const due = listed.filter((id) => !tried.has(id));
    for (const id of due) tried.add(id);
    await mapBounded(due, CONCURRENCY, work);
  }
  return { ...summary, due: tried.size };
}

/** `true` when the incident changed. */
async function tickOne(ports: RunTickPorts, id: string, ask: Ask): Promise<boolean> {
  const before = await ports.incidents.get(id);
  if (before === undefined) return false;
  const policy = policyFor(ports.catalog, before.alertname);

  const after = await decide(before, policy, ports.clock.now(), ask);
  if (after.version !== before.version) {
    // Lost: somebody changed it since, and it stays due if there is anything left to do.
    const written = await ports.incidents.write(after, before.version);
    if (written === 'conflict') return false;
  }
  if (after.effects.length > 0) await handOver(ports, after, policy);
  else if (after === before) await correctDue(ports, before, policy);
  return after.version !== before.version;
}

/** Reconcile, where it is called for, then tick: each with its own version and effect, in one write. */
async function decide(before: Incident, policy: IncidentPolicy, now: Millis, ask: Ask): Promise<Incident> {
  if (!needsSight(before, now, policy)) return after(before, { type: 'tick' });

  const sight = await ask(before);
  const reconciled = after(before, { type: 'reconciled', sight });
  return after(reconciled, { type: 'tick', ...(sight.kind === 'unknown' ? { unverified: sight.why } : {}) });

  function after(incident: Incident, event: Parameters<typeof transition>[1]): Incident {
    const result = transition(incident, event, now, policy);
    return result.changed && result.incident ? result.incident : incident;
  }
}

/** Nothing was due after all, because the runbook's times changed or a crash came between: says when it will be. */
async function correctDue(ports: RunTickPorts, incident: Incident, policy: IncidentPolicy): Promise<void> {
  const due = nextDueAt(incident, policy);
  if (due !== incident.nextDueAt) await ports.incidents.keepEffects(incident, [], due);
}

async function sendToTheBack(ports: RunTickPorts, id: string): Promise<void> {
  try {
    const incident = await ports.incidents.get(id);
    if (incident === undefined) return;
    await ports.incidents.keepEffects(incident, incident.effects, ports.clock.now() + BACK_OFF);
  } catch (error) {
    ports.log.warn('an incident could not be put back', { incidentId: id, error });
  }
}
