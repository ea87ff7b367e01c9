/** A number as it fits an axis or a cell: `0.42`, `12`, `1,234`, `3.4M`. */
export function amountWords(value: number, unit?: string): string {
  if (!Number.isFinite(value)) return 'none';
  const size = Math.abs(value);
  const compact = size >= 100_000;
  const text = new Intl.NumberFormat('en', {
    notation: compact ? 'compact' : 'standard',
    maximumSignificantDigits: size >= 100 && !compact ? 6 : 3,
    ...(size >= 1_000 && !compact ? { maximumFractionDigits: 0 } : {}),
  }).format(value);
  if (unit === undefined || unit === '') return text;
  return unit === '%' ? `${text} %` : `${text} ${unit}`;
}

/** A share as a whole percentage; nothing of nothing is no share. */
export function shareWords(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${Math.round((part / whole) * 100)} %`;
}

/** `1 alert`, `2 alerts`. */
export function countWords(count: number, noun: string): string {
  return `${amountWords(count)} ${noun}${count === 1 ? '' : 's'}`;
}
