import { mayAlertFire } from '../incident/alert-state.ts';
import type { Incident } from '../incident/incident.ts';
import { HOUR, type Millis } from '../shared/time.ts';
import { computeOwnFingerprint, type ObservedEvent, observeOwn } from './own-alert.ts';

/** Alertname of the incident that a too large payload opens. */
export const PAYLOAD_TOO_LARGE = 'AlertmanagerPayloadTooLarge';

/** How long after the last such payload its incident ends. */
const ENDS_AFTER: Millis = 24 * HOUR;

const MEGABYTE = 1024 * 1024;

/** A payload that was refused unread, because it exceeds the size limit. */
export type RefusedPayload = { source: string; bytes: number; maxBytes: number };

/**
 * Turns a refused payload into an alert that this system observes itself. While it fires, the next payload
 * repeats the same firing; after its end, a new one starts.
 */
export function observePayloadTooLarge(
  { source, bytes, maxBytes }: RefusedPayload,
  latest: Incident | undefined,
  now: Millis,
): ObservedEvent {
  const fingerprint = computeOwnFingerprint(PAYLOAD_TOO_LARGE, source);
  const known = latest?.alerts.find((alert) => alert.fingerprint === fingerprint);
  // Later than its last end, even by another machine's clock: nobody could confirm an unconfirmed firing.
  const startsAt = known && mayAlertFire(known) ? known.startsAt : Math.max(now, (known?.endsAt ?? 0) + 1);
  const summary =
    `A webhook of ${formatMegabytes(bytes)} was refused unread; at most ${formatMegabytes(maxBytes)} are accepted. ` +
    'Alertmanager does not repeat it: nobody was notified of the alerts in it.';
  return observeOwn({
    alertname: PAYLOAD_TOO_LARGE,
    source,
    status: 'firing',
    startsAt,
    endsAt: 0,
    summary,
    externalURL: '',
    endsAfter: ENDS_AFTER,
  });
}

function formatMegabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(2)} MB`;
}
