import { describe, expect, it } from 'vitest';
import { clip, clipMeasured, clipMiddle, isClipped, isPlainPrint } from '../../../lib/core/shared/clip.ts';
import { cleanText, escapeUnsafe, toOneLine } from '../../../lib/core/shared/plain-text.ts';
import { escapeControls, guardConsole } from '../../../scripts/command-line/escape-controls.ts';
import { safeCsv, safeLine, safeText } from '../../../scripts/incidents/safe-text.ts';

describe('text from outside', () => {
  it.each([
    ['a\r\nb\rc\nd\te', 'a\nb\nc\nd\te'],
    ['\u0000a\u0007b\u001bc\u007fd\u009be', 'abcde'],
    ['a\u000bb\u000cc\u0085d\u2028e\u2029f', 'a\nb\nc\nd\ne\nf'],
    ['a\u202eb\u2066c\u200fd\ufeffe', 'abcde'],
    ['half \ud83d', 'half \ufffd'],
    ['💣 ünïcode 界', '💣 ünïcode 界'],
  ])('loses what moves the cursor or turns the text, and nothing else: %j', (raw, clean) => {
    expect(cleanText(raw)).toBe(clean);
  });

  it('on one line has single spaces and none at its ends', () => {
    expect(toOneLine(' a\n\n b\t\tc \r\n')).toBe('a b c');
  });

  it('is spelled as in JSON where people should see such characters', () => {
    expect(escapeUnsafe('\u001b[1m\u202e\u0085\ufeff\t\n')).toBe('\\u001b[1m\\u202e\\u0085\\ufeff\t\n');
    expect(escapeUnsafe('\u0007a\u0007', (_character, at) => at === 0)).toBe('\u0007a\\u0007');
  });
});

describe('text in a terminal', () => {
  const ESC = '\u001b';

  it('cannot be an order to the terminal', () => {
    expect(escapeControls(`${ESC}[2J${ESC}]0;title\u0007`)).toBe('\\u001b[2J\\u001b]0;title\\u0007');
    expect(escapeControls(`${ESC}[1mbold`)).toBe('\\u001b[1mbold');
  });

  it.each([1, 2, 22, 31, 33, 36, 39])('keeps the style %i of a command itself', (code) => {
    expect(escapeControls(`${ESC}[${code}mx`, { styles: true })).toBe(`${ESC}[${code}mx`);
  });

  it.each(['[2J', '[31;5m', '[310m', '[8m', '31m', 'x[31m', '[32m', '[m'])(
    'keeps no other order: %j',
    (order) => {
      expect(escapeControls(`${ESC}${order}`, { styles: true })).toBe(`\\u001b${order}`);
    },
  );

  it('keeps no other control character before what looks like a style', () => {
    expect(escapeControls('\u0007[31m', { styles: true })).toBe('\\u0007[31m');
  });

  it('is so in every line that a command prints', () => {
    const printed: string[] = [];
    const real = {
      log: (text: unknown) => printed.push(`log ${String(text)}`),
      error: (text: unknown) => printed.push(`error ${String(text)}`),
    };

    const guarded = guardConsole(real);
    guarded.log(`${ESC}[1m`);
    guarded.error(`${ESC}[1m`);
    guardConsole(real, { styles: true }).log(`${ESC}[1m`);

    expect(printed).toEqual(['log \\u001b[1m', 'error \\u001b[1m', `log ${ESC}[1m`]);
  });

  it('of an answer has no escape sequences, on one line or on several', () => {
    const raw = `${ESC}[31ma${ESC}[0m\r\nb\u0007  c`;

    expect(safeLine(raw)).toBe('a b c');
    expect(safeText(raw)).toBe('a\nb  c');
  });

  it('of CSV keeps its line ends and quotes', () => {
    expect(safeCsv(`"a\t${ESC}[1m\u202e\u200f\u0085b"\r\n`)).toBe('"a\t[1mb"\r\n');
  });
});

describe('text that is too long', () => {
  it('ends in an ellipsis, without a space before it', () => {
    expect(clip('abcdef', 6)).toBe('abcdef');
    expect(clip('abcdefg', 6)).toBe('abcde…');
    expect(clip('abcd efg', 6)).toBe('abcd…');
    expect(clip('äbcd efg', 6)).toBe('äbcd…');
    expect(clip('abc', 1)).toBe('…');
    expect(clip('äbc', 1)).toBe('…');
    expect(clip('abc', 0)).toBe('');
    expect(clip('äbc', -1)).toBe('');
  });

  it('is measured as it will be escaped', () => {
    const doubled = (part: string) => 2 * part.length;

    expect(clipMeasured('abc', 6, doubled)).toBe('abc');
    expect(clipMeasured('abcd', 6, doubled)).toBe('ab…');
    expect(clipMeasured('abcd', 5, doubled)).toBe('ab…');
    expect(clipMeasured('abcd', 4, doubled)).toBe('a…');
  });

  it('is cut even when what is measured of it would fit', () => {
    const nothing = () => 0;

    expect(clipMeasured('x'.repeat(68), 1, nothing)).toBe('x'.repeat(68));
    expect(isClipped(clipMeasured('x'.repeat(69), 1, nothing))).toBe(true);
  });

  it('keeps both ends when its middle matters least', () => {
    expect(clipMiddle('0123456789', 10)).toBe('0123456789');
    expect(clipMiddle('0123456789abc', 10)).toBe('01234…9abc');
    expect(clipMiddle('0123456789 bc', 10)).toBe('01234…9 bc');
    expect(clipMiddle('012345678 9bc', 10)).toBe('01234…9bc');
    expect(clipMiddle('0123456789💣bc', 9)).toBe('01234…bc');
    expect(clipMiddle('half \ud83d', 10)).toBe('half \ufffd');
  });

  it('never has a character cut in two at its end', () => {
    expect(clipMiddle(`${'a'.repeat(20)}👩🏽‍🚒`, 20)).toBe(`${'a'.repeat(11)}…a👩🏽‍🚒`);
    expect(clipMiddle(`${'a'.repeat(20)}👩🏽‍🚒`, 15)).toBe(`${'a'.repeat(8)}…`);
  });
});

describe('whether each unit of a text is one character of a fixed-width font', () => {
  it.each([
    ['', true],
    ['printable ~ ASCII…', true],
    ['tab\there', false],
    ['end\n', false],
    ['ü', false],
    ['ü first', false],
  ])('%j: %s', (text, plain) => {
    expect(isPlainPrint(text)).toBe(plain);
  });
});
