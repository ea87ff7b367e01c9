import { formatBytes, formatDurationText } from '../expressions/cel.ts';
import { cleanCell } from '../findings/clean-cell.ts';
import type { Cell, Evidence } from '../findings/finding.ts';

const MAX_EVIDENCE_CHARACTERS = 4_096;
/** How a column's name says what its numbers are. */
const units: [RegExp, (value: number) => string][] = [
  [/_seconds$/, formatDurationText],
  [/_bytes$/, formatBytes],
];

/** Rows as every kind of step hands them to expressions: `result.rows`, `result.first`, `result.count`. */
export type Row = Readonly<Record<string, Cell>>;

/**
 * Rows as people read them: a column `_x` is for expressions only, `x_seconds` is shown as `x` in words and `x_bytes`
 * as an amount. A single row says nothing that the sentence does not. `omitted` counts rows that were not even read.
 */
export function toRowEvidence(columns: string[], rows: Row[], omitted: number): Evidence | undefined {
  if (rows.length < 2) return undefined;
  const shown = columns.filter((column) => !column.startsWith('_'));
  const kept: string[][] = [];
  let room = MAX_EVIDENCE_CHARACTERS;
  for (const row of rows) {
    const cells = shown.map((column) => cellText(column, row[column] ?? null));
    room -= cells.join(' ').length + 1;
    if (room < 0) break;
    kept.push(cells);
  }
  return {
    kind: 'table',
    columns: shown.map(heading),
    rows: kept,
    omitted: rows.length - kept.length + omitted,
  };
}

function heading(column: string): string {
  return units.reduce((name, [suffix]) => name.replace(suffix, ''), column).replaceAll('_', ' ');
}

function cellText(column: string, value: Cell): string {
  const unit = typeof value === 'number' ? units.find(([suffix]) => suffix.test(column)) : undefined;
  return unit && typeof value === 'number' ? unit[1](value) : cleanCell(value);
}
