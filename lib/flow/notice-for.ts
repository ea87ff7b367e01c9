import type { DeliverMessage } from '../core/delivery/delivery.ts';
import type { Diagnosis } from '../core/diagnosis/finding.ts';
import type { IncidentHistory } from '../core/history/history.ts';
import { withWaitingDetails } from '../core/history/merge-details.ts';
import type { Incident } from '../core/incident/incident.ts';
import { chooseLooks } from '../core/notice/choose-looks.ts';
import { composeNotice, type NoticeInput } from '../core/notice/compose.ts';
import { neededLooks } from '../core/notice/needed-looks.ts';
import type { Notice } from '../core/notice/notice.ts';
import { toldOf } from '../core/routing/told-of.ts';
import { type RunbookCatalog, runbookFor } from '../core/runbook/runbook.ts';
import type { Log } from '../core/shared/log.ts';
import type { Millis } from '../core/shared/time.ts';

type NoticePorts = {
  history: Pick<IncidentHistory, 'details' | 'looks' | 'diagnoses'>;
  catalog: RunbookCatalog;
  publicUrl?: string;
  /** Absent: presses of buttons do not reach this system. */
  buttons?: { canSilence(source: string): boolean };
  clock: { now(): Millis };
  log: Log;
};

/**
 * The notice about an incident as it stands now. Details and diagnoses are worth a try, never a delay: when they
 * cannot be read, the notice speaks without them.
 */
export async function noticeFor(
  ports: NoticePorts,
  incident: Incident,
  message: DeliverMessage,
  troubles: string[] = [],
): Promise<Notice> {
  const [stored, diagnoses] = await Promise.all([
    ports.history.details(incident.id).catch(missing(ports, 'alert details')),
    diagnosesFor(ports, incident, message).catch(missing(ports, 'diagnoses')),
  ]);
  const input: NoticeInput = {
    incident,
    details: withWaitingDetails(stored, incident),
    runbook: runbookFor(ports.catalog, incident.alertname),
    ...chooseLooks(incident, diagnoses, message),
    cause: message,
    told: toldOf(ports.catalog, incident),
    troubles,
    now: ports.clock.now(),
  };
  if (ports.publicUrl !== undefined) input.publicUrl = ports.publicUrl;
  if (ports.buttons !== undefined) input.buttons = { canSilence: ports.buttons.canSilence(incident.source) };
  return composeNotice(input);
}

/** Only those that the notice shows or compares: an incident may have hundreds, of up to 300 KB each. */
async function diagnosesFor(
  { history }: NoticePorts,
  incident: Incident,
  message: DeliverMessage,
): Promise<Diagnosis[]> {
  const needed = neededLooks(incident, await history.looks(incident.id), message);
  return history.diagnoses(incident.id, needed);
}

function missing(ports: NoticePorts, what: string): (error: unknown) => [] {
  return (error) => {
    const why = error instanceof Error ? error.message : String(error);
    ports.log.error('a notice goes out with less than is known', { what, error: why });
    return [];
  };
}
