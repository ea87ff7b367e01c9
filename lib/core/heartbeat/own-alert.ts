import { computeFingerprint, formatIdentity } from '../alert/fingerprint.ts';
import type { IncidentIdentity } from '../grouping/observed-alert.ts';
import type { IncidentEvent } from '../incident/event.ts';
import { hashSha256 } from '../shared/hash.ts';
import type { Millis } from '../shared/time.ts';

export type ObservedEvent = Extract<IncidentEvent, { type: 'received' }>;

/** An alert that this system observes itself, about one of its sources. */
export type OwnAlert = {
  alertname: string;
  source: string;
  status: 'firing' | 'resolved';
  startsAt: Millis;
  endsAt: Millis;
  summary: string;
  /** Labels for display, which do not identify the alert. */
  shown?: Record<string, string>;
} & Pick<IncidentIdentity, 'externalURL' | 'endsAfter'>;

const KEY_DIGITS = 32;

/** Key of a source's incident for one of our alertnames. No webhook can have it. */
export function computeOwnKey(alertname: string, source: string): string {
  return hashSha256(JSON.stringify([alertname, source]), KEY_DIGITS);
}

/** The fingerprint of a source's alert for one of our alertnames. */
export function computeOwnFingerprint(alertname: string, source: string): string {
  return computeFingerprint(createOwnLabels(alertname, source));
}

function createOwnLabels(alertname: string, source: string): Record<string, string> {
  return { alertname, severity: 'critical', source };
}

/** The event of a webhook with only this alert, as critical. */
export function observeOwn({ shown = {}, ...own }: OwnAlert): ObservedEvent {
  const { alertname, source, status, startsAt, endsAt, summary, externalURL, endsAfter } = own;
  const labels = createOwnLabels(alertname, source);
  const fingerprint = computeFingerprint(labels);
  return {
    type: 'received',
    identity: {
      key: computeOwnKey(alertname, source),
      source,
      alertname,
      group: { source },
      externalURL,
      endsAfter,
    },
    alerts: [
      {
        fingerprint,
        identity: formatIdentity(labels),
        status,
        severity: 'critical',
        startsAt,
        endsAt,
        detail: {
          fingerprint,
          labels: { ...labels, ...shown },
          annotations: { summary },
          generatorURL: '',
          startsAt,
        },
      },
    ],
  };
}
