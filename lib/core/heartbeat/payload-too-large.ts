import { fingerprintOf, identityOf } from '../alert/fingerprint.ts';
import type { IncidentEvent } from '../incident/event.ts';
import type { Incident } from '../incident/incident.ts';
import { sha256Hex } from '../shared/hash.ts';
import { HOUR, type Millis } from '../shared/time.ts';

/** Alertname of the incident that a payload over the limit opens. */
export const PAYLOAD_TOO_LARGE = 'AlertmanagerPayloadTooLarge';

/** How long after the last such payload its incident ends. */
const ENDS_AFTER: Millis = 24 * HOUR;

const KEY_DIGITS = 32;
const MEGABYTE = 1024 * 1024;

type Observed = Extract<IncidentEvent, { type: 'observed' }>;

/** A payload that was refused unread, because it has more bytes than are taken. */
export type RefusedPayload = { source: string; bytes: number; maxBytes: number };

/** Key of a source's own incident. No webhook can have it, as with heartbeatKey. */
export function payloadTooLargeKey(source: string): string {
  return sha256Hex(JSON.stringify([PAYLOAD_TOO_LARGE, source]), KEY_DIGITS);
}

/**
 * What a refused payload means, as an alert that this system observes itself. While it fires, the next payload is the
 * same firing; after its end a new one.
 */
export function observePayloadTooLarge(
  { source, bytes, maxBytes }: RefusedPayload,
  latest: Incident | undefined,
  now: Millis,
): Observed {
  const labels = { alertname: PAYLOAD_TOO_LARGE, severity: 'critical', source };
  const fingerprint = fingerprintOf(labels);
  const known = latest?.alerts.find((alert) => alert.fingerprint === fingerprint);
  // Later than its last end, also for the clock of another machine: nobody could say whether a doubtful one is true.
  const startsAt = known?.firing ? known.startsAt : Math.max(now, (known?.endsAt ?? 0) + 1);
  const summary =
    `A webhook of ${megabytes(bytes)} was refused unread; at most ${megabytes(maxBytes)} are taken. ` +
    'Alertmanager does not repeat it: nobody was told of the alerts in it.';
  return {
    type: 'observed',
    subject: {
      key: payloadTooLargeKey(source),
      source,
      alertname: PAYLOAD_TOO_LARGE,
      group: { source },
      externalURL: '',
      endsAfter: ENDS_AFTER,
    },
    alerts: [
      {
        fingerprint,
        identity: identityOf(labels),
        status: 'firing',
        severity: 'critical',
        startsAt,
        endsAt: 0,
        detail: { fingerprint, labels, annotations: { summary }, generatorURL: '', startsAt },
      },
    ],
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(2)} MB`;
}
