import stringWidth from 'string-width';
import { clipMeasured } from '../../lib/core/shared/plain-text.ts';
import { safeLine } from './safe-text.ts';
import { paint, type Style, type Terminal } from './terminal.ts';

export type Column<Row> = {
  title: string;
  of(row: Row): string;
  style?(row: Row): Style | undefined;
  /** Numbers are aligned to the right. */
  right?: true;
  /** Minimum width; a column without it is never cut. */
  narrow?: number;
  /** Columns are left out when the terminal is too narrow; the highest number goes first. */
  spare?: number;
};

const GAP = '  ';

/**
 * A table in lines that fit the terminal: wide columns are cut first, then the spare ones are left out. An empty
 * column is not shown.
 */
export function fitTable<Row>(columns: Column<Row>[], rows: Row[], terminal: Terminal): string[] {
  const all = columns
    .map((column) => ({ column, cells: rows.map((row) => safeLine(column.of(row))) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const shown = narrowed(
    all.map((each) => ({
      ...each,
      width: Math.max(...[each.column.title, ...each.cells].map((cell) => stringWidth(cell))),
    })),
    terminal.width ?? Number.POSITIVE_INFINITY,
  );
  const head = shown.map(({ column, width }) =>
    paint(fit(column.title, width, column.right), 'dim', terminal),
  );
  const body = rows.map((row, index) =>
    shown.map(({ column, cells, width }) =>
      paint(fit(cells[index] ?? '', width, column.right), column.style?.(row), terminal),
    ),
  );
  return [head, ...body].map((cells) => cells.join(GAP).trimEnd());
}

type Measured<Row> = { column: Column<Row>; cells: string[]; width: number };

function narrowed<Row>(columns: Measured<Row>[], room: number): Measured<Row>[] {
  const over = widthOf(columns) - room;
  if (over <= 0) return columns;
  const give = columns.map(({ column, width }) =>
    column.narrow === undefined ? 0 : Math.max(0, width - column.narrow),
  );
  const giving = give.reduce((sum, each) => sum + each, 0);
  const spare = columns.filter(({ column }) => column.spare !== undefined);
  if (giving >= over || spare.length === 0) {
    const widths = shrunk(columns, Math.min(over, giving));
    return columns.map((each, index) => ({ ...each, width: widths[index] ?? each.width }));
  }
  const least = spare.reduce((a, b) => ((b.column.spare ?? 0) > (a.column.spare ?? 0) ? b : a));
  return narrowed(
    columns.filter((each) => each !== least),
    room,
  );
}

/** Narrows the widest column step by step, so that none is cut more than needed. */
function shrunk<Row>(columns: Measured<Row>[], by: number): number[] {
  const widths = columns.map(({ width }) => width);
  for (let left = by; left > 0; left -= 1) {
    let widest = -1;
    for (const [index, { column }] of columns.entries()) {
      const width = widths[index] ?? 0;
      if (column.narrow === undefined || width <= column.narrow) continue;
      if (widest < 0 || width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function widthOf(columns: Measured<unknown>[]): number {
  return columns.reduce((sum, { width }) => sum + width, GAP.length * Math.max(0, columns.length - 1));
}

function fit(cell: string, width: number, right: true | undefined): string {
  const text = clipMeasured(cell, width, (part) => stringWidth(part));
  const padding = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return right ? padding + text : text + padding;
}
