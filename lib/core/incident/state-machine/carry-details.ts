import type { AlertDetail } from '../../alert/alert.ts';
import { hashSha256 } from '../../shared/hash.ts';
import { MAX_EFFECT_DETAIL_BYTES, MAX_WAITING_DETAIL_BYTES, MAX_WORD_HASHES } from '../limits.ts';
import type { Draft } from './draft.ts';

const HASH_DIGITS = 8;

/**
 * The details that leave with this write: those of alerts seen for the first time, then those whose words have changed
 * since they were last taken, then what waits from earlier writes. With an effect they travel in it. Without one they
 * wait in the incident for the next, where notices find them. What has no room is tried again with the next write.
 */
export function carryDetails(draft: Draft, withEffect: boolean): AlertDetail[] {
  const { incident } = draft;
  const wanted = new Map<string, AlertDetail>();
  for (const detail of [...draft.details, ...changedDetails(draft), ...(incident.waitingDetails ?? [])]) {
    if (!wanted.has(detail.fingerprint)) wanted.set(detail.fingerprint, detail);
  }
  const used = incident.effects.reduce((sum, effect) => sum + detailBytes(effect.details), 0);
  const all = MAX_WAITING_DETAIL_BYTES - used;
  const kept = withinBytes([...wanted.values()], Math.min(MAX_EFFECT_DETAIL_BYTES, all));
  const left = (incident.waitingDetails ?? []).filter((each) => !kept.some((other) => isOf(other, each)));
  const waiting = withEffect ? withinBytes(left, all - detailBytes(kept)) : kept;
  noteWords(draft, kept, withEffect ? left.filter((each) => !waiting.includes(each)) : left);
  if (waiting.length === 0) delete incident.waitingDetails;
  else incident.waitingDetails = waiting;
  return withEffect ? kept : [];
}

/** Words of the newest webhook, by receipt. An older firing's never replace those of a later one. */
function changedDetails(draft: Draft): AlertDetail[] {
  const known = draft.incident.textHashes ?? {};
  let room = MAX_WORD_HASHES - Object.keys(known).length;
  const changed = new Map<string, AlertDetail>();
  for (const { fingerprint, detail } of draft.seen) {
    const alert = draft.alerts.get(fingerprint);
    if (alert === undefined || alert.carriedOver || detail.startsAt < alert.startsAt) continue;
    const hash = known[fingerprint];
    if (hash === undefined && room <= 0) continue;
    if (hash === hashOf(detail)) {
      changed.delete(fingerprint);
      continue;
    }
    if (hash === undefined && !changed.has(fingerprint)) room -= 1;
    changed.set(fingerprint, detail);
  }
  return [...changed.values()];
}

/** Remembers which words were taken, of so many alerts as the item has room for; those that were lost may come again. */
function noteWords(draft: Draft, taken: AlertDetail[], lost: AlertDetail[]): void {
  if (taken.length + lost.length === 0) return;
  const hashes = { ...draft.incident.textHashes };
  for (const { fingerprint } of lost) delete hashes[fingerprint];
  let room = MAX_WORD_HASHES - Object.keys(hashes).length;
  for (const detail of taken) {
    if (hashes[detail.fingerprint] === undefined) {
      if (room <= 0) continue;
      room -= 1;
    }
    hashes[detail.fingerprint] = hashOf(detail);
  }
  draft.incident.textHashes = hashes;
}

function hashOf({ annotations, generatorURL }: AlertDetail): string {
  const sorted = Object.entries(annotations).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hashSha256(JSON.stringify([sorted, generatorURL]), HASH_DIGITS);
}

function isOf(a: AlertDetail, b: AlertDetail): boolean {
  return a.fingerprint === b.fingerprint;
}

function withinBytes(details: AlertDetail[], most: number): AlertDetail[] {
  let room = most;
  const kept: AlertDetail[] = [];
  for (const detail of details) {
    const bytes = detailBytes([detail]);
    if (bytes > room) continue;
    kept.push(detail);
    room -= bytes;
  }
  return kept;
}

function detailBytes(details: AlertDetail[]): number {
  return details.length === 0 ? 0 : new TextEncoder().encode(JSON.stringify(details)).length;
}
