import type { Diagnosis } from '../../core/diagnosis/findings/finding.ts';
import type { IncidentHistory } from '../../core/history/history.ts';
import { toTimelineEntry } from '../../core/history/timeline-entry.ts';
import type { DiagnoseMessage } from '../../core/incident/effect-schema.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';
import type { MarkHours } from './mark-hours.ts';

export type RecordEffectPorts = {
  history: Pick<IncidentHistory, 'addDetails' | 'addTimeline'>;
  markHours: MarkHours;
  clock: { now(): Millis };
  log: Log;
};

/** A message of the diagnose queue that may be a dead letter, for which history must not cost the notice. */
type Recorded = { message: DiagnoseMessage; isDeadLetter?: boolean };

/** Stores the details of the alerts that an effect brings. */
export async function recordDetails(ports: RecordEffectPorts, input: Recorded): Promise<void> {
  const { incidentId, effect } = input.message;
  if (effect.details.length === 0) return;
  const details = effect.details.map((detail) => ({ ...detail, seq: effect.seq }));
  await writeHistory(ports, input, () => ports.history.addDetails(incidentId, details));
}

/** Adds an effect to the timeline. `muted`: why nobody is notified. */
export async function recordTimeline(
  ports: RecordEffectPorts,
  input: Recorded,
  muted: string | undefined,
): Promise<void> {
  const { incidentId, effect } = input.message;
  const entry = toTimelineEntry(effect, muted);
  await writeHistory(ports, input, () => ports.history.addTimeline(incidentId, entry));
}

/** Only in a normal run is a failed write of history worth a retry. */
async function writeHistory(
  { log }: RecordEffectPorts,
  { message, isDeadLetter }: Recorded,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isDeadLetter) throw error;
    const { incidentId } = message;
    log.error('history was not written for a dead letter', { incidentId, error: getMessage(error) });
  }
}

/**
 * Marks the incident's hours for a recount: every counted change of an incident comes with an effect. Runs
 * after the notice and never fails it. A recount by age covers an hour without its mark.
 */
export async function recordHours(
  { markHours, clock, log }: RecordEffectPorts,
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

export function getMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
