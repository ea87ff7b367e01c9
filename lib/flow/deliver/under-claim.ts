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

/** How long one run may have an item: longer than its budget. */
const CLAIM = 28 * SECOND;
const FIRST_PAUSE: Millis = 100;
const LONGEST_PAUSE: Millis = 2 * SECOND;

export type ClaimPorts = {
  clock: { now(): Millis; pause(ms: Millis): Promise<void> };
  /** A word that no other run has. */
  unique(): string;
};

/** An item that this run may work on. */
export type Held<R extends Claimed> = {
  /** As it is under the claim. */
  record: R;
  /** Says anew what this run is about to tell. */
  intend(intent: Intent): Promise<void>;
  /** Stores what was told so far; there is more to come. */
  keep(record: R): Promise<void>;
  /** Stores what was told and gives the claim back. `false`: another run has it by now, and knows nothing of this. */
  save(record: R): Promise<boolean>;
};

/** What one destination was told of an incident, as an item that one run at a time may work on. */
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
 * Works on an item that one run at a time may work on; `undefined`: another run does. What a dead run may have told is
 * handed on: from `before`, the record as it was read, or by a claim without an intent. An answer that is lost costs
 * another try, not the claim.
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
        ...(uncertainSends === undefined ? {} : { uncertainSends }),
        ...(what === undefined ? {} : { intent: what }),
      }),
    );
  async function claimOrTakeOver(): Promise<R | undefined> {
    if (before !== undefined) return take(intent, addUnfinished(before, now).uncertainSends);
    const taken = intent && (await take(intent, undefined));
    if (taken) return taken;
    // Another run has it, or one that died has left its intent.
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

/** Again and again until then, because what is not stored is told twice. Throws what the last try threw. */
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
