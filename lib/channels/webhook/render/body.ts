import {
  formatSummaryHeading,
  listSummaryLists,
  type MaintenanceSummary,
} from '../../../core/maintenance/summarize-maintenance.ts';
import type { Notice } from '../../../core/notice/notice.ts';
import type { PlainNotice } from '../../../core/notice/plain-notice.ts';
import { formatIso } from '../../../core/shared/time.ts';
import type { Digest } from '../../../core/storm/digest.ts';
import type { NoticeBody, WebhookBody } from '../body-schema.ts';

/** More incidents than this in one digest are counted only. */
const MAX_INCIDENTS = 1_000;

/** The facts of a notice. Evidence stays with the incident: its link leads there. */
export function renderNoticeBody(notice: Notice): WebhookBody {
  const {
    reason,
    ping,
    at,
    happened,
    summary,
    impact,
    missingData,
    response,
    links,
    unverified,
    notDiagnosed,
  } = notice;
  const { acknowledgeBy, next } = notice.notified;
  return {
    schema: 1,
    kind: 'notice',
    seq: notice.seq,
    reason,
    interrupts: ping,
    at: formatIso(at),
    happened,
    incident: renderIncident(notice),
    summary,
    impact,
    missingData,
    alerts: renderAlerts(notice.alerts),
    findings: notice.findings.map(({ title, verdict, sentence }) => ({ title, verdict, sentence })),
    notDiagnosed,
    changes: notice.comparison.map(({ title, before, after, change }) => ({ title, before, after, change })),
    commands: notice.commands,
    response,
    unverified,
    channelFailures: notice.channelFailures ?? [],
    notified: {
      names: notice.notified.names,
      acknowledgeBy: formatIso(acknowledgeBy),
      next: next && { tier: next.tier, at: formatIso(next.at) },
    },
    links,
  };
}

function renderIncident(notice: Notice): NoticeBody['incident'] {
  const { incidentId: id, alertname, source, group, severity, state, tier, acknowledged } = notice;
  return {
    id,
    alertname,
    source,
    group,
    severity,
    state,
    openedAt: formatIso(notice.openedAt),
    resolvedAt: formatIso(notice.resolvedAt),
    resolvedBy: notice.resolvedBy,
    acknowledged: acknowledged && { ...acknowledged, at: formatIso(acknowledged.at) },
    flapping: notice.flapping,
    flappingOver: notice.flappingOver,
    tier,
  };
}

function renderAlerts({ firing, total, common, shown, omitted }: Notice['alerts']): NoticeBody['alerts'] {
  return {
    firing,
    total,
    shown: shown.map(({ labels, severity, text, description, firing: fires, startsAt }) => ({
      labels: { ...common, ...labels },
      severity,
      text,
      description,
      firing: fires,
      startsAt: formatIso(startsAt),
    })),
    omitted,
  };
}

export function renderPlainBody(notice: PlainNotice, why: string): WebhookBody {
  const { incidentId: id, alertname, severity, state, flapping, seq, ping, link } = notice;
  return {
    schema: 1,
    kind: 'plain',
    seq,
    interrupts: ping,
    incident: { id, alertname, severity, state, flapping },
    why,
    links: { incident: link },
  };
}

export function renderDigestBody({
  startedAt,
  closedAt,
  stormAfter,
  entries,
  publicUrl,
}: Digest): WebhookBody {
  return {
    schema: 1,
    kind: 'digest',
    startedAt: formatIso(startedAt),
    closedAt: formatIso(closedAt),
    stormAfter,
    incidents: entries
      .slice(0, MAX_INCIDENTS)
      .map(({ incidentId: id, seq, alertname, source, severity, state, openedAt, alerts }) => ({
        id,
        seq,
        alertname,
        source,
        severity,
        state,
        openedAt: formatIso(openedAt),
        alerts,
      })),
    omitted: Math.max(0, entries.length - MAX_INCIDENTS),
    links: { incident: publicUrl && `${publicUrl}/console` },
  };
}

export function renderSummaryBody(maintenance: string, summary: MaintenanceSummary): WebhookBody {
  const lists = listSummaryLists(summary).flatMap(({ title, lines }) => [`${title}:`, ...lines]);
  return renderLinesBody(maintenance, [formatSummaryHeading(summary), summary.about, ...lists]);
}

export function renderLinesBody(maintenance: string, lines: string[]): WebhookBody {
  return { schema: 1, kind: 'maintenance-summary', maintenance, lines };
}
