import type { DeliverMessage } from '../../core/delivery/delivery.ts';
import type { DeliveryQueue } from '../../core/delivery/delivery-queue.ts';
import type { DiagnosisRequest } from '../../core/diagnosis/diagnose-effect.ts';
import type { Diagnosis } from '../../core/diagnosis/findings/finding.ts';
import { truncateDiagnosis } from '../../core/diagnosis/findings/truncate-diagnosis.ts';
import type { DiagnosisClock } from '../../core/diagnosis/run-diagnosis.ts';
import { extractAlertTexts } from '../../core/history/alert-texts.ts';
import type { IncidentHistory } from '../../core/history/history.ts';
import { type Effect, isEnd } from '../../core/incident/effect.ts';
import type { DiagnoseMessage } from '../../core/incident/effect-queue.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';
import { isFiring, selectCurrentDetails } from '../../core/incident/status.ts';
import {
  type ConfiguredChannels,
  type RoutedNotice,
  routeNotice,
  type Target,
} from '../../core/routing/route-notice.ts';
import { findRunbook } from '../../core/runbook/find-runbook.ts';
import { type Runbook, type RunbookCatalog } from '../../core/runbook/runbook.ts';
import { hashSha256 } from '../../core/shared/hash.ts';
import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type ApplyMaintenancePorts, applyMaintenance } from './apply-maintenance.ts';
import { type GatherContextPorts, gatherContext } from './gather-context.ts';
import type { MarkHours } from './mark-hours.ts';

export type DiagnoseIncidentPorts = {
  incidents: Pick<IncidentStore, 'get'>;
  history: Pick<IncidentHistory, 'addDetails' | 'details' | 'addTimeline' | 'addDiagnosis' | 'diagnosis'> &
    GatherContextPorts['history'];
  deliveries: DeliveryQueue;
  catalog: RunbookCatalog;
  channels: ConfiguredChannels;
  /** Absent, as for dead letters: nothing is muted. */
  muting?: ApplyMaintenancePorts;
  markHours: MarkHours;
  /** Runs the runbook's steps within the deadline; never throws for a failing check. */
  diagnose(request: DiagnosisRequest): Promise<Diagnosis>;
  clock: DiagnosisClock;
  log: Log;
};

export type DiagnoseIncidentResult = { targets: number; diagnosed: 'ran' | 'reused' | 'skipped' | 'none' };

/**
 * Processes one effect: records it in the history, runs the runbook's checks, and queues one delivery per
 * target. Every step is repeatable. Throws when the incident cannot be read or the deliver queue fails: the
 * message comes again. A diagnosis never makes it throw.
 *
 * `attempt` counts receives from 1; from the second on, the checks are skipped. `isDeadLetter` is set by the
 * consumer of the dead-letter queue, which only gets the notice out.
 */
export async function diagnoseIncident(
  ports: DiagnoseIncidentPorts,
  input: { message: DiagnoseMessage; attempt: number; isDeadLetter?: boolean },
): Promise<DiagnoseIncidentResult> {
  const { incidentId, effect } = input.message;
  const incident = await ports.incidents.get(incidentId);
  if (incident === undefined) throw new Error(`incident ${incidentId} is not there yet`);

  const isDeadLetter = input.isDeadLetter === true;
  await keepDetails(ports, incidentId, effect, isDeadLetter);
  const muted = effect.kind === 'record' ? undefined : await findMuteReason(ports, incident);
  await keepTimeline(ports, incidentId, effect, muted, isDeadLetter);
  if (effect.kind === 'record') {
    await markForStatistics(ports, incident, undefined);
    return { targets: 0, diagnosed: 'none' };
  }
  const runbook = findRunbook(ports.catalog, incident.alertname);
  const { diagnosed, diagnosis } = await diagnoseOnce(
    ports,
    { incident, effect, runbook },
    findSkipReason(effect, incident, input),
  );
  const messages = toDeliverMessages(ports, incident, runbook, effect, muted);
  if (messages.length === 0)
    ports.log.warn('a notice has no target: no channel is configured', { incidentId });
  await ports.deliveries.send(messages);
  await markForStatistics(ports, incident, diagnosis);
  return { targets: messages.length, diagnosed };
}

/**
 * Marks the incident's hours for a recount: every counted change of an incident comes with an effect. Runs
 * after the notice and never fails it. A recount by age covers an hour without its mark.
 */
async function markForStatistics(
  { markHours, clock, log }: DiagnoseIncidentPorts,
  incident: Incident,
  diagnosis: Diagnosis | undefined,
): Promise<void> {
  if (incident.neverFired) return;
  try {
    await markHours([incident.openedAt, ...(diagnosis ? [diagnosis.startedAt] : [])], clock.now());
  } catch (error) {
    log.error('an hour was not marked for the statistics', {
      incidentId: incident.id,
      error: getMessage(error),
    });
  }
}

function findMuteReason(ports: DiagnoseIncidentPorts, incident: Incident): Promise<string | undefined> {
  const { muting, history, catalog, log, clock } = ports;
  if (muting === undefined) return Promise.resolve(undefined);
  const details = () => history.details(incident.id);
  return applyMaintenance({ ports: { ...muting, catalog, log }, incident, details, now: clock.now() });
}

async function keepDetails(
  ports: DiagnoseIncidentPorts,
  incidentId: string,
  effect: Effect,
  isDeadLetter: boolean,
): Promise<void> {
  if (effect.details.length === 0) return;
  const details = effect.details.map((detail) => ({ ...detail, seq: effect.seq }));
  await writeHistory(ports, incidentId, isDeadLetter, () => ports.history.addDetails(incidentId, details));
}

