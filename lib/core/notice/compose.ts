import type { AlertDetail } from '../alert/alert.ts';
import { getAlertText } from '../alert/alert-text.ts';
import { matchesAll } from '../alert/matcher.ts';
import { describeMissingData } from '../alert/missing-data.ts';
import { selectApplicable } from '../diagnosis/applicable-now.ts';
import type { Diagnosis } from '../diagnosis/findings/finding.ts';
import type { NoticeReason } from '../incident/effect.ts';
import type { NoticeEffect } from '../incident/effect-schema.ts';
import type { Incident } from '../incident/incident.ts';
import { isAwaitingAcknowledgement } from '../incident/state-machine/paging.ts';
import { isFiring, isOnlyGrafanas, selectCurrentDetails } from '../incident/status.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { Millis } from '../shared/time.ts';
import type { ShownDiagnoses } from './choose-diagnoses.ts';
import type { Notice } from './notice.ts';
import { listLinks } from './notice-links.ts';
import {
  findFiringSince,
  findWorstDetail,
  listUnknownSeverities,
  selectShownAlerts,
} from './shown-alerts.ts';

type Labels = Readonly<Record<string, string>>;

/** What causes a notice: the part of an effect that decides what its notice says. */
export type NoticeCause = Pick<
  NoticeEffect,
  'reason' | 'ping' | 'seq' | 'tier' | 'summary' | 'flappingOver' | 'unverified'
>;

export type NoticeInput = Partial<ShownDiagnoses> & {
  incident: Incident;
  details: AlertDetail[];
  runbook: Runbook;
  cause: NoticeCause;
  notified: Notice['notified'];
  /** Base URL of this system, for links. */
  publicUrl?: string;
  /** Absent: Slack actions do not reach this system. */
  buttons?: { canSilence: boolean };
  /** Destinations that failed, and why. */
  channelFailures?: string[];
  now: Millis;
};

/**
 * Composes a notice from the current state, whatever state the cause was decided in. A cause that says
 * "fires" about an incident that no longer fires becomes a quiet resolved notice.
 */
export function composeNotice(input: NoticeInput): Notice {
  const { incident, details, runbook, diagnosis, progress, cause } = input;
  const applicable = selectApplicable(runbook, diagnosis, listFiringLabels(input));
  const firing = isFiring(incident);
  const flapping = incident.flapping.since !== undefined;
  const superseded = !firing && speaksOfFiring(cause.reason);
  const worst = findWorstDetail(incident, details);
  const { ack } = incident;

  return {
    incidentId: incident.id,
    seq: cause.seq,
    reason: superseded ? chooseEnd(incident) : cause.reason,
    ping: cause.ping && !superseded,
    at: input.now,
    state: firing ? 'firing' : 'resolved',
    severity: incident.severity,
    unknownSeverities: firing ? listUnknownSeverities(incident, details) : undefined,
    alertname: incident.alertname,
    source: incident.source,
    group: Object.fromEntries(Object.entries(incident.group).filter(([name]) => name !== 'alertname')),
    openedAt: incident.openedAt,
    firingSince: firing ? findFiringSince(incident) : undefined,
    resolvedAt: incident.resolvedAt,
    resolvedBy: incident.resolvedBy,
    summary: runbook.summary,
    impact: chooseImpact(runbook, worst),
    missingData: firing && worst && !runbook.isDefault ? describeMissingData(worst) : undefined,
    countedAs: runbook.countedAs,
    alerts: selectShownAlerts(incident, details),
    findings: applicable.findings,
    diagnosedAt: diagnosis?.finishedAt,
    notDiagnosed: explainMissing(diagnosis, applicable.outdated),
    commands: applicable.commands,
    response: selectResponse(runbook, selectCurrentDetails(incident, details)),
    progress: firing && !applicable.outdated ? progress : undefined,
    comparison: firing ? [] : (input.comparison ?? []),
    around: {
      previousEpisode: input.previousEpisode,
      otherIncidents: diagnosis?.otherIncidents,
      unread: diagnosis?.unread,
    },
    acknowledged: ack && { by: ack.by, at: ack.at, note: ack.note },
    silenced: findSilence(input),
    buttons: listButtons(input),
    unverified: superseded ? undefined : cause.unverified,
    channelFailures: input.channelFailures?.length ? input.channelFailures : undefined,
    flapping,
    flappingOver: superseded || flapping ? undefined : cause.flappingOver,
    happened: describeCause(cause, { firing, flapping }),
    tier: cause.tier,
    notified: input.notified,
    links: composeLinks(input, worst),
  };
}

