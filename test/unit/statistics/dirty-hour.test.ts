import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lib/core/shared/time.ts';
import {
  type DirtyHour,
  isClean,
  listDueHours,
  listHoursToRecount,
  RECOUNT_SPACING,
} from '../../../lib/core/statistics/dirty-hour.ts';
import { createMarkHours } from '../../../lib/flow/diagnose/mark-hours.ts';
import { createMemoryStatistics } from '../../support/fakes/memory-statistics.ts';

const NOON = Date.UTC(2026, 10, 24, 12);
const markDirty = (change: Partial<DirtyHour>): DirtyHour => ({
  hour: NOON,
  since: NOON,
  markedAt: NOON,
  ...change,
});

describe('marks that are due', () => {
  it('begin with the hour longest untried, then with the latest', () => {
    const dirtyHours = [
      markDirty({ hour: NOON, attemptedAt: NOON - 1 }),
      markDirty({ hour: NOON - 2 * HOUR, attemptedAt: NOON - HOUR }),
      markDirty({ hour: NOON - 4 * HOUR }),
      markDirty({ hour: NOON - 3 * HOUR }),
    ];

    expect(listDueHours(dirtyHours, NOON).map(({ hour }) => (NOON - hour) / HOUR)).toEqual([3, 4, 2, 0]);
  });

  it('skip an old hour that was counted less than five minutes ago', () => {
    const old = NOON - 2 * HOUR;
    const dirtyHours = [4, 5].map((minutes) =>
      markDirty({ hour: old, attemptedAt: NOON - minutes * MINUTE }),
    );

    expect(listDueHours(dirtyHours, NOON)).toEqual([dirtyHours[1]]);
    expect(listDueHours([markDirty({ hour: old + 1, attemptedAt: NOON })], NOON)).toHaveLength(1);
  });

  it('are settled by a count that began two minutes after the last change', () => {
    expect(isClean({ markedAt: NOON }, NOON + 2 * MINUTE - 1)).toBe(false);
    expect(isClean({ markedAt: NOON }, NOON + 2 * MINUTE)).toBe(true);
  });
});

describe('hours that are recounted by age', () => {
  it('are four past ones, in the first two minutes of every hour', () => {
    const ages = (at: number) => listHoursToRecount(at).map((hour) => (NOON - hour) / HOUR);

    expect(ages(NOON)).toEqual([2, 24, 7 * 24, 30 * 24]);
    expect(ages(NOON + 2 * MINUTE - 1)).toEqual([2, 24, 7 * 24, 30 * 24]);
    expect(ages(NOON + 2 * MINUTE)).toEqual([]);
  });
});

describe('one process that marks hours', () => {
  it('skips an hour that it marked a moment ago, and never for longer than the mark surely exists', async () => {
    const { dirtyHours } = createMemoryStatistics();
    const markHours = createMarkHours(dirtyHours);
    const seen: (number | undefined)[] = [];

    for (const after of [0, RECOUNT_SPACING - 1, RECOUNT_SPACING]) {
      await markHours([NOON + MINUTE, NOON + 2 * MINUTE], NOON + after);
      seen.push((await dirtyHours.list())[0]?.markedAt);
    }

    expect(seen).toEqual([NOON, NOON, NOON + RECOUNT_SPACING]);
    expect(isClean({ markedAt: NOON }, NOON + RECOUNT_SPACING + MINUTE)).toBe(false);
  });

  it('marks an hour again after a failure', async () => {
    const { dirtyHours } = createMemoryStatistics();
    let failures = 1;
    const markHours = createMarkHours({
      markDirty: (hour, at) => {
        failures -= 1;
        return failures < 0 ? dirtyHours.markDirty(hour, at) : Promise.reject(new Error('no table'));
      },
    });

    await expect(markHours([NOON], NOON)).rejects.toThrow('no table');
    await markHours([NOON], NOON + SECOND);

    expect(await dirtyHours.list()).toEqual([markDirty({ since: NOON + SECOND, markedAt: NOON + SECOND })]);
  });

  it('marks each of the hours of several moments once', async () => {
    const { dirtyHours } = createMemoryStatistics();

    await createMarkHours(dirtyHours)([NOON, NOON + MINUTE, NOON - DAY], NOON);

    expect((await dirtyHours.list()).map(({ hour }) => hour)).toEqual([NOON - DAY, NOON]);
  });
});
