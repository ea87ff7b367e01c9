import type { AlertDetail } from '../alert/alert.ts';
import type { Incident } from '../incident/incident.ts';

/** Total size of an incident's alert details, so that their item stays far under 400 KB. */
const MAX_DETAIL_BYTES = 200 * 1024;

/**
 * Adds alert details to the stored ones. A later firing of the same fingerprint replaces its details, and so
 * does a later version of the same firing. A repeated message changes nothing. Past the byte limit the first
 * ones stay.
 */
export function mergeDetails(
  stored: AlertDetail[],
  added: AlertDetail[],
  maxBytes: number = MAX_DETAIL_BYTES,
): AlertDetail[] {
  const merged = new Map(stored.map((detail) => [detail.fingerprint, detail]));
  let bytes = 2;
  for (const detail of merged.values()) bytes += measureBytes(detail);

  for (const detail of added) {
    const known = merged.get(detail.fingerprint);
    if (known && !isNewer(detail, known)) continue;
    const grown = bytes + measureBytes(detail) - (known ? measureBytes(known) : 0);
    if (grown > maxBytes) continue;
    merged.set(detail.fingerprint, detail);
    bytes = grown;
  }
  return [...merged.values()];
}

/** Adds the newest details of the incident's waiting effect. */
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

/** Bytes of a detail as JSON, with its separator. */
function measureBytes(detail: AlertDetail): number {
  return Buffer.byteLength(JSON.stringify(detail)) + 1;
}
