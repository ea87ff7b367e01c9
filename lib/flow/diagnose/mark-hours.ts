import type { Millis } from '../../core/shared/time.ts';
import { RECOUNT_SPACING } from '../../core/statistics/hour-mark.ts';
import { getHour } from '../../core/statistics/roll-up.ts';
import type { DirtyHours } from '../../core/statistics/statistics-store.ts';

/** Says that something of the hours of these moments has changed, which are to be counted anew. */
export type MarkHours = (moments: readonly Millis[], now: Millis) => Promise<void>;

/** One for a warm function: an hour that it marked a moment ago costs not even a call. */
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
