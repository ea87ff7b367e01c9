import type { AlertmanagerStep } from '../runbook/runbook.ts';
import { SECOND } from '../shared/time.ts';
import type { ActiveAlert, ProbeResult } from './probe.ts';
import type { ReadContext, StepReading } from './reading.ts';
import { rowEvidence } from './row-evidence.ts';
import { fillTemplate } from './template.ts';

const COLUMNS = ['alert', 'severity', 'state', 'firing_seconds', 'shares'];

/** Active alerts of the source, longest firing first. Matching happens here: no label value leaves the process. */
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
  if (answer.kind === 'failed') return answer;
  const alerts = answer.value
    .filter((alert) => wanted.every(([label, value]) => alert.labels[label] === value))
    .map((alert) => ({ alert, shares: step.sharing ? shared(step.sharing, alert, context.labels) : [] }))
    .filter(({ shares }) => step.sharing === undefined || shares.length > 0)
    .toSorted((a, b) => b.shares.length - a.shares.length || a.alert.startsAt - b.alert.startsAt);
  const rows = alerts.slice(0, context.bounds.maxRows).map(({ alert, shares }) => ({
    alert: alert.labels['alertname'] ?? '',
    severity: alert.labels['severity'] ?? '',
    state: alert.state,
    firing_seconds: Math.max(0, Math.round((context.at - alert.startsAt) / SECOND)),
    shares: shares.join(', '),
  }));
  const result = { rows, first: rows[0] ?? null, count: alerts.length };
  const columns = COLUMNS.filter((column) => step.sharing !== undefined || column !== 'shares');
  const evidence = rowEvidence(columns, rows, alerts.length - rows.length);
  return { kind: 'ok', value: evidence ? { result, evidence } : { result } };
}

/** `pod=api-1`: the labels in which another alert is the same as ours; none for one of our own name. */
function shared(names: string[], alert: ActiveAlert, ours: Readonly<Record<string, string>>): string[] {
  if (alert.labels['alertname'] === ours['alertname']) return [];
  return names.flatMap((name) => {
    const value = ours[name];
    return value !== undefined && value !== '' && alert.labels[name] === value ? `${name}=${value}` : [];
  });
}
