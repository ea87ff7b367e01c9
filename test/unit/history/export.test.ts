import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCsvWriter } from '../../../lib/adapters/csv/csv-writer.ts';
import { csvHeader, toCsvRecord } from '../../../lib/core/history/csv-table.ts';
import { deriveCursorKey, formatNextPage, writeCursor } from '../../../lib/core/history/cursor.ts';
import type { IncidentSummary } from '../../../lib/core/history/history.ts';
import { readIncidentQuery } from '../../../lib/core/history/query-schema.ts';
import { toSummary } from '../../../lib/core/history/summary.ts';
import { DAY } from '../../../lib/core/shared/time.ts';
import { categories } from '../../support/factories/catalog.ts';
import { STORED_AT, storedIncident } from '../../support/factories/stored-incident.ts';

const csv = createCsvWriter();
const key = deriveCursorKey({ READ_TOKENS: ['reader'] });
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

const LINE_ENDS = ['\n', '\r', '\r\n', '\v', '\f', '\u001c', '\u001e', '\u0085', '\u2028', '\u2029'];
const ANY_LINE_END = new RegExp(`\\r\\n|[${LINE_ENDS.join('')}]`);

function summary(overrides: Partial<IncidentSummary> = {}): IncidentSummary {
  return { ...toSummary(storedIncident({ key: 'k' })), ...overrides };
}

function read(text: string): string[][] {
  return parse(text, { record_delimiter: '\r\n' });
}

describe('an incident in CSV', () => {
  it('has a cell for every column, empty where nothing is known', () => {
    const text = csv.write([csvHeader, toCsvRecord(summary())]);

    expect(text).toBe(
      'id,source,alertname,group,status,severity,category,openedAt,firstAcknowledgedAt,acknowledgedAt,acknowledgedBy,resolvedAt,firing,alerts,tier,pagesL1,pagesL2,pagesL3,flapped\r\n' +
        'k.1,prod,HighErrorRate,service=api,open,critical,,2026-11-24T03:00:00.000Z,,,,,1,1,1,0,0,0,no\r\n',
    );
  });

  it('has the labels of its group, one after the other', () => {
    const [record] = read(
      csv.write([toCsvRecord(summary({ group: { agent: 'technical', exchange: 'binance' } }))]),
    );

    expect(record?.[3]).toBe('agent=technical, exchange=binance');
  });

  it('shows acknowledgement, resolve and pages', () => {
    const known = {
      category: 'agents',
      firstAcknowledgedAt: STORED_AT + 1,
      acknowledgedAt: STORED_AT + 2,
      acknowledgedBy: 'Ana',
      resolvedAt: STORED_AT + 3,
      pages: [2, 1, 0] satisfies [number, number, number],
      flapped: true as const,
    };

    const [record] = read(csv.write([toCsvRecord(summary(known))]));

    expect(record?.slice(6)).toEqual([
      'agents',
      '2026-11-24T03:00:00.000Z',
      '2026-11-24T03:00:00.001Z',
      '2026-11-24T03:00:00.002Z',
      'Ana',
      '2026-11-24T03:00:00.003Z',
      '1',
      '1',
      '1',
      '2',
      '1',
      '0',
      'yes',
    ]);
  });

  it.each([
    ['=HYPERLINK("http://evil.example","x")', `'=HYPERLINK("http://evil.example","x")`],
    ['+1', "'+1"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1+1', "'＝1+1"],
    ['x;=1+1', "x;'=1+1"],
    ['x; @SUM(A1)', "x; '@SUM(A1)"],
    ['x\n=1+1', 'x =1+1'],
    ['\n=1+1', "'=1+1"],
    ['\t =1+1', "'=1+1"],
    ['First line\nsecond line', 'First line second line'],
    ['one\rtwo\r\nthree\u2028four\u0085five\u000bsix', 'one two three four five six'],
    ['nothing\u0000here', 'nothinghere'],
    ['\u001b=1+1', "'=1+1"],
    ['a "quoted", word', 'a "quoted", word'],
    ['\u001b[31mred\u0007', '[31mred'],
  ])('never lets a label run as a formula or an escape: %j', (alertname, shown) => {
    const [record] = read(csv.write([toCsvRecord(summary({ alertname }))]));

    expect(record?.[2]).toBe(shown);
  });

  it('is one line to a reader that knows nothing of quotes, whatever the labels hold', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(...LINE_ENDS), (before, end) => {
        const value = `${before}${end}second`;
        const odd = summary({ alertname: value, source: value, group: { a: value }, acknowledgedBy: value });

        const text = csv.write([csvHeader, toCsvRecord(odd)]);

        expect(text.split(ANY_LINE_END)).toHaveLength(3);
      }),
    );
  });

  it('is one record that can be read back, whatever the labels hold, and has no formula', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (alertname, source, value) => {
        const odd = summary({ alertname, source, group: { label: value }, acknowledgedBy: value });

        const records = read(csv.write([csvHeader, toCsvRecord(odd), toCsvRecord(summary())]));

        expect(records).toHaveLength(3);
        expect(records.map((record) => record.length)).toEqual(records.map(() => csvHeader.length));
        for (const cell of records[1] ?? []) {
          expect(cell).not.toMatch(/^[=+\-@\t\r]/);
          expect(cell).not.toMatch(/\p{Cc}/u);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the link to the next page', () => {
  it('has the filters and the range of the first page, even as the clock advances', () => {
    const first = readIncidentQuery(
      { alertname: 'A & B', severity: 'critical' },
      STORED_AT,
      { key, categories },
      'export',
    );
    if (first.kind === 'refused') throw new Error(first.reason);

    const after = { openedAt: STORED_AT - DAY, id: 'k.1' };
    const link = formatNextPage(first.query, writeCursor(after, first.query, key));
    const second = readIncidentQuery(
      Object.fromEntries(new URLSearchParams(link)),
      STORED_AT + DAY,
      { key, categories },
      'export',
    );

    expect(second).toEqual({ kind: 'ok', query: { ...first.query, after } });
  });
});

describe('the limit of an export', () => {
  it('is a thousand, and may be less', () => {
    expect([
      readIncidentQuery({}, STORED_AT, { key, categories }, 'export'),
      readIncidentQuery({ limit: '7' }, STORED_AT, { key, categories }, 'export'),
    ]).toMatchObject([{ query: { limit: 1_000 } }, { query: { limit: 7 } }]);
  });

  it.each(['0', '1001', '10000', '-1', '1.5'])('is never %s', (limit) => {
    expect(readIncidentQuery({ limit }, STORED_AT, { key, categories }, 'export')).toEqual({
      kind: 'refused',
      path: 'limit',
      reason: `limit must be a whole number from 1 to 1000, not "${limit}".`,
    });
  });
});
