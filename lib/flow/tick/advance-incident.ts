import type { AlertmanagerStatus } from '../../core/incident/event.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { UnwritableError } from '../../core/incident/incident-store.ts';
import { findNextDue } from '../../core/incident/state-machine/next-due.ts';
import { shouldReconcile } from '../../core/incident/state-machine/should-reconcile.ts';
import { transition } from '../../core/incident/state-machine/transition.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { IncidentPolicy } from '../../core/runbook/policy.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type PublishEffectsPorts, publishEffects } from '../incident/publish-effects.ts';

export type AdvanceIncidentPorts = PublishEffectsPorts & {
  catalog: RunbookCatalog;
  clock: { now(): Millis };
  log: Log;
};

/** `alertmanagerStatus`: absent if Alertmanager need not be asked. */
type Known = { policy: IncidentPolicy; now: Millis; alertmanagerStatus: AlertmanagerStatus | undefined };

/** Asks whether an incident's alerts still fire. */
export type Ask = (incident: Incident) => Promise<AlertmanagerStatus>;

/**
 * Does what is due of one incident. `true` when it changed. One for which Alertmanager has to be asked is left as it
 * is if it `waits`.
 */
export async function advanceIncident(
  ports: AdvanceIncidentPorts,
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
  const after = await decideAndWrite(ports, before, { policy, now, alertmanagerStatus });
  // Lost the race: another writer changed it, and it stays due if anything remains.
  if (after === 'conflict') return false;
  if (after.effects.length > 0) await publishEffects(ports, after, policy);
  else if (after === before) await correctDue(ports, before, policy);
  return after.version !== before.version;
}

/** Cut-off alerts must not cost the incident its tiers: if the store refuses them, decides without them. */
async function decideAndWrite(
  ports: AdvanceIncidentPorts,
  before: Incident,
  known: Known,
): Promise<Incident | 'conflict'> {
  const after = decide(before, known);
  if (after.version === before.version) return after;
  try {
    return (await ports.incidents.write(after, before.version)) === 'conflict' ? 'conflict' : after;
  } catch (error) {
    const { alertmanagerStatus } = known;
    const hasCutOff = (alertmanagerStatus?.cutOff ?? []).length > 0;
    if (alertmanagerStatus === undefined || !hasCutOff || !(error instanceof UnwritableError)) throw error;
    ports.log.error('alerts that were cut off could not be stored', { incidentId: before.id, error });
    return decideAndWrite(ports, before, {
      ...known,
      alertmanagerStatus: { ...alertmanagerStatus, cutOff: [] },
    });
  }
}

/** Reconciles if needed, then ticks: each with its own version and effect, in one write. */
function decide(before: Incident, { policy, now, alertmanagerStatus }: Known): Incident {
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
  ports: AdvanceIncidentPorts,
  incident: Incident,
  policy: IncidentPolicy,
): Promise<void> {
  const due = findNextDue(incident, policy);
  if (due !== incident.nextDueAt) await ports.incidents.dropPublishedEffects(incident, [], due);
}
