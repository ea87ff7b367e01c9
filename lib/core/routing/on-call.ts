import type { Rotation } from '../runbook/runbook.ts';
import { addDays, countDaysUntil, isTimeZone, toInstant } from '../shared/local-time.ts';
import type { Millis } from '../shared/time.ts';

/**
 * Exactly one contact is on call at any moment. At the moment of a handover it is the contact who takes over.
 * Before the start it is the first contact, so that every page calls somebody. `undefined` only for a
 * rotation without people, which contacts.yaml cannot hold.
 */
export function findOnCall(rotation: Rotation, at: Millis): string | undefined {
  const standIn = rotation.overrides.findLast(({ from, until }) => from <= at && at < until);
  if (standIn !== undefined) return standIn.who;
  return rotation.who[countHandovers(rotation, at) % rotation.who.length];
}

/** How many handovers there have been since the first one, which is number 0. */
function countHandovers(rotation: Rotation, at: Millis): number {
  const { start, days } = rotation;
  // Checked when runbooks are compiled. If the runtime knows fewer zones, a page at another hour is still a
  // page.
  const timeZone = isTimeZone(rotation.timeZone) ? rotation.timeZone : 'UTC';
  const handoverAt = (handovers: number) => toInstant(addDays(start, handovers * days), timeZone);
  let handovers = Math.max(0, Math.floor(countDaysUntil(start, at, timeZone) / days));
  // Clock changes may shift the estimate by one handover in either direction.
  while (handoverAt(handovers + 1) <= at) handovers += 1;
  while (handovers > 0 && handoverAt(handovers) > at) handovers -= 1;
  return handovers;
}
