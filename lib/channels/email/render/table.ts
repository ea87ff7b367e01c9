import { measureWidth } from '../../../core/notice/document/align-table.ts';
import { clip, toOneLine } from '../../../core/shared/plain-text.ts';
import { escapeMarkup, type Markup } from './markup.ts';
import { style } from './style.ts';

const MAX_CELL = 300;
/** Characters of a 13 px fixed-width font that fit in a line on the narrowest phone. */
const NARROW = 32;
/** A cell's padding, in characters. */
const CELL_PADDING = 2;
/** Spaces between two columns in lines, plus one at which the line may break. */
const GAP = 1;

/**
 * Rows and columns for any width, without a style sheet. A table that fits on a phone stays a table without
 * wrapped cells. A wider one becomes lines: cells are padded to their column's width, and lines break only
 * between cells. Header and rows break at the same place, so that columns align on every screen. A column of
 * long text has lines of its own.
 */
export function renderTable(columns: string[], rows: string[][]): Markup {
  const [head = [], ...body] = [columns, ...rows].map((row) =>
    columns.map((_, index) => clip(toOneLine(row[index] ?? ''), MAX_CELL)),
  );
  const widths = columns.map((_, index) =>
    Math.max(...[head, ...body].map((row) => measureWidth(row[index] ?? ''))),
  );
  const whole = widths.reduce((sum, width) => sum + width + CELL_PADDING, -CELL_PADDING);
  return whole <= NARROW ? table(head, body) : lines(head, body, widths);
}

function table(head: string[], body: string[][]): Markup {
  const headCells = head.map(
    (cell) => escapeMarkup`<th class="head cell" align="left" nowrap style="${style.head}">${cell}</th>`,
  );
  const rows = body.map((row) => {
    const cells = row.map(
      (cell) => escapeMarkup`<td class="cell" valign="top" nowrap style="${style.cell}">${cell}</td>`,
    );
    return escapeMarkup`<tr>${cells}</tr>`;
  });
  return escapeMarkup`<table cellpadding="0" cellspacing="0" style="${style.table}"><tr>${headCells}</tr>${rows}</table>`;
}

function lines(head: string[], body: string[][], widths: number[]): Markup {
  const rows = body.map(
    (row) => escapeMarkup`<tr><td class="cell" style="${style.row}">${rowMarkup(row, widths)}</td></tr>`,
  );
  return escapeMarkup`<table width="100%" cellpadding="0" cellspacing="0" style="${style.rows}"><tr><th class="head cell" align="left" style="${style.rowHead}">${rowMarkup(head, widths)}</th></tr>${rows}</table>`;
}

function rowMarkup(row: string[], widths: number[]): Markup[] {
  const cells = row.map((cell, index) => ({ cell, width: widths[index] ?? 0 }));
  const beside = cells.filter(({ width }) => width <= NARROW).map(toPaddedCell);
  const long = cells.filter(({ width }) => width > NARROW);
  // With several long texts, an empty one keeps its place; a single empty one is dropped.
  const below = long.length > 1 ? long : long.filter(({ cell }) => cell !== '');
  return [
    ...beside,
    ...below.map(({ cell }, index) => escapeMarkup`${index + beside.length > 0 ? [br] : []}${cell || '–'}`),
  ];
}

const br = escapeMarkup`<br>`;

/** The last cell is padded too, so that it breaks in every row or in none. */
function toPaddedCell({ cell, width }: { cell: string; width: number }, index: number): Markup {
  const padding = '\u00a0'.repeat(width - measureWidth(cell) + GAP);
  const text = index === 0 ? escapeMarkup`<strong>${cell}</strong>` : escapeMarkup`${cell}`;
  return escapeMarkup`<span style="white-space:nowrap">${text}${padding}</span> `;
}
