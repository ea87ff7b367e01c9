import type { Millis } from '../../core/shared/time.ts';
import { RECOUNT_SPACING } from '../../core/statistics/dirty-hour.ts';
import { getHour } from '../../core/statistics/roll-up.ts';
import type { DirtyHours } from '../../core/statistics/statistics-store.ts';

/** Marks the hours of these moments as changed, to be counted again. */
export type MarkHours = (moments: readonly Millis[], now: Millis) => Promise<void>;

/** Created once per container. An hour that it marked a moment ago costs no call. */
export function createMarkHours(dirtyHours: Pick<DirtyHours, 'markDirty'>): MarkHours {
  const marked = new Map<Millis, Millis>();

  return async (moments, now) => {
    for (const [hour, at] of marked) if (now - at >= RECOUNT_SPACING) marked.delete(hour);
    const hours = [...new Set(moments.map(getHour))].filter((hour) => !marked.has(hour));
    await Promise.all(
      hours.map(async (hour) => {
        await dirtyHours.markDirty(hour, now);
        marked.set(hour, now);
      }),
    );
  };
}
