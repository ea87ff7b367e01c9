import { describe, expect, it } from 'vitest';
import { type MrkdwnToken, parseMrkdwn } from '../../../infra/local/slack/parse-mrkdwn.ts';

describe('mrkdwn is read as Slack’s clients read it', () => {
  it.each<[string, MrkdwnToken[]]>([
    ['a &lt;b&gt; &amp;amp;', [{ kind: 'text', text: 'a <b> &amp;' }]],
    ['*bold* and _soft_', [bold('bold'), text(' and '), { kind: 'italic', text: 'soft' }]],
    ['2 * 3 * 4, a*b*c, snake_case_name', [text('2 * 3 * 4, a*b*c, snake_case_name')]],
    ['see `x *y* &lt;z&gt;`.', [text('see '), { kind: 'code', text: 'x *y* <z>' }, text('.')]],
    ['a\n```\n*raw*\n<!channel>\n```\nb', [text('a'), { kind: 'pre', text: '*raw*\n<!channel>' }, text('b')]],
    [
      '<!channel> <@U1> <!subteam^S1|@ops>',
      [mention('@channel'), text(' '), mention('@U1'), text(' '), mention('@ops')],
    ],
    ['<http://x/?a=1&amp;b=2|Here>', [{ kind: 'link', text: 'Here', url: 'http://x/?a=1&b=2' }]],
    ['<!date^12^{time}|00:00 UTC>', [{ kind: 'date', text: '00:00 UTC', seconds: 12 }]],
    ['*❗ `x`: y*', [text('*❗ '), { kind: 'code', text: 'x' }, text(': y*')]],
  ])('%j', (mrkdwn, expected) => {
    expect(parseMrkdwn(mrkdwn)).toEqual(expected);
  });
});

function text(words: string): MrkdwnToken {
  return { kind: 'text', text: words };
}

function bold(words: string): MrkdwnToken {
  return { kind: 'bold', text: words };
}

function mention(words: string): MrkdwnToken {
  return { kind: 'mention', text: words };
}
