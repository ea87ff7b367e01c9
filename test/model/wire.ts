import { computeFingerprint } from '../../lib/core/alert/fingerprint.ts';
import type { ActiveAlert } from '../../lib/core/diagnosis/checks/probe.ts';
import { webhookBody } from '../support/factories/webhook.ts';
import type { FirstResponder } from '../support/harness/first-responder.ts';
import { names } from './arbitrary-history.ts';
import type { Answer, Millis, ReportedAlert, Severity } from './history.ts';

// The alerts of a history as Alertmanager sends and lists them.

const RECEIVER = 'first-responder';
const severities: Severity[] = ['info', 'warning', 'critical'];

function labelsOf(name: string, severity: Severity): Record<string, string> {
  return { alertname: 'DatabaseConnectionPoolCritical', instance: name, severity };
}

/** Names by the fingerprints that their alerts may have. */
const known = new Map(
  names.flatMap((name) =>
    severities.map((severity) => [computeFingerprint(labelsOf(name, severity)), name] as const),
  ),
);

export function nameOf(fingerprint: string): string {
  return known.get(fingerprint) ?? fingerprint;
}

/** Matchers of a maintenance that covers these alerts. */
export function matchersOf(covered: string[]): string {
  return `instance=~"${covered.join('|')}"`;
}

export function toBody(alerts: ReportedAlert[], truncatedAlerts: number): string {
  return webhookBody(alerts.map(toWebhookAlert), { receiver: RECEIVER, truncatedAlerts });
}

function toWebhookAlert({
  name,
  severity,
  status,
  startsAt,
  endsAt,
}: ReportedAlert): Record<string, unknown> {
  return {
    status,
    labels: labelsOf(name, severity),
    annotations: {},
    startsAt: toTime(startsAt),
    endsAt: status === 'firing' ? toTime(0) : toTime(endsAt),
    generatorURL: '',
  };
}

/** Go writes its zero time as year 1. */
function toTime(time: Millis | undefined): string | undefined {
  if (time === undefined) return undefined;
  return time === 0 ? '0001-01-01T00:00:00Z' : new Date(time).toISOString();
}

/** What the probe reads from Alertmanager's API. */
export function toListed(
  answer: Answer,
  severityOf: Record<string, Severity>,
): FirstResponder['alertmanager'] {
  switch (answer.kind) {
    case 'answer':
      return [
        ...answer.active.map(({ name, severity, startsAt }) =>
          toListedAlert(name, severity, startsAt, 'active'),
        ),
        ...answer.silenced.map((name) => toListedAlert(name, severityOf[name] ?? 'info', 0, 'suppressed')),
      ];
    case 'partly':
      return {
        down: 'a peer does not answer',
        listed: answer.active.map((each) => toListedAlert(each.name, each.severity, each.startsAt, 'active')),
      };
    case 'down':
      return { down: 'connection refused' };
  }
}

function toListedAlert(
  name: string,
  severity: Severity,
  startsAt: Millis | undefined,
  state: ActiveAlert['state'],
): ActiveAlert {
  const labels = labelsOf(name, severity);
  const fingerprint = computeFingerprint(labels);
  return { fingerprint, labels, annotations: {}, startsAt: startsAt ?? 0, state, receivers: [RECEIVER] };
}
