import type { Budget } from '../../core/delivery/budget.ts';
import {
  addUnfinished,
  type Claimed,
  type ClaimedItem,
  type Intent,
  takeOver,
  type UncertainSends,
} from '../../core/delivery/claim.ts';
import type { DestinationRecord } from '../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../core/delivery/delivery-stores.ts';
import { type Millis, SECOND } from '../../core/shared/time.ts';

/** How long one run may hold an item: longer than its budget. */
const CLAIM = 28 * SECOND;
const FIRST_PAUSE: Millis = 100;
const LONGEST_PAUSE: Millis = 2 * SECOND;

export type ClaimPorts = {
  clock: { now(): Millis; pause(ms: Millis): Promise<void> };
  /** A string that no other run has. */
  unique(): string;
};

/** An item claimed by this run. */
export type Held<R extends Claimed> = {
  /** The record under the claim. */
  record: R;
  /** Replaces the intent of this run. */
  intend(intent: Intent): Promise<void>;
  /** Stores what was sent so far; more sends follow. */
  keep(record: R): Promise<void>;
  /**
   * Stores what was sent and releases the claim. `false`: another run holds the claim and nothing is stored.
   */
  save(record: R): Promise<boolean>;
};

/** The record of a destination for one incident, as an item that one run at a time may work on. */
export function createClaimedDestination(
  destinations: Pick<DestinationStore, 'claim' | 'save'>,
  incidentId: string,
  destination: string,
): ClaimedItem<DestinationRecord> {
  return {
    claim: (claim) => destinations.claim(incidentId, destination, claim),
    save: (record, holder) => destinations.save(incidentId, record, holder),
  };
}

/**
 * Works on a claimed item; `undefined` if another run holds it. Keeps track of what a dead run may have sent:
 * from `before`, the record as read, or by a claim without an intent. A lost answer costs a retry, not the
 * claim.
 */
export async function runUnderClaim<R extends Claimed, T>(
  ports: ClaimPorts,
  item: ClaimedItem<R>,
  { budget, before, intent }: { budget: Budget; before?: R; intent?: Intent | undefined },
  work: (held: Held<R>) => Promise<T>,
): Promise<T | undefined> {
  const now = ports.clock.now();
  const own = { owner: ports.unique(), now, until: now + CLAIM };
  const take = (what: Intent | undefined, uncertainSends: UncertainSends | undefined) =>
    tryUntil(ports, budget.claimUntil, () =>
      item.claim({
        ...own,
        uncertainSends,
        intent: what,
      }),
    );
  async function claimOrTakeOver(): Promise<R | undefined> {
    if (before !== undefined) return take(intent, addUnfinished(before, now).uncertainSends);
    const claimed = intent && (await take(intent, undefined));
    if (claimed) return claimed;
    // Another run holds the claim, or a dead run has left its intent.
    const left = await take(undefined, undefined);
    const record = left && takeOver(left);
    if (record && intent) await take(intent, record.uncertainSends);
    return record;
  }
  const store = (record: R, until: Millis) =>
    tryUntil(ports, budget.recordUntil, () => item.save(record, { owner: own.owner, until }));

  const record = await claimOrTakeOver();
  if (record === undefined) return undefined;
  return work({
    record,
    intend: async (what) => void (await take(what, record.uncertainSends)),
    keep: async (notified) => void (await store(notified, own.until)),
    save: (notified) => store(notified, 0),
  });
}

/** Reads what a decision needs under the claim; releases the claim if that fails. */
export async function readUnderClaim<R extends Claimed, T>(
  { record, save }: Held<R>,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    await save(record).catch(() => false);
    throw error;
  }
}

/** Retries until `until`, because anything not stored is sent twice. Throws the last error. */
async function tryUntil<T>({ clock }: ClaimPorts, until: Millis, act: () => Promise<T>): Promise<T> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
    try {
      return await act();
    } catch (error) {
      if (clock.now() + pause >= until) throw error;
    }
    await clock.pause(pause);
  }
}
