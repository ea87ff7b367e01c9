import { describe, expect, it } from 'vitest';
import { createAtomWriter } from '../../../lib/adapters/atom/atom-writer.ts';
import { writeMarkdown } from '../../../lib/adapters/markdown/write-markdown.ts';
import {
  encodeUrlSegment,
  escapePromql,
  findPromqlHoleMistake,
  quoteForShell,
} from '../../../lib/core/diagnosis/expressions/insert-safely.ts';

describe('an Atom feed', () => {
  const link = { rel: 'self' as const, type: 'a/b', href: 'https://x.example/?a=1&b="<' };
  const feed = createAtomWriter().write({
    id: 'urn:1',
    title: 'T <&> \u0000\u0008\ufffe\ud83d "',
    author: 'A <b>',
    updated: '2026-01-01T00:00:00Z',
    links: [link],
    entries: [
      {
        id: 'urn:2',
        title: '</title>',
        published: '2026-01-01T00:00:00Z',
        updated: '2026-01-02T00:00:00Z',
        categories: ['true', 'a"b'],
        links: [],
        content: 'one\ntwo\t<three> 💣\ue000\ufffd',
      },
    ],
  });

  it('has texts escaped, and no character that XML forbids', () => {
    expect(feed).toBe(
      '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">' +
        '<id>urn:1</id><title>T &lt;&amp;&gt; \ufffd &quot;</title><updated>2026-01-01T00:00:00Z</updated>' +
        '<author><name>A &lt;b&gt;</name></author>' +
        '<link rel="self" type="a/b" href="https://x.example/?a=1&amp;b=&quot;&lt;"/>' +
        '<entry><id>urn:2</id><title>&lt;/title&gt;</title><published>2026-01-01T00:00:00Z</published>' +
        '<updated>2026-01-02T00:00:00Z</updated><category term="true"/><category term="a&quot;b"/>' +
        '<content type="text">one\ntwo\t&lt;three&gt; 💣\ue000\ufffd</content></entry></feed>',
    );
  });
});

describe('a Markdown document', () => {
  it('has every kind of block', () => {
    const text = writeMarkdown([
      { kind: 'heading', level: 2, text: 'Title' },
      { kind: 'paragraph', text: 'Words' },
      { kind: 'hint', text: 'Note' },
      { kind: 'link', url: 'https://x.example/', text: 'There' },
      { kind: 'list', items: ['one', 'two'] },
      { kind: 'tasks', items: ['do'] },
      { kind: 'table', columns: ['a', 'bb'], rows: [['1', '2']] },
      { kind: 'lines', lines: ['x  y\nz', '```'] },
    ]);

    expect(text).toBe(
      [
        '## Title',
        'Words',
        '> Note',
        '[There](https://x.example/)',
        '- one\n- two',
        '* [ ] do',
        '| a | bb |\n| - | - |\n| 1 | 2 |',
        '````\nx  y z\n```\n````\n',
      ].join('\n\n'),
    );
  });

  it('has no markup from texts', () => {
    const paragraph = (text: string) => writeMarkdown([{ kind: 'paragraph', text }]);

    expect(paragraph('# *a* [b](c) <i> `d` ~~e~~')).toBe(
      '\\# \\*a\\* \\[b]\\(c) \\<i> \\`d\\` \\~\\~e\\~\\~\n',
    );
    expect(paragraph('snake_case')).toBe('snake_case\n');
    expect(paragraph('💣_a_💣')).toBe('💣\\_a\\_💣\n');
    expect(paragraph('💣 \\_a_')).toBe('💣 \\\\\\_a\\_\n');
    expect(paragraph('one\n\ntwo')).toBe('one two\n');
    expect(paragraph('  ')).toBe('–\n');
  });

  it('cuts what would make it unreadable', () => {
    expect(writeMarkdown([{ kind: 'paragraph', text: 'x'.repeat(2_001) }])).toBe(`${'x'.repeat(1_999)}…\n`);
    expect(writeMarkdown([{ kind: 'table', columns: ['y'.repeat(501)], rows: [['a\nb']] }])).toBe(
      `| ${'y'.repeat(499)}… |\n| - |\n| a b |\n`,
    );
  });
});

