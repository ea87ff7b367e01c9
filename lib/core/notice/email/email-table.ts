import { clip, toOneLine } from '../../shared/plain-text.ts';
import { measureWidth } from '../document/align-table.ts';
import { escapeMarkup, type Markup } from './email-markup.ts';
import { style } from './email-style.ts';

const MAX_CELL = 300;
/** Characters of a fixed-width font that stand beside each other on the narrowest phone, in 13 px. */
const NARROW = 32;
/** What a table's cell needs beside its text, in characters. */
const CELL_PADDING = 2;
/** Spaces between two columns in lines; one that may break comes on top. */
const GAP = 1;

/**
 * Rows and columns for any width, without a style sheet. What fits on a phone is a table, in which no cell wraps. What is
 * wider is written in lines: its cells are padded to the width of their column and stay whole, and a line breaks only
 * between them. Head and rows break at the same place, so that they stand below each other on a phone as well as on a
 * wide screen. A column of long text has lines of its own.
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
    (cell) => escapeMarkup`<th class="head cell" align="left" style="${style.head}">${cell}</th>`,
  );
  const rows = body.map((row) => {
    const cells = row.map(
      (cell) => escapeMarkup`<td class="cell" valign="top" style="${style.cell}">${cell}</td>`,
    );
    return escapeMarkup`<tr>${cells}</tr>`;
  });
  return escapeMarkup`<table cellpadding="0" cellspacing="0" style="${style.table}"><tr>${headCells}</tr>${rows}</table>`;
}

function lines(head: string[], body: string[][], widths: number[]): Markup {
  const rows = body.map(
    (row) => escapeMarkup`<p class="cell" style="${style.row}">${rowMarkup(row, widths)}</p>`,
  );
  return escapeMarkup`<div style="${style.rows}"><p class="head cell" style="${style.rowHead}">${rowMarkup(head, widths)}</p>${rows}</div>`;
}

function rowMarkup(row: string[], widths: number[]): Markup[] {
  const cells = row.map((cell, index) => ({ cell, width: widths[index] ?? 0 }));
  const beside = cells.filter(({ width }) => width <= NARROW).map(besideOthers);
  const long = cells.filter(({ width }) => width > NARROW);
  // Of several texts below each other an empty one keeps its place; a single one needs none.
  const below = long.length > 1 ? long : long.filter(({ cell }) => cell !== '');
  return [
    ...beside,
    ...below.map(({ cell }, index) => escapeMarkup`${index + beside.length > 0 ? [br] : []}${cell || '–'}`),
  ];
}

const br = escapeMarkup`<br>`;

/** Padded also where it is the last, so that it stays on the line or leaves it in every row, and in the head. */
function besideOthers({ cell, width }: { cell: string; width: number }, index: number): Markup {
  const padding = '\u00a0'.repeat(width - measureWidth(cell) + GAP);
  const text = index === 0 ? escapeMarkup`<strong>${cell}</strong>` : escapeMarkup`${cell}`;
  return escapeMarkup`<span style="white-space:nowrap">${text}${padding}</span> `;
}
