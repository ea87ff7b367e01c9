import { describe, expect, it } from 'vitest';
import { amountWords, countWords, shareWords } from '../../../console/words/amount.ts';
import { between, durationWords } from '../../../console/words/duration.ts';
import { dayIn, dayWords, momentOf } from '../../../console/words/moment.ts';

describe('a length of time', () => {
  it.each([
    [0, '0 s'],
    [59.6, '1 min'],
    [45, '45 s'],
    [62, '1 min 02 s'],
    [720, '12 min'],
    [754, '12 min'],
    [3_600, '1 h'],
    [11_100, '3 h 05 min'],
    [86_400, '1 d'],
    [187_200, '2 d 4 h'],
    [-5, '0 s'],
  ])('of %d s is said as %s', (seconds, words) => {
    expect(durationWords(seconds)).toBe(words);
  });

  it('is taken between two times, or up to now', () => {
    expect(between('2026-11-24T03:00:00Z', '2026-11-24T03:22:00Z')).toBe('22 min');
    expect(between('2026-11-24T03:00:00Z', Date.parse('2026-11-24T03:00:30Z'))).toBe('30 s');
  });
});

describe('a time', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');

  it.each([
    ['2026-11-24T03:12:05Z', 'Europe/Berlin', '04:12'],
    ['2026-11-23T22:59:00Z', 'Europe/Berlin', '23 Nov, 23:59'],
    ['2026-11-23T23:01:00Z', 'Europe/Berlin', '00:01'],
    ['2025-11-24T03:12:05Z', 'UTC', '24 Nov 2025, 03:12'],
  ])('%s is shown in %s as %s, and in UTC beside it', (at, timeZone, shown) => {
    const moment = momentOf(Date.parse(at), now, { timeZone });

    expect(moment.shown).toBe(shown);
    expect(moment.utc).toBe(`${at.replace('T', ' ').replace('Z', '')} UTC`);
  });

  it('that nobody can read does not break the page', () => {
    expect(momentOf(Number.NaN, now)).toEqual({ shown: 'unknown', iso: '', utc: 'unknown' });
  });
});

describe('a day', () => {
  it('begins where the zone says', () => {
    expect(dayIn(Date.parse('2026-11-23T23:30:00Z'), { timeZone: 'Europe/Berlin' })).toBe('2026-11-24');
    expect(dayIn(Date.parse('2026-11-23T23:30:00Z'), { timeZone: 'America/New_York' })).toBe('2026-11-23');
  });

  it('is said short or whole', () => {
    expect(dayWords('2026-11-24')).toBe('24 Nov');
    expect(dayWords('2026-11-24', true)).toBe('Tue 24 Nov 2026');
    expect(dayWords('')).toBe('');
  });
});

describe('an amount', () => {
  it.each([
    [0, undefined, '0'],
    [0.0421, undefined, '0.0421'],
    [12.345, 'per s', '12.3 per s'],
    [99.5, '%', '99.5 %'],
    [1_234.5, 'USD', '1,235 USD'],
    [3_400_000, undefined, '3.4M'],
    [Number.NaN, undefined, 'none'],
  ])('of %d %s is said as %s', (value, unit, words) => {
    expect(amountWords(value, unit)).toBe(words);
  });

  it('of things agrees with its noun', () => {
    expect([countWords(0, 'alert'), countWords(1, 'alert'), countWords(2, 'alert')]).toEqual([
      '0 alerts',
      '1 alert',
      '2 alerts',
    ]);
  });

  it('that is a share of nothing is none', () => {
    expect([shareWords(1, 3), shareWords(0, 5), shareWords(0, 0)]).toEqual(['33 %', '0 %', 'none']);
  });
});
