import { describe, expect, it } from 'vitest';
import {
  fenceCommand,
  fenceLines,
  renderLine,
  renderLink,
  renderMention,
  toMrkdwnObject,
  toPlainTextObject,
} from '../../../lib/channels/slack/render/mrkdwn.ts';

const FENCE = '```';

describe('prose in Slack', () => {
  it.each([
    ['a & b < c > d', 'a &amp; b &lt; c &gt; d'],
    ['<!channel> <@U0ANA>', '&lt;!channel&gt; &lt;@U0ANA&gt;'],
    ['line one\n\t\nline two', 'line one line two'],
    ['`code`', 'ˋcodeˋ'],
    [' keeps its ends ', ' keeps its ends '],
    ['\u001b[31m\u202ered', '[31mred'],
  ])('shows %j as text', (raw, shown) => {
    expect(renderLine([raw], 100)).toBe(shown);
  });

  it('shows bold and code as such, and none of their marks from inside', () => {
    expect(renderLine([{ bold: '2 * 3\n<' }, ' ', { code: 'a`b*' }], 100)).toBe('*2 ∗ 3 &lt;* `aˋb*`');
    expect(renderLine([{ bold: 'a`b' }], 100)).toBe('*aˋb*');
  });

  it('leaves out marks around nothing', () => {
    expect(renderLine([{ bold: ' ' }, { code: '' }, 'x'], 100)).toBe('x');
  });

  it('shows a time in the reader’s zone, with words for those who cannot', () => {
    expect(renderLine([{ time: Date.UTC(2026, 10, 24, 3, 12, 7) + 999 }], 100)).toMatch(
      /^<!date\^1795489927\^\{date_short_pretty\} \{time\}\|[^|<>]*UTC>$/,
    );
    expect(renderLine([{ time: -1 }], 100)).not.toContain('<!date');
    expect(renderLine([{ time: Number.MAX_VALUE }], 100)).not.toContain('<!date');
    expect(renderLine([{ time: 0 }], 100)).toContain('<!date^0^');
  });

  it('has no half of a date, and nothing after its room', () => {
    const [date] = [renderLine([{ time: 0 }], 100)];

    expect(renderLine([{ time: 0 }], date.length)).toBe(date);
    expect(renderLine([{ time: 0 }], date.length - 1)).toBe('');
    expect(renderLine(['abc', 'more'], 3)).toBe('abc');
    expect(renderLine(['abc', { bold: 'more' }], 6)).toBe('abc*…*');
  });

  it('is measured as it is escaped, and cut between entities', () => {
    expect(renderLine(['&&&&'], 11)).toBe('&amp;&amp;…');
    expect(renderLine(['&&'], 10)).toBe('&amp;&amp;');
    expect(renderLine([{ bold: '<<<<' }], 11)).toBe('*&lt;&lt;…*');
  });
});

describe('a link in Slack', () => {
  it.each([
    ['a|b`c', '<https://x.example/?a=1&amp;b=%3C|a b c>'],
    ['<b> & >', '<https://x.example/?a=1&amp;b=%3C|&lt;b&gt; &amp; &gt;>'],
    ['|', '<https://x.example/?a=1&amp;b=%3C|Link>'],
  ])('labelled %j ends where it should', (label, shown) => {
    expect(renderLink(label, 'https://x.example/?a=1&b=%3C', 100)).toBe(shown);
  });

  it('is whole or absent', () => {
    const whole = '<https://x.example/|Here>';

    expect(renderLink('Here', 'https://x.example/', whole.length)).toBe(whole);
    expect(renderLink('Here', 'https://x.example/', whole.length - 1)).toBeUndefined();
  });
});

