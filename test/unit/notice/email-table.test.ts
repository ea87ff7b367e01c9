import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../lib/channels/email/render/table.ts';
import { measureWidth } from '../../../lib/core/notice/document/align-table.ts';
import { hostileText } from '../../support/arbitraries/arbitrary-notice.ts';

const sessions = ['pid', 'role', 'application', 'state', 'unused', 'last query'];
const session = [
  '4711',
  'cryptofunk',
  'agent-runner',
  'idle in transaction',
  '7 s',
  'UPDATE positions SET x = 1 '.repeat(2),
];

describe('a table in a mail', () => {
  it('stays a table if its columns fit next to each other on a phone', () => {
    const { html } = renderTable(['state', 'n'], [['idle in transaction', '7']]);

    expect(html).toMatch(/^<table .*<th .*>state<\/th>.*<td .*>idle in transaction<\/td>/);
  });

  it('becomes lines otherwise, each cell as wide as its column and long text below', () => {
    const { html } = renderTable(sessions, [session]);

    const [head, row] = linesOf(html);
    expect(html.match(/<t[dh] /g)).toHaveLength(2);
    expect(head?.beside.map((cell) => cell.trim())).toEqual(sessions.slice(0, -1));
    expect(row?.beside.map((cell) => cell.trim())).toEqual(session.slice(0, -1));
    expect(row?.beside.map((cell) => cell.length)).toEqual(head?.beside.map((cell) => cell.length));
    expect(row?.below).toEqual([session.at(-1)?.trim()]);
  });

  it('has no line for an empty text, unless another text follows', () => {
    const long = 'x'.repeat(40);

    const one = renderTable(
      ['target', 'error'],
      [
        ['bifrost', long],
        ['api', ''],
      ],
    );
    const two = renderTable(
      ['object', 'said', 'why'],
      [
        ['a', long, long],
        ['b', '', long],
      ],
    );

    expect(linesOf(one.html).map(({ below }) => below)).toEqual([['error'], [long], []]);
    expect(linesOf(two.html).map(({ below }) => below)).toEqual([
      ['said', 'why'],
      [long, long],
      ['–', long],
    ]);
  });

  it('has no unbreakable piece wider than a phone', () => {
    const cells = fc.array(hostileText, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(cells, fc.array(cells, { maxLength: 8 }), (columns, rows) => {
        const { html } = renderTable(columns, rows);

        for (const { beside } of linesOf(html)) {
          for (const cell of beside) expect(measureWidth(unescaped(cell))).toBeLessThanOrEqual(33);
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** Rows written as lines: the unbreakable cells, and the text below them. */
function linesOf(html: string): { beside: string[]; below: string[] }[] {
  return [...html.matchAll(/<t[dh] [^>]*>(.*?)<\/t[dh]>/gs)].map(([, row = '']) => {
    const [first = '', ...below] = row.split('<br>');
    const beside = [...first.matchAll(/<span style="white-space:nowrap">(.*?)<\/span> /gs)];
    return { beside: beside.map(([, cell = '']) => cell.replace(/<\/?strong>/g, '')), below };
  });
}

function unescaped(html: string): string {
  return html.replace(/&(?:amp|lt|gt|quot|#39);/g, '&');
}
