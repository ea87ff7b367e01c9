import type { AlertDetail } from '../../core/alert/alert.ts';
import type { NoticeMessage } from '../../core/delivery/deliver-message-schema.ts';
import type { Diagnosis } from '../../core/diagnosis/findings/finding.ts';
import type { IncidentHistory } from '../../core/history/history.ts';
import { mergeWaitingDetails } from '../../core/history/merge-details.ts';
import type { NoticeEffect } from '../../core/incident/diagnose-message-schema.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentStore } from '../../core/incident/incident-store.ts';
import { chooseDiagnoses } from '../../core/notice/choose-diagnoses.ts';
import { composeNotice, type NoticeInput } from '../../core/notice/compose.ts';
import { planDiagnosisReads } from '../../core/notice/needed-diagnoses.ts';
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

/** The incident of a message. Throws when it is not there yet: the message comes again. */
export async function readIncident(
  { incidents }: { incidents: Pick<IncidentStore, 'get'> },
  incidentId: string,
): Promise<Incident> {
  const incident = await incidents.get(incidentId);
  if (incident === undefined) throw new Error(`incident ${incidentId} is not there yet`);
  return incident;
}

/** The parts of a notice that are stored outside of the incident. */
type NoticeParts = { details: Promise<AlertDetail[]>; diagnoses: Promise<Diagnosis[]> };

/** The parts of a first page, readable before its incident: its only diagnosis is its own. */
export function readFirstParts(
  ports: Pick<NoticePorts, 'history' | 'log'>,
  { incidentId, effect }: NoticeMessage,
): NoticeParts {
  const { history } = ports;
  return {
    details: history.details(incidentId).catch(logMissing(ports, 'alert details')),
    diagnoses: history
      .diagnosis(incidentId, effect.id)
      .then((own) => (own === undefined ? [] : [own]))
      .catch(logMissing(ports, 'diagnoses')),
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
  { channelFailures = [], parts }: { channelFailures?: string[]; parts?: NoticeParts | undefined } = {},
): Promise<Notice> {
  const { details, diagnoses: known } = parts ?? readParts(ports, incident, effect);
  const [stored, diagnoses] = await Promise.all([details, known]);
  const input: NoticeInput = {
    incident,
    details: mergeWaitingDetails(stored, incident),
    runbook: findRunbook(ports.catalog, incident.alertname),
    ...chooseDiagnoses(incident, diagnoses, { effectId: effect.id, reason: effect.reason }),
    cause: effect,
    notified: listRecipients(ports.catalog, incident),
    channelFailures,
    now: ports.clock.now(),
  };
  if (ports.publicUrl !== undefined) input.publicUrl = ports.publicUrl;
  if (ports.buttons !== undefined) input.buttons = { canSilence: ports.buttons.canSilence(incident.source) };
  return composeNotice(input);
}

function readParts(ports: NoticePorts, incident: Incident, effect: NoticeEffect): NoticeParts {
  return {
    details: ports.history.details(incident.id).catch(logMissing(ports, 'alert details')),
    diagnoses: readDiagnoses(ports, incident, effect).catch(logMissing(ports, 'diagnoses')),
  };
}

/**
 * Only the diagnoses that the notice shows or compares: an incident may have hundreds, of up to 300 KB each.
 */
async function readDiagnoses(
  { history }: NoticePorts,
  incident: Incident,
  { id, reason }: NoticeEffect,
): Promise<Diagnosis[]> {
  const summaries = await history.diagnosisSummaries(incident.id);
  const needed = planDiagnosisReads(incident, summaries, { effectId: id, reason });
  return history.diagnoses(incident.id, needed);
}

function logMissing(ports: Pick<NoticePorts, 'log'>, what: string): (error: unknown) => [] {
  return (error) => {
    const why = error instanceof Error ? error.message : String(error);
    ports.log.error('a notice is sent with parts missing', { what, error: why });
    return [];
  };
}