describe('a value in a shell line', () => {
  it.each([
    ['plain', 'echo ', 'plain'],
    ['a.b/c:d=e@f%g+h,i-j_0', 'echo ', 'a.b/c:d=e@f%g+h,i-j_0'],
    ['two words', 'echo ', "'two words'"],
    ["it's", 'echo ', "'it'\\''s'"],
    ['', 'echo ', "''"],
    ['-x', 'grep a', '-x'],
    ['x-', 'echo ', 'x-'],
    ['plain', "echo '", 'plain'],
    ['plain', 'echo "', 'plain'],
    ['two words', `echo "a" '\\' `, "'two words'"],
    ['two words', 'echo \\" ', "'two words'"],
    ['two words', 'echo "\\"" ', "'two words'"],
    ['a b', 'name=', "'a b'"],
    ['a', 'name=', 'a'],
    ['~b', 'name:', "'~b'"],
  ])('%j after %j is one word: %j', (value, before, quoted) => {
    expect(quoteForShell(value, before)).toBe(quoted);
  });

  it.each([
    ['a line break', 'a\nb', 'echo '],
    ['an escape', '\u001b', 'echo '],
    ['an invisible character', 'a\u200bb', 'echo '],
    ['a line separator', 'a\u2028b', 'echo '],
    ['a paragraph separator', 'a\u2029b', 'echo '],
    ['half a character', '\ud83d', 'echo '],
    ['what was cut', 'begin…', 'echo '],
    ['what was redacted', 'a [redacted]', 'echo '],
    ['what would be an option', '-rf', 'rm '],
    ['what would be an option at the start', '-rf', ''],
    ['what would be an option after a quote', '-rf', 'rm "'],
    ['what would be an option in another command', '-rf', 'a;'],
    ['another operator after a name', '~a', 'name='],
    ['a space at its start after a name', ' a', 'name='],
    ['a space at its end after a name', 'a ', 'name='],
    ['a quote at its start after a name', '"a', 'name='],
    ['a quote at its end after a name', "a'", 'name='],
    ['a backslash after a name', 'a\\b', 'name='],
    ['a backslash at its end after a name', 'a\\', 'name='],
    ['nothing after a name', '', 'name='],
    ['two words inside quotes', 'two words', "echo '"],
    ['two words inside double quotes', 'two words', 'echo "a'],
    ['two words after an escaped quote inside quotes', 'two words', 'echo "\\"'],
    ['a command inside double quotes', '$(id)', 'echo "'],
  ])('is refused for %s', (_case, value, before) => {
    expect(quoteForShell(value, before)).toBeUndefined();
  });
});

describe('a value in a path of a URL', () => {
  it.each([
    ['a b/c?d#e', 'a%20b%2Fc%3Fd%23e'],
    ["!'()*", '%21%27%28%29%2A'],
    ['...', '...'],
    ['ü', '%C3%BC'],
    ['\ud83d', '%EF%BF%BD'],
    ['x'.repeat(500), 'x'.repeat(500)],
  ])('%j is one segment', (value, segment) => {
    expect(encodeUrlSegment(value)).toBe(segment);
  });

  it.each(['', '.', '..', 'x'.repeat(501)])('is refused when it is %j', (value) => {
    expect(encodeUrlSegment(value)).toBeUndefined();
  });
});

describe('a value in PromQL', () => {
  it('stays inside its string', () => {
    expect(escapePromql('a\\b"c\nd\re')).toBe('a\\\\b\\"c\\nd\\re');
  });

  it.each([
    'up{job="{{ a }}"}',
    'up{job="x{{ a }}y{{ b }}"}',
    'up{a=\'x\', job="{{ a }}"}',
    'up{a="\\"", job="{{ a }}"}',
    'up{a=`\\`, job="{{ a }}"}',
    'up{a=~"b", job="{{ a }}"}',
    'up{job="{{ \'x\' }}"} == 1',
    'up',
  ])('may stand in %s', (query) => {
    expect(findPromqlHoleMistake(query)).toBeUndefined();
  });

  it.each([
    ['{{ a }}', 0],
    ["up{job='{{ a }}'}", 8],
    ['up{job=`{{ a }}`}', 8],
    ['up{a="b"} + {{ a }}', 12],
    ['up{a="{{ x }}"} + {{ a }}', 18],
    ['up{a="\\\\"} + {{ a }}', 13],
    ["up{a='\\'\"', b={{ a }}}", 14],
  ])('may not stand outside a double-quoted string: %s', (query, at) => {
    expect(findPromqlHoleMistake(query)).toEqual({
      message: 'a {{ }} may only stand inside a double-quoted string',
      at,
    });
  });

  it.each([
    ['up{job=~"{{ a }}"}', 9],
    ['up{job!~ "a{{ a }}"}', 11],
  ])('may not be a part of a regular expression: %s', (query, at) => {
    expect(findPromqlHoleMistake(query)).toEqual({
      message: 'a {{ }} may not be part of a regular expression',
      at,
    });
  });
});