async function keepTimeline(
  ports: DiagnoseIncidentPorts,
  incidentId: string,
  effect: Effect,
  muted: string | undefined,
  isDeadLetter: boolean,
): Promise<void> {
  const entry = {
    id: effect.id,
    seq: effect.seq,
    at: effect.at,
    what: effect.kind === 'record' ? ('recorded' as const) : effect.reason,
    summary: muted === undefined ? effect.summary : `${effect.summary} Nobody was notified: ${muted}.`,
    by: effect.by,
    note: effect.note,
    moves: effect.moves,
    tier: effect.tier,
    ...extractAlertTexts(effect.details),
  };
  await writeHistory(ports, incidentId, isDeadLetter, () => ports.history.addTimeline(incidentId, entry));
}

/** Only in a normal run is a failed write of history worth a retry: history must not cost the notice. */
async function writeHistory(
  ports: DiagnoseIncidentPorts,
  incidentId: string,
  isDeadLetter: boolean,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isDeadLetter) throw error;
    ports.log.error('history was not written for a dead letter', { incidentId, error: getMessage(error) });
  }
}

/** Why the checks are not run for this effect; `undefined`: they are. `quiet`: nobody expects them. */
function findSkipReason(
  effect: Effect,
  incident: Incident,
  input: { attempt: number; isDeadLetter?: boolean },
): { why: string; quiet: boolean } | undefined {
  if (input.isDeadLetter === true) return { why: 'the diagnosis failed repeatedly', quiet: false };
  const ends = isEnd(effect.reason);
  if (!effect.ping && !ends) return { why: 'nothing to check for this notice', quiet: true };
  const tierPages = effect.reason === 'reminder' || effect.reason === 'escalated';
  // It will not be sent (docs/rules.md#rule-11), and the resolve behind it must not wait for its checks.
  if (tierPages && !isFiring(incident)) return { why: 'nothing fires any more', quiet: true };
  if (input.attempt > 1) return { why: 'the first attempt to check did not finish', quiet: false };
  return undefined;
}

async function diagnoseOnce(
  ports: DiagnoseIncidentPorts,
  request: Omit<DiagnosisRequest, 'alerts'>,
  skip: { why: string; quiet: boolean } | undefined,
): Promise<{ diagnosed: DiagnoseIncidentResult['diagnosed']; diagnosis?: Diagnosis }> {
  const { incident, effect } = request;
  if (skip?.quiet) return { diagnosed: 'none' };
  try {
    if (skip === undefined) {
      const stored = await ports.history.diagnosis(incident.id, effect.id);
      if (stored) return { diagnosed: 'reused', diagnosis: stored };
      const [diagnosis, context] = await Promise.all([
        ports.history
          .details(incident.id)
          .then((details) => ports.diagnose({ ...request, alerts: selectCurrentDetails(incident, details) })),
        gatherContext(ports, incident),
      ]);
      const made = await ports.history.addDiagnosis(
        truncateDiagnosis({ ...diagnosis, ...context, reason: effect.reason }),
      );
      return { diagnosed: 'ran', diagnosis: made };
    }
    // Keeps a diagnosis that an earlier attempt has stored.
    const first = createSkipped(incident, effect, skip.why, ports.clock.now());
    return { diagnosed: 'skipped', diagnosis: await ports.history.addDiagnosis(first) };
  } catch (error) {
    ports.log.error('a diagnosis was lost; the notice is sent without it', {
      incidentId: incident.id,
      error: getMessage(error),
    });
  }
  return { diagnosed: 'skipped' };
}

function createSkipped(incident: Incident, effect: Effect, why: string, now: Millis): Diagnosis {
  return {
    schema: 1,
    id: effect.id,
    incidentId: incident.id,
    seq: effect.seq,
    reason: effect.reason,
    startedAt: now,
    finishedAt: now,
    findings: [],
    commands: [],
    skipped: why,
  };
}

function toDeliverMessages(
  ports: DiagnoseIncidentPorts,
  incident: Incident,
  runbook: Runbook,
  effect: Effect,
  muted: string | undefined,
): DeliverMessage[] {
  const targets = listTargets(ports, {
    runbook,
    severity: incident.severity,
    had: incident.severityHistory.map((entry) => entry.severity),
    reason: effect.reason,
    ping: effect.ping,
    tiers: effect.tiers,
    at: effect.at,
    tierPages: incident.tiers.pages ?? [],
  });
  return targets.map((target) => ({
    schema: 1,
    key: hashSha256(`${effect.id}\n${target.destination}`, 40),
    incidentId: incident.id,
    effectId: effect.id,
    seq: effect.seq,
    reason: effect.reason,
    ping: effect.ping,
    tier: effect.tier,
    tiers: effect.tiers,
    at: effect.at,
    summary: effect.summary,
    ...getUserAction(effect),
    unverified: effect.unverified,
    muted,
    target,
    attempt: 1,
  }));
}

/** If the people of a tier cannot be routed, the notice still reaches the destinations of routing.yaml. */
function listTargets({ catalog, channels, log }: DiagnoseIncidentPorts, notice: RoutedNotice): Target[] {
  try {
    return routeNotice(catalog, channels, notice);
  } catch (error) {
    log.error('a notice is sent without the people of its tiers', { error: getMessage(error) });
    return routeNotice(catalog, channels, { ...notice, tiers: [], tierPages: [] });
  }
}

function getUserAction({ by, note, silence }: Effect): Pick<DeliverMessage, 'userAction'> {
  if (by === undefined) return {};
  return {
    userAction: {
      by,
      note,
      silence,
    },
  };
}

function getMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
