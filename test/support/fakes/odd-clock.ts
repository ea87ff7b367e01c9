import fc from 'fast-check';
import type { ObservedAlert } from '../../../lib/core/grouping/observed-alert.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';

/** How a sender writes the times of its alerts: correctly, ahead by so many minutes, or always the same. */
export type OddClock = {
  start: { ahead: number } | { always: number };
  end: { ahead: number } | { always: number };
};

const YEAR_9999 = Date.UTC(9999, 11, 31);
const always = fc.constantFrom({ always: 0 }, { always: YEAR_9999 });
/** More than any webhook in these worlds is late: past that, an old time and a corrected clock read alike. */
const ahead = fc.integer({ min: 100, max: 100_000 }).map((minutes) => ({ ahead: minutes }));
const right = { ahead: 0 };

export const oddClock: fc.Arbitrary<OddClock> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ start: right, end: right }) },
  { weight: 3, arbitrary: ahead.map((by) => ({ start: by, end: by })) },
  { weight: 2, arbitrary: always.map((end) => ({ start: right, end })) },
  { weight: 1, arbitrary: fc.tuple(ahead, always).map(([start, end]) => ({ start, end })) },
  { weight: 1, arbitrary: always.map((start) => ({ start, end: right })) },
  { weight: 1, arbitrary: fc.tuple(always, always).map(([start, end]) => ({ start, end })) },
);

/** Whether the start differs between firings. */
export function tellsFiringsApart({ start }: OddClock): boolean {
  return 'ahead' in start;
}

/** An alert as a sender with this clock reports it. */
export function reportedBy(clock: OddClock, alert: ObservedAlert): ObservedAlert {
  const startsAt = output(clock.start, alert.startsAt);
  const endsAt = alert.status === 'firing' ? 0 : output(clock.end, alert.endsAt);
  return { ...alert, startsAt, endsAt, detail: { ...alert.detail, startsAt } };
}

function output(as: { ahead: number } | { always: number }, time: number): number {
  return 'always' in as ? as.always : time + as.ahead * MINUTE;
}
