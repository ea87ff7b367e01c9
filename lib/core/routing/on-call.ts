import type { Rotation } from '../runbook/runbook.ts';
import { addDays, countDaysUntil, isTimeZone, toInstant } from '../shared/local-time.ts';
import type { Millis } from '../shared/time.ts';

/**
 * The contact who is on call at a moment: exactly one, whenever that is. A handover's moment belongs to whoever
 * takes over. Before the start the first one is on call already, so that no page is for nobody.
 * `undefined` only for a rotation without people, which contacts.yaml cannot hold.
 */
export function findOnCall(rotation: Rotation, at: Millis): string | undefined {
  const standIn = rotation.overrides.findLast(({ from, until }) => from <= at && at < until);
  if (standIn !== undefined) return standIn.who;
  return rotation.who[turnAt(rotation, at) % rotation.who.length];
}

/** How many handovers there have been since the first one, which is number 0. */
function turnAt(rotation: Rotation, at: Millis): number {
  const { start, days } = rotation;
  // Checked where runbooks are compiled. Should the runtime know fewer zones, a page at another hour is still a page.
  const timeZone = isTimeZone(rotation.timeZone) ? rotation.timeZone : 'UTC';
  const handoverAt = (turn: number) => toInstant(addDays(start, turn * days), timeZone);
  let turn = Math.max(0, Math.floor(countDaysUntil(start, at, timeZone) / days));
  // Where clocks change, what they show can be before a handover that has been, and after one that has not.
  while (handoverAt(turn + 1) <= at) turn += 1;
  while (turn > 0 && handoverAt(turn) > at) turn -= 1;
  return turn;
}
