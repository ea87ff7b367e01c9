/** A number short enough for an axis or a cell: `0.42`, `12`, `1,234`, `3.4M`. */
export function amountWords(value: number, unit?: string): string {
  if (!Number.isFinite(value)) return 'none';
  const text = new Intl.NumberFormat('en', shapeFor(Math.abs(value))).format(value);
  if (unit === undefined || unit === '') return text;
  return unit === '%' ? `${text} %` : `${text} ${unit}`;
}

function shapeFor(size: number): Intl.NumberFormatOptions {
  if (size >= 100_000) return { notation: 'compact', maximumSignificantDigits: 3 };
  if (size >= 1_000) return { maximumFractionDigits: 0 };
  return size >= 100 ? { maximumFractionDigits: 1 } : { maximumSignificantDigits: 3 };
}

/** A share as a whole percentage, or `none` if the whole is 0. */
export function shareWords(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${Math.round((part / whole) * 100)} %`;
}

/** `1 alert`, `2 alerts`. */
export function countWords(count: number, noun: string): string {
  return `${amountWords(count)} ${noun}${count === 1 ? '' : 's'}`;
}