describe('lines in a block of Slack', () => {
  const block = (...lines: string[]) => `${FENCE}\n${lines.join('\n')}\n${FENCE}`;

  it('cannot end the block', () => {
    expect(fenceLines(['a```b', 'c``d', 'e`f', 'g`', '<&>\nnext'], 200, 'first')).toEqual({
      text: block('aˋb', 'cˋd', 'e`f', 'gˋ', '&lt;&amp;&gt; next'),
      left: 0,
    });
  });

  it('are as many whole ones as fit, the first or the last, and the others are counted', () => {
    // Two fences with their line breaks take 8, each line 4.
    expect(fenceLines(['one', 'two', 'six'], 16, 'first')).toEqual({ text: block('one', 'two'), left: 1 });
    expect(fenceLines(['one', 'two', 'six'], 16, 'last')).toEqual({ text: block('two', 'six'), left: 1 });
    expect(fenceLines(['one', 'two', 'six'], 15, 'first')).toEqual({ text: block('one'), left: 2 });
  });

  it('are no block at all when none fits', () => {
    expect(fenceLines(['one'], 11, 'first')).toEqual({ text: '', left: 1 });
    expect(fenceLines([], 100, 'last')).toEqual({ text: '', left: 0 });
  });

  it('are cut at 400 characters each', () => {
    const { text } = fenceLines(['x'.repeat(401)], 1_000, 'first');

    expect(text).toBe(block(`${'x'.repeat(399)}…`));
  });
});

describe('a command in Slack', () => {
  it('is exactly what is to be pasted', () => {
    expect(fenceCommand('a < b && `c` d', 100)).toBe(`${FENCE}\na &lt; b &amp;&amp; \`c\` d\n${FENCE}`);
  });

  it.each([
    ['that would end its block', 'a```b'],
    ['that ends in a backtick', 'echo `id`'],
    ['of nothing', ' \n'],
    ['that is too long', 'x'.repeat(93)],
    ['that is too long as it is escaped', '&'.repeat(19)],
  ])('%s is not shown', (_case, command) => {
    expect(fenceCommand(command, 100)).toBeUndefined();
  });

  it('may be as long as its room', () => {
    expect(fenceCommand('x'.repeat(92), 100)).toHaveLength(100);
    expect(fenceCommand('x'.repeat(101), 200)).toHaveLength(109);
  });
});

describe('plain text in Slack', () => {
  it('has look-alikes of what might be decoded', () => {
    expect(toPlainTextObject('a & b\n<c>&', 50)).toEqual({
      type: 'plain_text',
      text: 'a ＆ b ‹c›＆',
      emoji: true,
    });
  });

  it('is never empty, and never longer than its limit', () => {
    expect(toPlainTextObject('\n', 50).text).toBe(' ');
    expect(toPlainTextObject('abcdef', 4).text).toBe('abc…');
  });
});

describe('mrkdwn as an object', () => {
  it('turns no name into a link', () => {
    expect(toMrkdwnObject('@ana #ops')).toEqual({ type: 'mrkdwn', text: '@ana #ops', verbatim: true });
  });
});

describe('a mention in Slack', () => {
  it.each(['<!channel>', '<!here>', '<!everyone>', '<@U0ANA>', '<@W012>', '<!subteam^S0123ABCD>'])(
    'notifies as %s',
    (mention) => {
      expect(renderMention(mention)).toBe(mention);
    },
  );

  it.each([
    ['<@X0ANA>', '&lt;@X0ANA&gt;'],
    ['<@u0ana>', '&lt;@u0ana&gt;'],
    ['<@U>', '&lt;@U&gt;'],
    ['<@U1>', '&lt;@U1&gt;'],
    ['<!subteam^S1>', '&lt;!subteam^S1&gt;'],
    ['<!subteam^s0123>', '&lt;!subteam^s0123&gt;'],
    ['<!channel> now', '&lt;!channel&gt; now'],
    ['see <!channel>', 'see &lt;!channel&gt;'],
    [' @oncall\n', '@oncall'],
    ['<@U0123456789012345678901>', '&lt;@U0123456789012345678901&gt;'],
    [`<!subteam^S${'0'.repeat(21)}>`, `&lt;!subteam^S${'0'.repeat(21)}&gt;`],
  ])('of another form is text: %j', (raw, shown) => {
    expect(renderMention(raw)).toBe(shown);
  });

  it('may have an id of twenty-one characters', () => {
    expect(renderMention(`<@U${'0'.repeat(20)}>`)).toBe(`<@U${'0'.repeat(20)}>`);
    expect(renderMention(`<!subteam^S${'0'.repeat(20)}>`)).toBe(`<!subteam^S${'0'.repeat(20)}>`);
  });

  it('that is text has at most 80 characters', () => {
    expect(renderMention('x'.repeat(81))).toBe(`${'x'.repeat(79)}…`);
  });
});
