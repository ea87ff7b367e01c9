import { isoTime } from '../../shared/format-utc.ts';
import type { Millis } from '../../shared/time.ts';

/** `2026-11-24 03:27:12 UTC` */
export function secondWords(time: Millis): string {
  return `${isoTime(time).slice(0, -5).replace('T', ' ')} UTC`;
}
