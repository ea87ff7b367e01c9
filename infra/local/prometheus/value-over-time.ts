const MINUTE_SECONDS = 60;

/** A value by the seconds since the start of the sample world; earlier times are negative. */
export type ValueOverTime = (seconds: number) => number;

export function steady(value: number): ValueOverTime {
  return () => value;
}

/** One value until so many minutes ago, another from then on. */
export function since(minutesAgo: number, before: number, after: number): ValueOverTime {
  return (seconds) => (seconds < -minutesAgo * MINUTE_SECONDS ? before : after);
}

/** Straight lines from one `[minutes ago, value]` to the next, oldest first; level before and after. */
export function gauge(...points: [minutesAgo: number, value: number][]): ValueOverTime {
  return (seconds) => {
    const minutesAgo = -seconds / MINUTE_SECONDS;
    const next = points.findIndex(([ago]) => ago <= minutesAgo);
    const after = points[next === -1 ? points.length - 1 : next];
    const before = points[next === -1 ? points.length - 1 : Math.max(0, next - 1)];
    if (before === undefined || after === undefined) return Number.NaN;
    const [from, low] = before;
    const [to, high] = after;
    return from === to ? high : low + ((from - minutesAgo) / (from - to)) * (high - low);
  };
}

/**
 * A counter since the first `[minutes ago, rate per second]`, each rate lasting until the next begins. It is no whole
 * number, so that a rate over any window comes out exactly as written here.
 */
export function counter(...rates: [minutesAgo: number, perSecond: number][]): ValueOverTime {
  return (seconds) => {
    let total = 0;
    for (const [at, [minutesAgo, perSecond]] of rates.entries()) {
      const begin = -minutesAgo * MINUTE_SECONDS;
      const end = -(rates[at + 1]?.[0] ?? Number.NEGATIVE_INFINITY) * MINUTE_SECONDS;
      total += perSecond * Math.max(0, Math.min(seconds, end) - begin);
    }
    return total;
  };
}
