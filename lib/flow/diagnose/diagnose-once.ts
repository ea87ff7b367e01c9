import type { DiagnosisRequest } from '../../core/diagnosis/diagnose-effect.ts';
import type { Diagnosis } from '../../core/diagnosis/findings/finding.ts';
import { truncateDiagnosis } from '../../core/diagnosis/findings/truncate-diagnosis.ts';
import type { IncidentHistory } from '../../core/history/history.ts';
import { isEnd } from '../../core/incident/effect.ts';
import type { Effect } from '../../core/incident/effect-schema.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { isFiring, selectCurrentDetails } from '../../core/incident/status.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type GatherContextPorts, gatherContext } from './gather-context.ts';
import { getMessage } from './record-effect.ts';

export type DiagnoseOncePorts = GatherContextPorts & {
  history: Pick<IncidentHistory, 'details' | 'addDiagnosis' | 'diagnosis'>;
  /** Runs the runbook's steps within the deadline; never throws for a failing check. */
  diagnose(request: DiagnosisRequest): Promise<Diagnosis>;
};

export type Diagnosed = { diagnosed: 'ran' | 'reused' | 'skipped' | 'none'; diagnosis?: Diagnosis };

/** Why the checks are not run for this effect; `undefined`: they are. `quiet`: nobody expects them. */
export function findSkipReason(
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

/** Runs the checks of an effect, unless an earlier attempt did or they are skipped. Never throws. */
export async function diagnoseOnce(
  ports: DiagnoseOncePorts,
  request: Omit<DiagnosisRequest, 'alerts'>,
  skip: { why: string; quiet: boolean } | undefined,
): Promise<Diagnosed> {
  const { incident, effect } = request;
  if (skip?.quiet) return { diagnosed: 'none' };
  let made: Diagnosis | undefined;
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
      made = truncateDiagnosis({ ...diagnosis, ...context, reason: effect.reason });
      return { diagnosed: 'ran', diagnosis: await ports.history.addDiagnosis(made) };
    }
    // Keeps a diagnosis that an earlier attempt has stored.
    const first = createSkipped(incident, effect, skip.why, ports.clock.now());
    return { diagnosed: 'skipped', diagnosis: await ports.history.addDiagnosis(first) };
  } catch (error) {
    logLost(ports, incident, error);
    return keepWhatIsLeft(ports, made ?? createSkipped(incident, effect, LOST, ports.clock.now()));
  }
}

const LOST = 'the checks could not be run, or not stored';

/** Once more, so that the history has the diagnosis, or says why it has none. */
async function keepWhatIsLeft(ports: DiagnoseOncePorts, left: Diagnosis): Promise<Diagnosed> {
  try {
    const diagnosis = await ports.history.addDiagnosis(left);
    return { diagnosed: diagnosis.skipped === undefined ? 'ran' : 'skipped', diagnosis };
  } catch {
    return { diagnosed: 'skipped' };
  }
}

function logLost({ log }: DiagnoseOncePorts, { id: incidentId }: Incident, error: unknown): void {
  log.error('a diagnosis could not be made or stored', { incidentId, error: getMessage(error) });
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
