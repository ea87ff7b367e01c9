import { getLabel } from '../../alert/labels.ts';
import type { AlertmanagerStep } from '../../runbook/runbook.ts';
import { type Millis, SECOND } from '../../shared/time.ts';
import { fillTemplate } from '../expressions/template.ts';
import type { ActiveAlert, ProbeResult } from './probe.ts';
import type { ReadContext, StepReading } from './reading.ts';
import { findRelatedAlerts, type RelatedAlert } from './related-alerts.ts';
import { toRowEvidence } from './row-evidence.ts';

const COLUMNS = ['alert', 'severity', 'state', 'firing_seconds'];

/**
 * Active alerts of the source, longest firing first. With `sharing`: alerts of other names with common
 * labels, closest first; `result.close` counts those that share a rare label. Matching happens here: no label
 * value leaves the process.
 */
export async function readAlertmanager(
  step: AlertmanagerStep,
  context: ReadContext,
): Promise<ProbeResult<StepReading>> {
  if (!context.probes.alertmanager) return { kind: 'failed', reason: 'ALERTMANAGER_URL is not set' };
  const wanted: [string, string][] = [];
  for (const [label, template] of Object.entries(step.match)) {
    const value = fillTemplate(template, { labels: context.labels });
    if (value === undefined)
      return { kind: 'failed', reason: 'the alert lacks a label that the match needs' };
    wanted.push([label, value]);
  }
  const answer = await context.probes.alertmanager.alerts(context.source, context.bounds);
  if (answer.kind === 'failed') return { kind: 'failed', reason: answer.reason };

  const { sharing } = step;
  const alerts =
    sharing === undefined
      ? answer.value.toSorted((a, b) => a.startsAt - b.startsAt).map(toUnrelatedAlert)
      : findRelatedAlerts(answer.value, sharing, context.eachLabels ?? [context.labels]);
  const matching = alerts.filter(({ alert }) =>
    wanted.every(([label, value]) => getLabel(alert.labels, label) === value),
  );
  const rows = matching.slice(0, context.bounds.maxRows).map(({ alert, shares }) => ({
    alert: alert.labels['alertname'] ?? '',
    severity: alert.labels['severity'] ?? '',
    state: alert.state,
    firing_seconds: countFiringSeconds(alert, context.at),
    shares: shares.join(', '),
  }));
  const result = {
    rows,
    first: rows[0] ?? null,
    count: matching.length,
    close: sharing === undefined ? undefined : matching.filter(({ close }) => close).length,
  };
  const columns = sharing === undefined ? COLUMNS : [...COLUMNS, 'shares'];
  const evidence = toRowEvidence(columns, rows, matching.length - rows.length);
  return { kind: 'ok', value: evidence ? { result, evidence } : { result } };
}

/** An absent start, or one ahead of us, does not show how long the alert has fired. */
function countFiringSeconds({ startsAt }: ActiveAlert, at: Millis): number {
  return startsAt <= 0 ? 0 : Math.max(0, Math.round((at - startsAt) / SECOND));
}

function toUnrelatedAlert(alert: ActiveAlert): RelatedAlert {
  return { alert, shares: [], close: false };
}
