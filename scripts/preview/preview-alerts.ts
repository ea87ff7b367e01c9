import { sampleAlertnames, sampleAlerts } from '../../infra/local/play/sample-alerts.ts';
import type { Alert } from '../../lib/core/alert/alert.ts';
import { computeFingerprint } from '../../lib/core/alert/fingerprint.ts';

/** A row of the gallery: an incident of these alerts. */
export type PreviewAlert = { title: string; alertname: string; alerts: Alert[] };

const SOURCE = 'prod';
const PROMETHEUS = 'http://prometheus.example:9090';
const MANY = 40;

/** Every alert of the sample rules, one without a runbook of its own, and one incident of very many alerts. */
export function previewAlerts(): PreviewAlert[] {
  const known = sampleAlertnames().map((alertname) => ({
    title: alertname,
    alertname,
    alerts: (sampleAlerts(alertname, PROMETHEUS) ?? []).map(firing),
  }));
  return [...known, withoutRunbook(), ofMany()];
}

function withoutRunbook(): PreviewAlert {
  const alertname = 'QueueBacklogGrowing';
  const labels = { alertname, severity: 'warning', service: 'order-executor', queue: 'orders' };
  const annotations = { summary: 'The queue orders has grown for 10 min' };
  const generatorURL = `${PROMETHEUS}/graph?g0.expr=${encodeURIComponent('up == 0')}&g0.tab=1`;
  return { title: 'default', alertname, alerts: [firing({ labels, annotations, generatorURL })] };
}

function ofMany(): PreviewAlert {
  const alertname = 'AgentDown';
  const [first] = sampleAlerts(alertname, PROMETHEUS) ?? [];
  const agents = ['technical', 'risk', 'sentiment', 'trend', 'reversion', 'arbitrage', 'orderbook', 'volume'];
  return {
    title: `AgentDown-${MANY}-alerts`,
    alertname,
    alerts: Array.from({ length: MANY }, (_, index) => {
      const shard = Math.floor(index / agents.length);
      const agent = `${agents[index % agents.length]}-agent${shard === 0 ? '' : `-${shard}`}`;
      const labels = { ...first?.labels, alertname, agent, instance: `10.0.0.${index + 10}:9100` };
      return firing({
        labels,
        annotations: { summary: `Agent ${agent} is down` },
        generatorURL: first?.generatorURL ?? '',
      });
    }),
  };
}

function firing(alert: Pick<Alert, 'labels' | 'annotations' | 'generatorURL'>): Alert {
  return {
    ...alert,
    source: SOURCE,
    fingerprint: computeFingerprint(alert.labels),
    status: 'firing',
    startsAt: 0,
    endsAt: 0,
  };
}
