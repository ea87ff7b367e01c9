import type { Claim, Claimed, Holder } from '../../../lib/core/delivery/claim.ts';

/** The record under the claim; `undefined`: another run has it. */
export function claimed<R extends Claimed>(
  record: R,
  { owner, now, until, intent, uncertainSends }: Claim,
): R | undefined {
  if (record.claimOwner !== owner) {
    if (record.claimUntil > now) return undefined;
    if (record.intent && intent && !uncertainSends) return undefined;
  }
  const further = structuredClone({
    intent: intent ?? record.intent,
    uncertainSends: uncertainSends ?? record.uncertainSends,
  });
  return { ...record, ...further, claimUntil: until, claimOwner: owner };
}

/** The stored record; `undefined`: another run has claimed it since. */
export function savedUnder<R extends Claimed>(
  stored: R,
  savedBy: string | undefined,
  record: R,
  { owner, until }: Holder,
): R | undefined {
  const mine = stored.claimOwner === owner || (stored.claimOwner === undefined && savedBy === owner);
  if (!mine) return undefined;
  const next: R = { ...structuredClone(record), claimUntil: until };
  delete next.intent;
  delete next.claimOwner;
  if (until > 0) next.claimOwner = owner;
  return next;
}
