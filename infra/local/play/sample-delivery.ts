import { computeFingerprint } from '../../../lib/core/alert/fingerprint.ts';
import { findSharedLabels } from '../../../lib/core/alert/labels.ts';
import type { SampleAlert } from './sample-alerts.ts';

/** Short, so that playing an alert's end and then the alert again is a new firing and not an unconfirmed one. */
const FIRING_SINCE = 1_000;

/** The webhook about these alerts of an Alertmanager that groups by alertname. */
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
