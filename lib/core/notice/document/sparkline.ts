import type { Millis } from '../../shared/time.ts';

const bars = '▁▂▃▄▅▆▇█';

/**
 * Heights from 0 to 1 of at most `width` bars, oldest first. The series is cut into equal slices of its
 * points. Each bar shows its slice's highest value, because people look for peaks. A flat line has middle
 * height.
 */
export function scaleHeights(points: [Millis, number][], width: number): number[] {
  const values = points.map(([, value]) => value).filter(Number.isFinite);
  if (values.length === 0) return [];
  const count = Math.min(width, values.length);
  const peaks = Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * values.length) / count);
    const to = Math.floor(((index + 1) * values.length) / count);
    return Math.max(...values.slice(from, to));
  });
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  return peaks.map((peak) => (span > 0 ? (peak - low) / span : 0.5));
}

/** The heights as one line of block characters: `▁▁▂▂▃▅▇██`. */
export function drawSparkline(points: [Millis, number][], width: number): string {
  return scaleHeights(points, width)
    .map((height) => bars[Math.min(bars.length - 1, Math.floor(height * bars.length))])
    .join('');
}

/** A measured value for people: whole numbers in full, others with three significant digits. */
export function formatAmount(value: number, unit?: string): string {
  const digits = Number.isInteger(value) || !Number.isFinite(value) ? String(value) : shortDecimal(value);
  return unit ? `${digits} ${unit}` : digits;
}

function shortDecimal(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
