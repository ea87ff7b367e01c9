import { clip, isPlainPrint, toOneLine } from '../../shared/plain-text.ts';

const MAX_CELL = 48;
const MAX_LAST_CELL = 72;
/** Scripts and emoji that take two columns in a fixed-width font. */
const wide = /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** A table as lines for a fixed-width font: numbers to the right, long cells cut. */
export function alignTable(columns: string[], rows: string[][]): string[] {
  const last = columns.length - 1;
  const cells = [columns, ...rows].map((row) =>
    columns.map((_, index) => clip(toOneLine(row[index] ?? ''), index === last ? MAX_LAST_CELL : MAX_CELL)),
  );
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => measureWidth(row[index] ?? ''))));
  const numeric = columns.map(
    (_, index) => rows.length > 0 && rows.every((row) => /^-?[\d.,]+$/.test((row[index] ?? '').trim())),
  );
  return cells.map((row) =>
    row
      .map((cell, index) => {
        const padding = ' '.repeat((widths[index] ?? 0) - measureWidth(cell));
        return numeric[index] ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** The width of a text in columns of a fixed-width font. */
export function measureWidth(text: string): number {
  if (isPlainPrint(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
