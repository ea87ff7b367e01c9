import type { AlertDetail } from '../alert/alert.ts';
import type { Incident } from '../incident/incident.ts';

/** What the alert details of one incident may take together, so that their item stays far under 400 KB. */
const MAX_DETAIL_BYTES = 200 * 1024;

/**
 * Adds alert details to those already kept. A fingerprint seen before is replaced only by a later firing of
 * itself, or by what was taken of the same firing later, so that a repeated message changes nothing. Past the byte
 * limit the first ones stay.
 */
export function mergeDetails(
  stored: AlertDetail[],
  added: AlertDetail[],
  maxBytes: number = MAX_DETAIL_BYTES,
): AlertDetail[] {
  const merged = new Map(stored.map((detail) => [detail.fingerprint, detail]));
  let bytes = 2;
  for (const detail of merged.values()) bytes += sizeOf(detail);

  for (const detail of added) {
    const known = merged.get(detail.fingerprint);
    if (known && !isNewer(detail, known)) continue;
    const grown = bytes + sizeOf(detail) - (known ? sizeOf(known) : 0);
    if (grown > maxBytes) continue;
    merged.set(detail.fingerprint, detail);
    bytes = grown;
  }
  return [...merged.values()];
}

/** With the words that still wait in the incident for an effect: the newest of their alerts. */
export function mergeWaitingDetails(stored: AlertDetail[], incident: Incident): AlertDetail[] {
  const { waitingDetails = [], version } = incident;
  return mergeDetails(
    stored,
    waitingDetails.map((detail) => ({ ...detail, seq: version })),
  );
}

function isNewer(a: AlertDetail, b: AlertDetail): boolean {
  return a.startsAt > b.startsAt || (a.startsAt === b.startsAt && (a.seq ?? 0) > (b.seq ?? 0));
}

/** Bytes of a detail as JSON, its separator included. */
function sizeOf(detail: AlertDetail): number {
  return Buffer.byteLength(JSON.stringify(detail)) + 1;
}
