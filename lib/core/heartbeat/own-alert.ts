import { fingerprintOf, identityOf } from '../alert/fingerprint.ts';
import type { IncidentSubject } from '../grouping/observed-alert.ts';
import type { IncidentEvent } from '../incident/event.ts';
import { sha256Hex } from '../shared/hash.ts';
import type { Millis } from '../shared/time.ts';

export type ObservedEvent = Extract<IncidentEvent, { type: 'observed' }>;

/** An alert that this system observes itself, about one of its sources. */
export type OwnAlert = {
  alertname: string;
  source: string;
  status: 'firing' | 'resolved';
  startsAt: Millis;
  endsAt: Millis;
  summary: string;
  /** Labels that are shown and tell no alert from another. */
  shown?: Record<string, string>;
} & Pick<IncidentSubject, 'externalURL' | 'endsAfter'>;

const KEY_DIGITS = 32;

/** Key of the incident that a source has for one of our alertnames. No webhook can have it. */
export function ownKey(alertname: string, source: string): string {
  return sha256Hex(JSON.stringify([alertname, source]), KEY_DIGITS);
}

/** What tells it from every other alert. */
export function ownFingerprint(alertname: string, source: string): string {
  return fingerprintOf(labelsOf(alertname, source));
}

function labelsOf(alertname: string, source: string): Record<string, string> {
  return { alertname, severity: 'critical', source };
}

/** It as a webhook of one critical alert. */
export function observeOwn({ shown = {}, ...own }: OwnAlert): ObservedEvent {
  const { alertname, source, status, startsAt, endsAt, summary, externalURL, endsAfter } = own;
  const labels = labelsOf(alertname, source);
  const fingerprint = fingerprintOf(labels);
  return {
    type: 'observed',
    subject: {
      key: ownKey(alertname, source),
      source,
      alertname,
      group: { source },
      externalURL,
      ...(endsAfter === undefined ? {} : { endsAfter }),
    },
    alerts: [
      {
        fingerprint,
        identity: identityOf(labels),
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
