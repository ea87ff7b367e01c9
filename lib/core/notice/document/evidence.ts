import type { Evidence } from '../../diagnosis/findings/finding.ts';
import { clip, toOneLine } from '../../shared/plain-text.ts';
import type { DetailLevel } from './detail-level.ts';
import type { Part } from './document-types.ts';
import { formatAmount } from './sparkline.ts';

const MAX_CAPTION = 300;
const BETWEEN_COLUMNS = 2;

type Table = Extract<Evidence, { kind: 'table' }>;
type Series = Extract<Evidence, { kind: 'series' }>;

/** A finding's evidence, cut to the available room; the rest is counted. */
export function renderEvidence(shown: Evidence, detailLevel: DetailLevel): Part[] {
  switch (shown.kind) {
    case 'table':
      return table(shown, detailLevel);
    case 'text': {
      // The end of a log matters most, so the newest lines stay.
      const lines = shown.lines.slice(-detailLevel.lines).map((line) => clip(line, 2 * detailLevel.width));
      const omitted = shown.omitted + shown.lines.length - lines.length;
      return lines.length === 0 ? [] : [{ rank: 'extra', kind: 'text', lines, omitted }];
    }
    case 'series':
      return shown.points.length === 0 ? [] : [chart(shown)];
  }
}

/** Leaves out columns that are empty in every row. */
function table(shown: Table, detailLevel: DetailLevel): Part[] {
  const rows = shown.rows
    .slice(0, detailLevel.rows)
    .map((row) => row.map((cell) => clip(cell, detailLevel.cell)));
  const filled = shown.columns
    .map((_, index) => index)
    .filter((index) => rows.some((row) => row[index]?.trim()));
  const fitting = columnsThatFit([shown.columns, ...rows], filled, detailLevel.width);
  // A single column says less than the sentence above it.
  if (fitting.length === 0 || (fitting.length === 1 && filled.length > 1)) return [];
  const only = (cells: string[]) => fitting.map((index) => cells[index] ?? '');
  return [
    {
      rank: 'extra',
      kind: 'table',
      columns: only(shown.columns),
      rows: rows.map(only),
      omitted: shown.omitted + shown.rows.length - rows.length,
    },
  ];
}

function chart(shown: Series): Part {
  const { points, unit, threshold } = shown;
  return {
    rank: 'extra',
    kind: 'chart',
    points,
    caption: formatSeriesCaption(shown),
    unit,
    threshold,
  };
}

/**
 * The columns that fit next to each other, from the left; a column too wide is skipped for narrower ones
 * after it.
 */
function columnsThatFit(cells: string[][], columns: number[], width: number): number[] {
  let left = width;
  return columns.filter((index) => {
    const needs = Math.max(...cells.map((row) => (row[index] ?? '').length)) + BETWEEN_COLUMNS;
    if (needs > left + BETWEEN_COLUMNS) return false;
    left -= needs;
    return true;
  });
}

/** `min 3 · max 10 · now 10 %` */
export function formatSeriesCaption(series: Series): string {
  const { min, max, last, unit, label, omitted } = series;
  const parts = [
    `min ${formatAmount(min, unit)}`,
    `max ${formatAmount(max, unit)}`,
    `now ${formatAmount(last, unit)}`,
  ];
  if (label) parts.push(label);
  if (omitted > 0) parts.push(`${omitted} more series`);
  return clip(toOneLine(parts.join(' · ')), MAX_CAPTION);
}