function composeLinks(
  { incident, details, runbook, publicUrl }: NoticeInput,
  worst: AlertDetail | undefined,
): Notice['links'] {
  const current = selectCurrentDetails(incident, details);
  return listLinks({ incident, current, worst, runbookUrl: runbook.url, publicUrl });
}

/** While it flaps, that nothing fires is no end. */
function chooseEnd({ flapping, resolution }: Incident): NoticeReason {
  if (flapping.since !== undefined) return 'flapping';
  return resolution === 'vanished' ? 'closed' : 'resolved';
}

/** What happened, as it reads in the current state. */
function describeCause(
  { reason, summary }: NoticeCause,
  { firing, flapping }: { firing: boolean; flapping: boolean },
): string {
  if (firing) return summary;
  if (!speaksOfFiring(reason))
    return flapping && reason === 'flapping' ? `Nothing fires now. ${summary}` : summary;
  return flapping
    ? 'Nothing fires now: it flaps. It had stopped before this could be sent.'
    : 'It was over before this could be sent.';
}

/** Without a runbook of its own, the alert's annotations explain it best. */
function chooseImpact(runbook: Runbook, worst: AlertDetail | undefined): string {
  const own = runbook.isDefault && worst !== undefined ? getAlertText(worst) : '';
  return own || runbook.impact;
}

/** The response steps that match these alerts; all steps if no alert details are known. */
function selectResponse({ response }: Runbook, details: AlertDetail[]): string[] {
  return response
    .filter(({ when }) => {
      if (when === undefined || details.length === 0) return true;
      return details.some(({ labels }) => matchesAll(when, labels));
    })
    .map(({ text }) => text);
}

/** Reasons that apply only to an incident that fires. */
function speaksOfFiring(reason: NoticeReason): boolean {
  switch (reason) {
    case 'opened':
    case 'joined':
    case 'raised':
    case 'updated':
    case 'reminder':
    case 'escalated':
    case 'reopened':
    case 'unverified':
      return true;
    case 'acknowledged':
    case 'flapping':
    case 'resolved':
    case 'closed':
      return false;
  }
}

function findSilence({ incident, now }: NoticeInput): Notice['silenced'] {
  const { silence } = incident;
  if (silence === undefined || silence.until <= now || !isFiring(incident)) return undefined;
  return { by: silence.by, until: silence.until };
}

/** No buttons after the resolve. */
function listButtons({ incident, buttons: can }: NoticeInput): Notice['buttons'] {
  if (can === undefined || !isFiring(incident)) return undefined;
  const acknowledge = isAwaitingAcknowledgement(incident);
  // A silence in Alertmanager does not reach what Grafana sends.
  const silence = can.canSilence && !isOnlyGrafanas(incident);
  return { asOf: incident.version, acknowledge, silence };
}

/** Labels of each firing alert; none after the resolve, or where no details are stored. */
function listFiringLabels({ incident, details }: NoticeInput): Labels[] {
  return isFiring(incident) ? selectCurrentDetails(incident, details).map(({ labels }) => labels) : [];
}

/** Why not everything was checked; undefined if it was. */
function explainMissing(diagnosis: Diagnosis | undefined, outdated: boolean): string | undefined {
  if (outdated) return 'what fires now was not there at the last diagnosis';
  return diagnosis === undefined ? 'no diagnosis was stored' : diagnosis.skipped;
}
