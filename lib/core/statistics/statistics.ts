import type { Tier } from '../runbook/policy.ts';
import { type Severity, severities } from '../shared/severity.ts';
import { HOUR, type Millis, SECOND } from '../shared/time.ts';
import { type Counts, createCounts, mergeCounts, type NameCount } from './counts.ts';
import type { DirtyHour } from './dirty-hour.ts';
import { listLocalDays } from './local-days.ts';
import type { StatisticsQuery } from './query-schema.ts';
import { type RollUp, sortNoisiestFirst } from './roll-up.ts';
import { countSketch, estimateQuantile, type Sketch } from './sketch.ts';

/** Times within 1 %. `leftOut`: incidents not acknowledged, or not resolved, so far. */
export type Durations = { medianSeconds?: number; p90Seconds?: number; counted: number; leftOut: number };

export type DayStatistics = {
  /** `2026-11-24` in the requested zone. */
  day: string;
  incidents: number;
  critical: number;
  warning: number;
  info: number;
  mtta: Durations;
  mttr: Durations;
};

export type TierNotices = {
  tier: Tier;
  /** Notices meant to interrupt the tier's people. */
  notices: number;
  /** How many people it calls at once; a rotation counts as one. */
  people: number;
  /** `notices` per person and hour of the range that has passed; absent without people or hours. */
  perPersonHour?: number;
};

export type Statistics = {
  incidents: number;
  open: number;
  /** Every day of the range, also those without incidents. */
  byDay: DayStatistics[];
  bySeverity: { severity: Severity; incidents: number }[];
  byCategory: { category: string; incidents: number }[];
  /** The noisiest, at most 20. */
  byAlertname: ({ alertname: string } & NameCount)[];
  /** Incidents of all other alertnames. */
  otherAlertnames: number;
  /** From the opening to the first acknowledgement. */
  mtta: Durations;
  /** From the opening to the last resolve. */
  mttr: Durations;
  neverAcknowledged: number;
  flapping: number;
  notices: TierNotices[];
  diagnoses: { count: number; neededAttention: number };
};

/** How many people each tier calls at once. */
export type PeopleByTier = Readonly<Record<Tier, number>>;

const NOISIEST = 20;
const tiers = [1, 2, 3] as const;

/** Computes the statistics of a range. An incident belongs to the moment at which it opened. */
export function computeStatistics(
  { from, to, tz }: StatisticsQuery,
  rollUps: readonly RollUp[],
  people: PeopleByTier,
  now: Millis,
): Statistics {
  const days = listLocalDays(from, to, tz).map(({ day, start }) => ({ day, start, counts: createCounts() }));
  const total = createCounts();
  let today = 0;
  const quarters = rollUps.flatMap((rollUp) => rollUp.quarters).filter(({ at }) => at >= from && at < to);
  for (const { at, counts } of quarters.toSorted((a, b) => a.at - b.at)) {
    while ((days[today + 1]?.start ?? Number.POSITIVE_INFINITY) <= at) today += 1;
    const day = days[today];
    if (day !== undefined) mergeCounts(day.counts, counts);
  }
  for (const { counts } of days) mergeCounts(total, counts);
  const names = [...total.alertnames].toSorted(sortNoisiestFirst);
  return {
    incidents: total.incidents,
    open: total.open,
    byDay: days.map(({ day, counts }) => dayOf(day, counts)),
    bySeverity: severities
      .toReversed()
      .map((severity) => ({ severity, incidents: total.severities[severity] })),
    byCategory: [...total.categories]
      .map(([category, incidents]) => ({ category, incidents }))
      .toSorted((a, b) => b.incidents - a.incidents || (a.category < b.category ? -1 : 1)),
    byAlertname: names.slice(0, NOISIEST).map(([alertname, count]) => ({ alertname, ...count })),
    otherAlertnames: names
      .slice(NOISIEST)
      .reduce((sum, [, { incidents }]) => sum + incidents, total.otherAlertnames.incidents),
    mtta: durations(total, total.acknowledged),
    mttr: durations(total, total.resolved),
    neverAcknowledged: total.neverAcknowledged,
    flapping: total.flapping,
    notices: tiers.map((tier) => noticesOf(tier, total, people, (Math.min(to, now) - from) / HOUR)),
    diagnoses: { count: total.diagnoses, neededAttention: total.neededAttention },
  };
}

/**
 * The moment up to which everything is counted. A marked hour is complete up to its last count or up to its
 * mark, whichever is later.
 */
export function getCountedUpTo(
  { from, to }: StatisticsQuery,
  dirtyHours: readonly DirtyHour[],
  now: Millis,
): Millis {
  const inRange = dirtyHours.filter(({ hour }) => hour + HOUR > from && hour < to);
  return Math.min(now, ...inRange.map(({ since, countedAt = 0 }) => Math.max(since, countedAt)));
}

function dayOf(day: string, counts: Counts): DayStatistics {
  const { critical, warning, info } = counts.severities;
  return {
    day,
    incidents: counts.incidents,
    critical,
    warning,
    info,
    mtta: durations(counts, counts.acknowledged),
    mttr: durations(counts, counts.resolved),
  };
}

function durations({ incidents }: Counts, sketch: Sketch): Durations {
  const counted = countSketch(sketch);
  const median = estimateQuantile(sketch, 0.5);
  const p90 = estimateQuantile(sketch, 0.9);
  return {
    medianSeconds: median === undefined ? undefined : seconds(median),
    p90Seconds: p90 === undefined ? undefined : seconds(p90),
    counted,
    leftOut: incidents - counted,
  };
}

/** Rounds to the digits that are accurate. */
function seconds(duration: Millis): number {
  return Number((duration / SECOND).toPrecision(4));
}

function noticesOf(tier: Tier, { pages }: Counts, people: PeopleByTier, hours: number): TierNotices {
  const notices = pages[tier - 1] ?? 0;
  const personHours = people[tier] * hours;
  return {
    tier,
    notices,
    people: people[tier],
    perPersonHour: personHours > 0 ? Number((notices / personHours).toPrecision(4)) : undefined,
  };
}
