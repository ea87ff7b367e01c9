import type { ObservedAlert, ReportedTimes } from '../../grouping/observed-alert.ts';
import { DAY, type Millis } from '../../shared/time.ts';
import type { AlertState } from '../incident.ts';
import { CLOCK_TOLERANCE, MAX_REPORTED_TIMES } from '../limits.ts';
import { type Draft, isAlertFiring } from './draft.ts';

/**
 * Makes an alert's times comparable (docs/rules.md#rule-5). A time that the sender did not say, or that is ahead of our receipt, is
 * fixed at the first receipt and kept while the sender says the same. What the sender said stands in `reported`.
 *
 * Order is kept: of two times ahead of receipt, the later one stays later, in whatever order they arrive.
 * docs/adr/0019-clocks-of-others.md
 */
export function settleTimes(known: AlertState | undefined, seen: ObservedAlert, now: Millis): ObservedAlert {
  const startsAt = settledStart(known, seen, now);
  const endsAt = seen.status === 'firing' ? 0 : settledEnd(known, seen, startsAt, now);
  if (startsAt === seen.startsAt && endsAt === seen.endsAt) return seen;

  const reported: ReportedTimes = {};
  if (startsAt !== seen.startsAt) reported.startsAt = seen.startsAt;
  // An end that the sender did not say is recognised by its start: nothing of it has to be kept.
  if (endsAt !== seen.endsAt && seen.endsAt > now && isSaid(seen.endsAt, now)) reported.endsAt = seen.endsAt;
  const isBelieved = reported.startsAt === undefined && reported.endsAt === undefined;
  const detail = startsAt === seen.startsAt ? seen.detail : { ...seen.detail, startsAt };
  return { ...seen, startsAt, endsAt, detail, ...(isBelieved ? {} : { reported }) };
}

function settledStart(known: AlertState | undefined, seen: ObservedAlert, now: Millis): Millis {
  const { startsAt } = seen;
  if (known && known.reported?.startsAt === startsAt) return known.startsAt;
  if (startsAt > 0) return settledTime(known, startsAt, now);
  // Nothing is said of the start, so it is that of the firing which we know.
  if (known?.firing) return known.startsAt;
  return seen.endsAt > 0 ? Math.min(seen.endsAt, now) : now;
}

/** No earlier than its start: a resolve that ends before it began is a clock's fault, and still ends that firing. */
function settledEnd(
  known: AlertState | undefined,
  { startsAt: saidStart, endsAt }: ObservedAlert,
  startsAt: Millis,
  now: Millis,
): Millis {
  if (!isSaid(endsAt, now)) return Math.max(startsAt, unsaidEnd(known, startsAt, now));
  if (known?.reported?.endsAt === endsAt && known.endsAt >= startsAt) return known.endsAt;
  // The resolve of the very firing that we know is not older than it, whatever its clock says.
  const isSameFiring = known?.reported?.startsAt === saidStart;
  return Math.max(startsAt, settledTime(known && isSameFiring ? withoutStart(known) : known, endsAt, now));
}

function withoutStart(known: AlertState): AlertState {
  const { startsAt: _, ...reported } = known.reported ?? {};
  return { ...known, startsAt: 0, reported };
}

/** No clock is wrong by more than a day without being always the same, as the year 9999 is. */
function isSaid(endsAt: Millis, now: Millis): boolean {
  return endsAt > 0 && endsAt <= now + DAY;
}

/** An end without a time ends the firing that its start names; an older start is the end of an older firing. */
function unsaidEnd(known: AlertState | undefined, startsAt: Millis, now: Millis): Millis {
  if (known?.firing && startsAt < known.startsAt) return startsAt;
  if (known && !isAlertFiring(known) && known.endsAt >= startsAt) return known.endsAt;
  return now;
}

/** A time that the sender said: believed unless it is ahead, and then on the same side of what is known as it was said. */
function settledTime(known: AlertState | undefined, sent: Millis, now: Millis): Millis {
  if (sent <= now) return sent;
  let time = sent > now + CLOCK_TOLERANCE ? now : sent;
  if (known === undefined) return time;
  const { startsAt, endsAt, reported } = known;
  const pairs = [
    { sent: reported?.startsAt ?? startsAt, kept: startsAt },
    { sent: reported?.endsAt ?? endsAt, kept: endsAt },
  ].filter((pair) => pair.sent > 0);
  for (const pair of pairs) if (pair.sent < sent) time = Math.max(time, pair.kept + 1);
  for (const pair of pairs) if (pair.sent > sent) time = Math.min(time, pair.kept - 1);
  return time;
}

/**
 * Keeps what senders said in place of times that we fixed to so many alerts of one incident. Of any other the start is
 * fixed by what is known, so that a repeat of it changes nothing either.
 */
export function limitReportedTimes(
  draft: Draft,
): (known: AlertState | undefined, seen: ObservedAlert) => ObservedAlert {
  let kept: number | undefined;
  return (known, seen) => {
    if (seen.reported === undefined || known?.reported !== undefined) return seen;
    kept ??= [...draft.alerts.values()].filter((alert) => alert.reported !== undefined).length;
    if (kept < MAX_REPORTED_TIMES) {
      kept += 1;
      return seen;
    }
    const { reported: _, ...rest } = seen;
    return known === undefined || !isAlertFiring(known) ? rest : { ...rest, startsAt: known.startsAt };
  };
}
