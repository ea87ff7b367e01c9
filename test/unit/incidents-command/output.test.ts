import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { escapeControls } from '../../../scripts/command-line/escape-controls.ts';
import { type Column, fitTable } from '../../../scripts/incidents/fit-table.ts';
import { safeCsv, safeLine, safeText } from '../../../scripts/incidents/safe-text.ts';
import { terminalOf } from '../../../scripts/incidents/terminal.ts';
import { wrapText } from '../../../scripts/incidents/wrap-text.ts';

type Row = { name: string; text: string; count: number };

const columns: Column<Row>[] = [
  { title: 'NAME', of: ({ name }) => name, style: () => 'red' },
  { title: 'TEXT', of: ({ text }) => text, narrow: 8 },
  { title: 'COUNT', of: ({ count }) => String(count), right: true, spare: 1 },
  { title: 'AGAIN', of: ({ text }) => text, narrow: 8, spare: 2 },
];
const plain = { color: false };
const rows: Row[] = [
  { name: 'a', text: 'short', count: 1 },
  { name: 'bb', text: 'something rather long', count: 12_345 },
];
const obeyed = /(?![\t\n])\p{Cc}|\p{Bidi_Control}/u;
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('\u001b', '\u001b[31m', '\u009b', '\u001b]0;x\u0007', '[2J', '\u202e', 'a', '\n'))
    .map((parts) => parts.join('')),
);

describe('a table', () => {
  test('is as wide as its cells where nobody cuts it, with numbers to the right', () => {
    expect(fitTable(columns, rows, plain)).toEqual([
      'NAME  TEXT                   COUNT  AGAIN',
      'a     short                      1  short',
      'bb    something rather long  12345  something rather long',
    ]);
  });

  test('cuts the widest cells first', () => {
    expect(fitTable(columns, rows, { ...plain, width: 40 })).toEqual([
      'NAME  TEXT          COUNT  AGAIN',
      'a     short             1  short',
      'bb    something r…  12345  something ra…',
    ]);
  });

  test('leaves out what can be spared when cutting is not enough', () => {
    expect(fitTable(columns, rows, { ...plain, width: 22 })).toEqual([
      'NAME  TEXT       COUNT',
      'a     short          1',
      'bb    somethin…  12345',
    ]);
    expect(fitTable(columns, rows, { ...plain, width: 16 })[0]).toBe('NAME  TEXT');
  });

  test('does not show a column that has nothing in it', () => {
    const empty = rows.map((row) => ({ ...row, text: '' }));

    expect(fitTable(columns, empty, plain)[0]).toBe('NAME  COUNT');
  });

  test('paints a cell, its padding with it, so that the columns stand', () => {
    const [, first] = fitTable(columns, rows, { color: true });

    expect(first).toBe('\u001b[31ma   \u001b[39m  short                      1  short');
  });

  test('never is wider than the terminal, nor has it more lines than rows, whatever the cells hold', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1 }), fc.integer({ min: 24, max: 120 }), (texts, width) => {
        const lines = fitTable(
          columns,
          texts.map((text) => ({ name: 'n', text, count: 1 })),
          { ...plain, width },
        );

        expect(lines).toHaveLength(texts.length + 1);
        for (const line of lines) {
          expect(stringWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(obeyed);
        }
      }),
    );
  });
});

describe('a sentence', () => {
  test('goes on under its beginning', () => {
    expect(wrapText('!  ', 'ten of ten connections are in use', { ...plain, width: 23 })).toEqual([
      '!  ten of ten',
      '   connections are in',
      '   use',
    ]);
  });
});

describe('text of an answer', () => {
  test('holds nothing that a terminal obeys, on one line or several, as JSON or CSV', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = escapeControls(JSON.stringify({ text }));

        expect(safeLine(text)).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
        expect(safeText(text)).not.toMatch(obeyed);
        expect(json).not.toMatch(obeyed);
        expect(JSON.parse(json)).toEqual({ text });
        expect(safeCsv(text)).not.toMatch(/(?![\t\r\n])\p{Cc}|\p{Bidi_Control}/u);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('colours', () => {
  test.each([
    ['at a terminal', { isTTY: true, columns: 80 }, {}, { color: true, width: 80 }],
    ['not with NO_COLOR', { isTTY: true, columns: 80 }, { NO_COLOR: '1' }, { color: false, width: 80 }],
    ['not at a dumb terminal', { isTTY: true, columns: 80 }, { TERM: 'dumb' }, { color: false, width: 80 }],
    ['not into a file, where nothing is cut either', {}, {}, { color: false }],
  ])('are there %s', (_when, stdout, environment, terminal) => {
    expect(terminalOf({ stdout, environment })).toEqual(terminal);
  });
});
