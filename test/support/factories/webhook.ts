/** One alert of a webhook payload; each field as Alertmanager sends it, with a default. */
export type WebhookAlertFactory = {
  alertname?: string;
  labels?: Record<string, string>;
  status?: 'firing' | 'resolved';
  startsAt: number;
  endsAt?: number;
  /** Absent: taken from the labels by the receiver. */
  fingerprint?: string;
};

export function webhookAlert(alert: WebhookAlertFactory): Record<string, unknown> {
  const alertname = alert.alertname ?? 'DatabaseConnectionPoolCritical';
  return {
    status: alert.status ?? 'firing',
    labels: { alertname, severity: 'critical', ...alert.labels },
    annotations: { summary: 'No idle database connections' },
    startsAt: new Date(alert.startsAt).toISOString(),
    endsAt: alert.endsAt === undefined ? '0001-01-01T00:00:00Z' : new Date(alert.endsAt).toISOString(),
    generatorURL: 'http://prometheus.example:9090/graph?g0.expr=up&g0.tab=1',
    fingerprint: alert.fingerprint,
  };
}

/** A webhook body, version 4. */
export function webhookBody(alerts: Record<string, unknown>[], change: Record<string, unknown> = {}): string {
  return JSON.stringify({
    version: '4',
    receiver: 'first-responder',
    status: alerts.some((alert) => alert['status'] === 'firing') ? 'firing' : 'resolved',
    groupKey: '{}:{alertname="DatabaseConnectionPoolCritical"}',
    truncatedAlerts: 0,
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example:9093',
    alerts,
    ...change,
  });
}
