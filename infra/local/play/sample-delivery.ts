import { computeFingerprint } from '../../../lib/core/alert/fingerprint.ts';
import { findSharedLabels } from '../../../lib/core/alert/labels.ts';
import type { SampleAlert } from './sample-alerts.ts';

/** Shorter than anybody needs to play its end and then it again, which is to be a new firing and no doubtful one. */
const FIRING_SINCE = 1_000;

/** What an Alertmanager that groups by alertname would post about these alerts. */
export function sampleDelivery(alerts: SampleAlert[], now: Date, status: 'firing' | 'resolved'): unknown {
  const alertname = alerts[0]?.labels['alertname'] ?? '';
  return {
    version: '4',
    groupKey: `{}:{alertname=${JSON.stringify(alertname)}}`,
    truncatedAlerts: 0,
    receiver: 'first-responder',
    status,
    groupLabels: { alertname },
    commonLabels: findSharedLabels(alerts.map(({ labels }) => labels)),
    commonAnnotations: findSharedLabels(alerts.map(({ annotations }) => annotations)),
    externalURL: 'http://localhost:9093',
    alerts: alerts.map((alert) => ({
      ...alert,
      status,
      startsAt: new Date(now.getTime() - FIRING_SINCE).toISOString(),
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : now.toISOString(),
      fingerprint: computeFingerprint(alert.labels),
    })),
  };
}
