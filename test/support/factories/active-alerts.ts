import type { ActiveAlert, AlertmanagerProbe } from '../../../lib/core/diagnosis/checks/probe.ts';

/** An alert as Alertmanager's API shows it. */
export function activeAlert(
  alertname: string,
  labels: Record<string, string> = {},
  startsAt = 0,
): ActiveAlert {
  return {
    fingerprint: `${alertname} ${JSON.stringify(labels)}`,
    labels: { alertname, severity: 'warning', ...labels },
    annotations: {},
    startsAt,
    state: 'active',
  };
}

/** An Alertmanager in which only these are active. */
export function alertmanagerWith(alerts: ActiveAlert[]): AlertmanagerProbe {
  return { alerts: async () => ({ kind: 'ok', value: alerts }) };
}
