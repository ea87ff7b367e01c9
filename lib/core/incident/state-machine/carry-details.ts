import type { AlertDetail } from '../../alert/alert.ts';
import { hashSha256 } from '../../shared/hash.ts';
import { isCounted } from '../alert-state.ts';
import { MAX_EFFECT_DETAIL_BYTES, MAX_WAITING_DETAIL_BYTES, MAX_WORD_HASHES } from '../limits.ts';
import type { Draft } from './draft.ts';

const HASH_DIGITS = 8;

/**
 * Selects the details for this write: of new alerts, then of alerts whose text changed, then those that wait
 * from earlier writes. An effect carries them. Without an effect they wait in the incident for the next one,
 * where notices find them. Details that do not fit are tried again with the next write.
 */
export function carryDetails(draft: Draft, withEffect: boolean): AlertDetail[] {
  const { incident } = draft;
  const wanted = new Map<string, AlertDetail>();
  for (const detail of [...draft.details, ...findChangedDetails(draft), ...(incident.waitingDetails ?? [])]) {
    if (!wanted.has(detail.fingerprint)) wanted.set(detail.fingerprint, detail);
  }
  const used = incident.effects.reduce((sum, effect) => sum + countDetailBytes(effect.details), 0);
  const available = MAX_WAITING_DETAIL_BYTES - used;
  const kept = takeWithinBytes([...wanted.values()], Math.min(MAX_EFFECT_DETAIL_BYTES, available));
  const remaining = (incident.waitingDetails ?? []).filter(
    (each) => !kept.some((other) => isSameAlert(other, each)),
  );
  const waiting = withEffect ? takeWithinBytes(remaining, available - countDetailBytes(kept)) : kept;
  recordTextHashes(draft, kept, withEffect ? remaining.filter((each) => !waiting.includes(each)) : remaining);
  if (waiting.length === 0) delete incident.waitingDetails;
  else incident.waitingDetails = waiting;
  return withEffect ? kept : [];
}

/**
 * The text of the newest webhook by receipt. The text of an older firing never replaces that of a later one.
 */
function findChangedDetails(draft: Draft): AlertDetail[] {
  const known = draft.incident.textHashes ?? {};
  let room = MAX_WORD_HASHES - Object.keys(known).length;
  const changed = new Map<string, AlertDetail>();
  for (const { fingerprint, detail } of draft.seen) {
    const alert = draft.alerts.get(fingerprint);
    if (alert === undefined || !isCounted(alert) || detail.startsAt < alert.startsAt) continue;
    const hash = known[fingerprint];
    if (hash === undefined && room <= 0) continue;
    if (hash === hashText(detail)) {
      changed.delete(fingerprint);
      continue;
    }
    if (hash === undefined && !changed.has(fingerprint)) room -= 1;
    changed.set(fingerprint, detail);
  }
  return [...changed.values()];
}

/**
 * Records a hash of each recorded text, up to the limit. Forgets dropped texts, so that they can come again.
 */
function recordTextHashes(draft: Draft, recorded: AlertDetail[], dropped: AlertDetail[]): void {
  if (recorded.length + dropped.length === 0) return;
  const hashes = { ...draft.incident.textHashes };
  for (const { fingerprint } of dropped) delete hashes[fingerprint];
  let room = MAX_WORD_HASHES - Object.keys(hashes).length;
  for (const detail of recorded) {
    if (hashes[detail.fingerprint] === undefined) {
      if (room <= 0) continue;
      room -= 1;
    }
    hashes[detail.fingerprint] = hashText(detail);
  }
  draft.incident.textHashes = hashes;
}

function hashText({ annotations, generatorURL }: AlertDetail): string {
  const sorted = Object.entries(annotations).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hashSha256(JSON.stringify([sorted, generatorURL]), HASH_DIGITS);
}

function isSameAlert(a: AlertDetail, b: AlertDetail): boolean {
  return a.fingerprint === b.fingerprint;
}

function takeWithinBytes(details: AlertDetail[], maxBytes: number): AlertDetail[] {
  let room = maxBytes;
  const kept: AlertDetail[] = [];
  for (const detail of details) {
    const bytes = countDetailBytes([detail]);
    if (bytes > room) continue;
    kept.push(detail);
    room -= bytes;
  }
  return kept;
}

function countDetailBytes(details: AlertDetail[]): number {
  return details.length === 0 ? 0 : new TextEncoder().encode(JSON.stringify(details)).length;
}
