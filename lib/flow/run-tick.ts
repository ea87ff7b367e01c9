import type { ActiveAlert, AlertmanagerProbe, Bounds, ProbeResult } from '../core/diagnosis/probe.ts';
import type { Sight } from '../core/incident/event.ts';
import type { Incident } from '../core/incident/incident.ts';
import { needsSight } from '../core/incident/needs-sight.ts';
import { type Transition, transition } from '../core/incident/transition.ts';
import { policyFor } from '../core/runbook/policy-for.ts';
import type { RunbookCatalog } from '../core/runbook/runbook.ts';
import { incidentKeyOf } from '../core/runbook/subject-of.ts';
import type { Log } from '../core/shared/log.ts';
import type { Millis } from '../core/shared/time.ts';
import { type HandOverPorts, handOver } from './hand-over.ts';

/** Incidents looked at in one tick; the rest is due again a minute later, oldest first. */
const MAX_INCIDENTS = 500;
const CONCURRENCY = 8;
const ASK_TIMEOUT = 5_000;

export type RunTickPorts = HandOverPorts & {
  /** Absent: no Alertmanager is configured, and notices say that they are unverified. */
  alertmanager?: AlertmanagerProbe;
  catalog: RunbookCatalog;
  clock: { now(): Millis };
  /** A signal that aborts after so many milliseconds. */
  abortAfter(ms: number): AbortSignal;
  log: Log;
};

/** `failed` incidents are due again; `left` ones were not reached in time. */
export type TickSummary = { due: number; changed: number; failed: number; left: number };

/**
 * Does what is due: doubts, lost resolves, tiers, reminders, the end of flapping, and effects that a crash left
 * behind. One incident's failure never stops the others. Overlapping ticks are safe, because every write is
 * conditional on the version that was read.
 */
export async function runTick(ports: RunTickPorts, options: { stopAfterMs: Millis }): Promise<TickSummary> {
  const stopAt = ports.clock.now() + options.stopAfterMs;
  const waiting = await ports.incidents.due(ports.clock.now(), MAX_INCIDENTS);
  const summary: TickSummary = { due: waiting.length, changed: 0, failed: 0, left: 0 };
  const ask = askOncePerSource(ports);

  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      if (ports.clock.now() >= stopAt) {
        summary.left += 1;
        continue;
      }
      try {
        if (await tickOne(ports, id, ask)) summary.changed += 1;
      } catch (error) {
        summary.failed += 1;
        ports.log.error('an incident could not be ticked', { incidentId: id, error: messageOf(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return summary;
}

type Ask = (source: string) => Promise<ProbeResult<ActiveAlert[]>>;

async function tickOne(ports: RunTickPorts, id: string, ask: Ask): Promise<boolean> {
  const before = await ports.incidents.get(id);
  if (before === undefined) return false;
  const policy = policyFor(ports.catalog, before.alertname);
  const now = ports.clock.now();

  const result = await decide(ports, before, now, ask);
  if (result.changed && result.incident !== undefined) {
    // Lost: somebody changed it since, and it stays due if there is anything left to do.
    const written = await ports.incidents.write(result.incident, before.version);
    if (written === 'conflict') return false;
  }
  if (result.incident !== undefined) await handOver(ports, result.incident, policy);
  return result.changed;
}

/** Reconcile, where it is called for, and tick: two transitions, one version, one write. */
async function decide(ports: RunTickPorts, before: Incident, now: Millis, ask: Ask): Promise<Transition> {
  const policy = policyFor(ports.catalog, before.alertname);
  if (!needsSight(before, now, policy)) return transition(before, { type: 'tick' }, now, policy);

  const sight = sightOf(ports.catalog, before, await ask(before.source));
  const reconciled = transition(before, { type: 'reconciled', sight }, now, policy);
  const unverified = sight.kind === 'unknown' ? { unverified: sight.why } : {};
  if (!reconciled.changed) return transition(before, { type: 'tick', ...unverified }, now, policy);
  // One version, one effect: what the answer itself had to say comes first, and the tick has its turn next minute.
  if (reconciled.effects.length > 0 || reconciled.incident === undefined) return reconciled;

  const ticked = transition(
    { ...reconciled.incident, version: before.version },
    { type: 'tick', ...unverified },
    now,
    policy,
  );
  return ticked.changed ? ticked : reconciled;
}

/** What the answer says about one incident's alerts. Alerts past the tracking cap are matched by incident key. */
function sightOf(catalog: RunbookCatalog, incident: Incident, answer: ProbeResult<ActiveAlert[]>): Sight {
  if (answer.kind === 'failed') return { kind: 'unknown', why: answer.reason };
  const tracked = new Set(incident.alerts.map((alert) => alert.fingerprint));
  const ours = answer.value.filter(
    (alert) =>
      tracked.has(alert.fingerprint) ||
      (incident.overflow > 0 && incidentKeyOf(catalog, incident.source, alert.labels) === incident.key),
  );
  const fingerprints = (list: ActiveAlert[]) => list.map((alert) => alert.fingerprint);
  return {
    kind: 'answer',
    active: fingerprints(ours.filter((alert) => alert.state !== 'suppressed')),
    suppressed: fingerprints(ours.filter((alert) => alert.state === 'suppressed')),
  };
}

function askOncePerSource(ports: RunTickPorts): Ask {
  const answers = new Map<string, Promise<ProbeResult<ActiveAlert[]>>>();
  return (source) => {
    const known = answers.get(source);
    if (known) return known;
    const answer = askNow(ports, source);
    answers.set(source, answer);
    return answer;
  };
}

async function askNow(ports: RunTickPorts, source: string): Promise<ProbeResult<ActiveAlert[]>> {
  if (ports.alertmanager === undefined) return { kind: 'failed', reason: 'ALERTMANAGER_URL is not set' };
  const bounds: Bounds = {
    timeoutMs: ASK_TIMEOUT,
    maxRows: Number.MAX_SAFE_INTEGER,
    maxBytes: 32 * 1024 * 1024,
    signal: ports.abortAfter(ASK_TIMEOUT),
  };
  try {
    return await ports.alertmanager.alerts(source, bounds);
  } catch (error) {
    return { kind: 'failed', reason: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
