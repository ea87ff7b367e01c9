import type { AlertDetail } from '../../core/alert/alert.ts';
import type { NoticeMessage } from '../../core/delivery/deliver-message-schema.ts';
import type { Diagnosis } from '../../core/diagnosis/findings/finding.ts';
import type { IncidentHistory } from '../../core/history/history.ts';
import { mergeWaitingDetails } from '../../core/history/merge-details.ts';
import type { NoticeEffect } from '../../core/incident/effect-schema.ts';
import type { Incident } from '../../core/incident/incident.ts';
import {
  chooseAmong,
  chooseDiagnoses,
  fillChosen,
  listChosen,
  type ShownDiagnoses,
} from '../../core/notice/choose-diagnoses.ts';
import { composeNotice, type NoticeInput } from '../../core/notice/compose.ts';
import type { Notice } from '../../core/notice/notice.ts';
import { listRecipients } from '../../core/routing/recipients.ts';
import { findRunbook } from '../../core/runbook/find-runbook.ts';
import { type RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';

export type NoticePorts = {
  history: Pick<IncidentHistory, 'details' | 'diagnosisSummaries' | 'diagnoses' | 'diagnosis'>;
  catalog: RunbookCatalog;
  publicUrl?: string;
  /** Absent: Slack actions do not reach this system. */
  buttons?: { canSilence(source: string): boolean };
  clock: { now(): Millis };
  log: Log;
};

/** The parts of a first page, which are read before its incident. */
type FirstParts = { details: Promise<AlertDetail[]>; diagnoses: Promise<Diagnosis[]> };

/** Reads the parts of a first page: its only diagnosis is its own. */
export function readFirstParts(
  ports: Pick<NoticePorts, 'history' | 'log'>,
  { incidentId, effect }: NoticeMessage,
): FirstParts {
  const own = ports.history.diagnosis(incidentId, effect.id);
  return {
    details: readDetails(ports, incidentId),
    diagnoses: own
      .then((diagnosis) => (diagnosis === undefined ? [] : [diagnosis]))
      .catch(logMissing(ports, 'diagnoses', [])),
  };
}

/**
 * The notice about an incident in its current state. If details or diagnoses cannot be read, the notice goes
 * out without them; they never delay it.
 */
export async function loadNotice(
  ports: NoticePorts,
  incident: Incident,
  effect: NoticeEffect,
  { channelFailures = [], parts }: { channelFailures?: string[]; parts?: FirstParts | undefined } = {},
): Promise<Notice> {
  const [details, diagnoses] = await Promise.all([
    parts?.details ?? readDetails(ports, incident.id),
    parts?.diagnoses.then((read) => chooseAmong(incident, read, effect)) ??
      readDiagnoses(ports, incident, effect),
  ]);
  const input: NoticeInput = {
    incident,
    details: mergeWaitingDetails(details, incident),
    runbook: findRunbook(ports.catalog, incident.alertname),
    ...diagnoses,
    cause: effect,
    notified: listRecipients(ports.catalog, incident),
    channelFailures,
    now: ports.clock.now(),
  };
  if (ports.publicUrl !== undefined) input.publicUrl = ports.publicUrl;
  if (ports.buttons !== undefined) input.buttons = { canSilence: ports.buttons.canSilence(incident.source) };
  return composeNotice(input);
}

function readDetails(
  ports: Pick<NoticePorts, 'history' | 'log'>,
  incidentId: string,
): Promise<AlertDetail[]> {
  return ports.history.details(incidentId).catch(logMissing(ports, 'alert details', []));
}

/** Reads only the diagnoses that the notice shows or compares. */
async function readDiagnoses(
  ports: NoticePorts,
  incident: Incident,
  effect: NoticeEffect,
): Promise<Partial<ShownDiagnoses>> {
  const { history } = ports;
  try {
    const chosen = chooseDiagnoses(incident, await history.diagnosisSummaries(incident.id), effect);
    return fillChosen(chosen, await history.diagnoses(incident.id, listChosen(chosen)));
  } catch (error) {
    return logMissing(ports, 'diagnoses', {})(error);
  }
}

function logMissing<T>(ports: Pick<NoticePorts, 'log'>, what: string, without: T): (error: unknown) => T {
  return (error) => {
    const why = error instanceof Error ? error.message : String(error);
    ports.log.error('a notice is sent with parts missing', { what, error: why });
    return without;
  };
}
