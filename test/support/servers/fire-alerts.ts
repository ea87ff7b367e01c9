/** An alert as an evaluator of rules sends it. */
export type FiredAlert = {
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  generatorURL?: string;
};

/** Sends alerts to an Alertmanager like Prometheus: https://prometheus.io/docs/alerting/latest/clients/. */
export async function fireAlerts(url: string, alerts: FiredAlert[]): Promise<void> {
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts.map((alert) => ({ ...alert, startsAt: new Date().toISOString() }))),
  });
  if (!response.ok) throw new Error(`Alertmanager answered ${response.status}: ${await response.text()}`);
}
