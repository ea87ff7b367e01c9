import { redactNamedText } from '../../redaction/redact-texts.ts';
import { formatBytes, formatDurationText } from '../expressions/format-value.ts';
import { cleanCell } from '../findings/clean-cell.ts';
import type { Cell, Evidence } from '../findings/finding.ts';

const MAX_EVIDENCE_CHARACTERS = 4_096;
/** The unit of a column's numbers, by the end of its name. */
const units: [RegExp, (value: number) => string][] = [
  [/_seconds$/, formatDurationText],
  [/_bytes$/, formatBytes],
];

/**
 * Rows in the form that every kind of step gives to expressions: `result.rows`, `result.first`,
 * `result.count`.
 */
export type Row = Readonly<Record<string, Cell>>;

/**
 * Rows for people. A column `_x` is only for expressions; `x_seconds` is shown as `x` in words, `x_bytes` as
 * an amount. A single row adds nothing to the sentence. `omitted` counts rows that were not read.
 */
export function toRowEvidence(columns: string[], rows: Row[], omitted: number): Evidence | undefined {
  if (rows.length < 2) return undefined;
  const shown = columns.filter((column) => !column.startsWith('_'));
  const kept: string[][] = [];
  let room = MAX_EVIDENCE_CHARACTERS;
  for (const row of rows) {
    const cells = shown.map((column) => formatCell(column, row[column] ?? null));
    room -= cells.join(' ').length + 1;
    if (room < 0) break;
    kept.push(cells);
  }
  return {
    kind: 'table',
    columns: shown.map(formatHeading),
    rows: kept,
    omitted: rows.length - kept.length + omitted,
  };
}

function formatHeading(column: string): string {
  return units.reduce((name, [suffix]) => name.replace(suffix, ''), column).replaceAll('_', ' ');
}

function formatCell(column: string, value: Cell): string {
  const unit = typeof value === 'number' ? units.find(([suffix]) => suffix.test(column)) : undefined;
  return unit && typeof value === 'number' ? unit[1](value) : redactNamedText(column, cleanCell(value));
}
