import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { describe, expect, it } from 'vitest';
import { writeMarkdown } from '../../lib/adapters/markdown/write-markdown.ts';
import type { Block } from '../../lib/core/history/report/document.ts';
import { toOneLine } from '../../lib/core/shared/plain-text.ts';
import { hostileText } from '../support/arbitraries/arbitrary-notice.ts';

/** Pieces that are markup unless they are escaped. */
const markup = fc.constantFrom(
  '# ',
  '\n## heading\n',
  '\n\n---\n',
  '===',
  '- ',
  '1. ',
  '> ',
  '    ',
  '```',
  '\n```js\n',
  '~~~',
  '`',
  '|',
  '\\|',
  '\\',
  '\n| a | b |\n| - | - |\n',
  '[x](http://evil.example)',
  '![x](http://evil.example/pixel.png)',
  '[x]: http://evil.example',
  '[x][y]',
  '<script>alert(1)</script>',
  '<!-- ',
  '<http://evil.example>',
  'https://evil.example/a?b=c',
  'www.evil.example',
  'ana@evil.example',
  '&lt;b&gt;',
  '&#60;b',
  '**bold**',
  '__x__',
  '~~x~~',
  '[ ] ',
  '[^1]',
  '<details>',
  '\r\n',
  '\t',
  '\u0000',
  'word',
  ' ',
);
const text = fc
  .array(fc.oneof({ weight: 4, arbitrary: markup }, hostileText), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join('').slice(0, 400));

const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({
    kind: fc.constant('heading' as const),
    level: fc.constantFrom(1 as const, 2 as const, 3 as const),
    text,
  }),
  fc.record({ kind: fc.constantFrom('paragraph' as const, 'hint' as const), text }),
  fc.record({
    kind: fc.constantFrom('list' as const, 'tasks' as const),
    items: fc.array(text, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('table' as const),
    columns: fc.tuple(text, text),
    rows: fc.array(fc.tuple(text, text), { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('lines' as const), lines: fc.array(text, { minLength: 1, maxLength: 3 }) }),
);

/** A heading over every block separates them. */
function apart(blocks: Block[]): Block[] {
  return blocks.flatMap((each, at): Block[] => [{ kind: 'heading', level: 2, text: `part ${at}` }, each]);
}

function kindsOf(blocks: Block[]): string[] {
  return blocks.map((each) => {
    switch (each.kind) {
      case 'heading':
        return `heading ${each.level}`;
      case 'paragraph':
      case 'link':
        return 'paragraph';
      case 'hint':
        return 'blockquote';
      case 'list':
      case 'tasks':
        return `list of ${each.items.length}`;
      case 'table':
        return `table of ${each.rows.length}`;
      case 'lines':
        return 'code';
    }
  });
}

function kindOf(token: Token): string[] {
  switch (token.type) {
    case 'space':
      return [];
    case 'heading':
      return [`heading ${token['depth']}`];
    case 'list':
      return [`list of ${token['items'].length}`];
    case 'table':
      return [`table of ${token['rows'].length}`];
    default:
      return [token.type];
  }
}

/** All tokens, nested ones included. */
function every(tokens: Token[]): Token[] {
  const all: Token[] = [];
  void marked.walkTokens(tokens, (token) => {
    all.push(token);
  });
  return all;
}

/** The visible text of a page, without white space. */
function seen(html: string): string {
  const words = html
    .replace(/<[^>]*>/g, '')
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
  return words.replace(/\s+/g, '');
}

function meant(blocks: Block[]): string {
  const shown = (value: string) => toOneLine(value) || '–';
  const texts = blocks.flatMap((each) => {
    switch (each.kind) {
      case 'list':
      case 'tasks':
        return each.items.map(shown);
      case 'table':
        return [...each.columns, ...each.rows.flat()].map(toOneLine);
      case 'lines':
        return each.lines.map(toOneLine);
      case 'heading':
      case 'paragraph':
      case 'hint':
      case 'link':
        return shown(each.text);
    }
  });
  return texts.join('').replace(/\s+/g, '');
}

describe('a report as Markdown, whatever its texts are', () => {
  it('has exactly the given blocks', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 5 }).map(apart), (blocks) => {
        const tokens = marked.lexer(writeMarkdown(blocks));

        expect(tokens.flatMap(kindOf)).toEqual(kindsOf(blocks));
      }),
      { numRuns: 300 },
    );
  });

  it('has no link, picture, HTML, or emphasis that was not asked for', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 5 }).map(apart), (blocks) => {
        const types = every(marked.lexer(writeMarkdown(blocks))).map(({ type }) => type);

        const hints = blocks.filter(({ kind }) => kind === 'hint');
        expect(types.filter((type) => type === 'blockquote')).toHaveLength(hints.length);
        for (const type of ['link', 'image', 'html', 'strong', 'del', 'codespan', 'def', 'em', 'hr', 'br']) {
          expect(types).not.toContain(type);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('shows exactly the given words', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 5 }).map(apart), (blocks) => {
        const html = marked.parse(writeMarkdown(blocks), { async: false });

        expect(seen(html)).toBe(meant(blocks));
      }),
      { numRuns: 300 },
    );
  });
});
