/** Milliseconds since the epoch. Every time in lib/core is one of these; parsing happens at the edges. */
export type Millis = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
