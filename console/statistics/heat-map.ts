import { addDays, weekdayOf } from './range.ts';

export type HeatCell = {
  day: string;
  incidents: number;
  /** 0 for none, then 1 to 4. */
  level: number;
};

export type HeatMap = {
  /** Monday to Sunday each; undefined for a day outside the range. */
  weeks: (HeatCell | undefined)[][];
  /** Names of months over the week in which each begins. */
  months: { week: number; name: string }[];
  /** Highest number of incidents of each level, from 1 on. */
  steps: number[];
};

const LEVELS = 4;
const NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Days of a calendar, both ends included, with the incidents that opened on each; a missing day had none. */
export function heatMap(
  counts: readonly { day: string; incidents: number }[],
  from: string,
  to: string,
): HeatMap {
  const byDay = new Map(counts.map(({ day, incidents }) => [day, incidents]));
  const steps = stepsFor([...byDay.values()]);
  const weeks: (HeatCell | undefined)[][] = [];
  const months: HeatMap['months'] = [];
  for (let monday = addDays(from, -weekdayOf(from)); monday <= to; monday = addDays(monday, 7)) {
    const days = Array.from({ length: 7 }, (_, at) => addDays(monday, at));
    const first = days.find((day) => day.endsWith('-01') && day >= from && day <= to);
    if (first !== undefined) months.push({ week: weeks.length, name: monthOf(first) });
    weeks.push(days.map((day) => (day < from || day > to ? undefined : cellOf(day, byDay, steps))));
  }
  return { weeks, months, steps };
}

function cellOf(day: string, byDay: ReadonlyMap<string, number>, steps: readonly number[]): HeatCell {
  const incidents = byDay.get(day) ?? 0;
  const level = incidents === 0 ? 0 : steps.findIndex((step) => incidents <= step) + 1;
  return { day, incidents, level };
}

/** By quartiles of the days with incidents, so that one storm does not make all other days look quiet. */
function stepsFor(counts: number[]): number[] {
  const some = counts.filter((count) => count > 0).toSorted((a, b) => a - b);
  if (some.length === 0) return [];
  const quarters = Array.from(
    { length: LEVELS },
    (_, at) => some[Math.ceil(((at + 1) / LEVELS) * some.length) - 1] ?? 0,
  );
  return [...new Set(quarters)];
}

function monthOf(day: string): string {
  return NAMES[Number(day.slice(5, 7)) - 1] ?? '';
}
