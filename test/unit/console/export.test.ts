import { describe, expect, it } from 'vitest';
import type { Api } from '../../../console/api/client.ts';
import { nextOf } from '../../../console/api/next-part.ts';
import { collectExport } from '../../../console/history/collect-export.ts';

const { signal } = new AbortController();

describe('an export', () => {
  it('is all of its parts in order, each asked for where the one before said', async () => {
    const asked: string[] = [];
    const pages: number[] = [];
    const fetchPage: Api['exportPage'] = async (address) => {
      asked.push(address);
      const next = asked.length < 3 ? { next: `incidents.csv?cursor=${asked.length}` } : {};
      return { kind: 'ok', value: { text: `part ${asked.length}\r\n`, ...next } };
    };

    const whole = await collectExport(fetchPage, 'csv', { severity: 'critical' }, signal, (n) =>
      pages.push(n),
    );

    expect(whole).toEqual({ kind: 'ok', value: ['part 1\r\n', 'part 2\r\n', 'part 3\r\n'] });
    expect(asked).toEqual([
      'incidents.csv?severity=critical',
      'incidents.csv?cursor=1',
      'incidents.csv?cursor=2',
    ]);
    expect(pages).toEqual([1, 2, 3]);
  });

  it('is not saved in part when one of its parts does not come', async () => {
    let calls = 0;
    const fetchPage: Api['exportPage'] = async () => {
      calls += 1;
      if (calls === 2) return { kind: 'unreachable', detail: 'The API cannot be reached.' };
      return { kind: 'ok', value: { text: 'one', next: 'incidents.jsonl?cursor=1' } };
    };

    const whole = await collectExport(fetchPage, 'jsonl', {}, signal, () => {});

    expect(whole).toEqual({ kind: 'unreachable', detail: 'The API cannot be reached.' });
  });

  it.each([
    ['<incidents.csv?cursor=a>; rel="next"', 'incidents.csv?cursor=a'],
    ['<https://elsewhere.example/incidents.csv?cursor=a>; rel="next"', undefined],
    ['<incidents.jsonl?cursor=a>; rel="next"', undefined],
    ['<incidents.csv?cursor=a>; rel="prev"', undefined],
    [null, undefined],
  ])('goes on after %s only to the same export', (link, next) => {
    expect(nextOf(link, 'csv')).toBe(next);
  });
});
