import type { Line, Part, Span } from './document-types.ts';

const MAX_ON_A_LINE = 450;
/** A wide gap where runs of spaces collapse; a line may still break after it. */
const gap = '\u00a0\u00a0 ';

/**
 * Short items on shared lines, each after its mark. A line holds as many as a channel shows whole. Beyond
 * `most` characters items are only counted; the first is always shown.
 */
export function renderInlineLists(mark: string, lines: Line[], most: number): Part[] {
  const rows: Line[] = [];
  let room = 0;
  let left = most;
  let shown = 0;
  for (const line of lines) {
    const length = line.reduce((sum, span) => sum + measureSpan(span), gap.length + mark.length + 1);
    if (shown > 0 && length > left) continue;
    left -= length;
    shown += 1;
    const row = rows.at(-1);
    if (row !== undefined && length <= room) row.push(`${gap}${mark} `, ...line);
    else rows.push([`${mark} `, ...line]);
    room = (row !== undefined && length <= room ? room : MAX_ON_A_LINE) - length;
  }
  if (lines.length > shown) rows.at(-1)?.push(`${gap}${mark} ${lines.length - shown} more`);
  return rows.map((line) => ({ rank: 'extra', kind: 'line', line }));
}

function measureSpan(span: Span): number {
  if (typeof span === 'string') return span.length;
  return 'bold' in span ? span.bold.length + 2 : 0;
}
