import type { AlertDetail } from '../alert/alert.ts';

/** What the alert details of one incident may take together, so that their item stays far under 400 KB. */
const MAX_DETAIL_BYTES = 200 * 1024;

/**
 * Adds alert details to those already kept. A fingerprint seen before is replaced only by a later firing of
 * itself, so that a repeated message changes nothing. Past the byte limit the first ones stay.
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
    if (known && known.startsAt >= detail.startsAt) continue;
    const grown = bytes + sizeOf(detail) - (known ? sizeOf(known) : 0);
    if (grown > maxBytes) continue;
    merged.set(detail.fingerprint, detail);
    bytes = grown;
  }
  return [...merged.values()];
}

/** Bytes of a detail as JSON, its separator included. */
function sizeOf(detail: AlertDetail): number {
  return Buffer.byteLength(JSON.stringify(detail)) + 1;
}
