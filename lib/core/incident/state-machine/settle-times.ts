import type { ObservedAlert, ReportedTimes } from '../../grouping/observed-alert.ts';
import { DAY, type Millis } from '../../shared/time.ts';
import { type AlertState, isAlertFiring, mayAlertFire } from '../alert-state.ts';
import { CLOCK_TOLERANCE, MAX_REPORTED_TIMES } from '../limits.ts';
import { type Draft } from './draft.ts';

/**
 * Makes an alert's times comparable (docs/rules.md#rule-5). An absent time, or one ahead of our receipt, is
 * fixed at first receipt and kept while the sender repeats it. `reported` keeps the sender's own times.
 *
 * Order is kept: of two times ahead of receipt, the later one stays later, in whatever order they arrive.
 * docs/adr/0019-clocks-of-others.md
 */
export function settleTimes(known: AlertState | undefined, seen: ObservedAlert, now: Millis): ObservedAlert {
  const startsAt = settleStart(known, seen, now);
  const endsAt = seen.status === 'firing' ? 0 : settleEnd(known, seen, startsAt, now);
  if (startsAt === seen.startsAt && endsAt === seen.endsAt) return seen;

  const reported: ReportedTimes = {};
  if (startsAt !== seen.startsAt) reported.startsAt = seen.startsAt;
  // The start identifies an end without a time, so no part of it must be kept.
  if (endsAt !== seen.endsAt && seen.endsAt > now && isEndGiven(seen.endsAt, now))
    reported.endsAt = seen.endsAt;
  const isBelieved = reported.startsAt === undefined && reported.endsAt === undefined;
  const detail = startsAt === seen.startsAt ? seen.detail : { ...seen.detail, startsAt };
  return { ...seen, startsAt, endsAt, detail, ...(isBelieved ? {} : { reported }) };
}

function settleStart(known: AlertState | undefined, seen: ObservedAlert, now: Millis): Millis {
  const { startsAt } = seen;
  if (known && known.reported?.startsAt === startsAt) return known.startsAt;
  if (startsAt > 0) return settleTime(known, startsAt, now);
  // Without a start, the report is about the firing that we know.
  if (known && mayAlertFire(known)) return known.startsAt;
  return seen.endsAt > 0 ? Math.min(seen.endsAt, now) : now;
}

/**
 * No earlier than its start: a resolve with an end before its start has a wrong clock, and still ends that
 * firing.
 */
function settleEnd(
  known: AlertState | undefined,
  { startsAt: sentStart, endsAt }: ObservedAlert,
  startsAt: Millis,
  now: Millis,
): Millis {
  if (!isEndGiven(endsAt, now)) return Math.max(startsAt, inferEnd(known, startsAt, now));
  if (known?.reported?.endsAt === endsAt && known.endsAt >= startsAt) return known.endsAt;
  // A resolve of the known firing is not older than that firing, whatever its clock says.
  const isSameFiring = known?.reported?.startsAt === sentStart;
  return Math.max(startsAt, settleTime(known && isSameFiring ? omitStart(known) : known, endsAt, now));
}

function omitStart(known: AlertState): AlertState {
  const { startsAt: _, ...reported } = known.reported ?? {};
  return { ...known, startsAt: 0, reported };
}

/** A time more than a day ahead is a placeholder, such as the year 9999, not a wrong clock. */
function isEndGiven(endsAt: Millis, now: Millis): boolean {
  return endsAt > 0 && endsAt <= now + DAY;
}

/** An end without a time ends the firing with that start; an older start names an older firing. */
function inferEnd(known: AlertState | undefined, startsAt: Millis, now: Millis): Millis {
  if (known && mayAlertFire(known) && startsAt < known.startsAt) return startsAt;
  if (known && !isAlertFiring(known) && known.endsAt >= startsAt) return known.endsAt;
  return now;
}

/** Keeps a sender's time unless it is ahead of us. A replaced time keeps its order among the known times. */
function settleTime(known: AlertState | undefined, sent: Millis, now: Millis): Millis {
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
 * Keeps a sender's own times for a limited number of alerts per incident. Any further alert gets the known
 * start, so that a repeat changes nothing either.
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
