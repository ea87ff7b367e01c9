import { describe, expect, it } from 'vitest';
import { readStatisticsQuery } from '../../../lib/core/statistics/query-schema.ts';

const NOW = Date.parse('2026-11-24T22:50:00Z');

function read(parameters: Record<string, string>) {
  const reading = readStatisticsQuery(parameters, NOW);
  if (reading.kind === 'refused') return reading;
  const { from, to, tz } = reading.query;
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), tz };
}

describe('the range of the statistics', () => {
  it.each([
    ['UTC', '2026-10-26T00:00:00.000Z', '2026-11-25T00:00:00.000Z'],
    // The day has already changed there, and summer time has ended in between.
    ['Europe/Vilnius', '2026-10-26T22:00:00.000Z', '2026-11-25T22:00:00.000Z'],
    ['Asia/Kathmandu', '2026-10-26T18:15:00.000Z', '2026-11-25T18:15:00.000Z'],
  ])('is by default the last 30 days in %s, today included', (tz, from, to) => {
    expect(read({ tz })).toEqual({ from, to, tz });
  });

  it('begins and ends at midnight in the zone for dates, even across clock changes', () => {
    expect(read({ from: '2026-03-29', to: '2026-03-30', tz: 'Europe/Berlin' })).toEqual({
      from: '2026-03-28T23:00:00.000Z',
      to: '2026-03-29T22:00:00.000Z',
      tz: 'Europe/Berlin',
    });
  });

  it('moves its ends outwards to the quarter hour', () => {
    expect(read({ from: '2026-11-24T03:14:59+02:00', to: '2026-11-24T04:00:01Z' })).toEqual({
      from: '2026-11-24T01:00:00.000Z',
      to: '2026-11-24T04:15:00.000Z',
      tz: 'UTC',
    });
  });

  it('begins 30 days before its end if only the end is given', () => {
    expect(read({ to: '2026-05-31' })).toMatchObject({
      from: '2026-05-01T00:00:00.000Z',
      to: '2026-05-31T00:00:00.000Z',
    });
  });

  it('may have 400 days, plus an hour for a clock change', () => {
    expect(read({ from: '2025-01-01', to: '2026-02-05' })).not.toHaveProperty('reason');
    expect(read({ from: '2025-10-01', to: '2026-11-05', tz: 'Europe/Berlin' })).not.toHaveProperty('reason');
    expect(read({ from: '2025-01-01', to: '2026-02-06' })).toMatchObject({ path: 'from' });
  });

  it.each([
    ['from', { from: 'yesterday' }],
    ['from', { from: '2026-11-24T03:00:00' }],
    ['from', { from: '2026-02-30' }],
    ['from', { from: '2026-11-25T00:00:00Z', to: '2026-11-24T00:00:00Z' }],
    ['from', { from: '2026-11-24', to: '2026-11-24' }],
    ['from', { from: '0001-01-01', to: '0001-02-01' }],
    ['from', { from: '2027-01-01' }],
    ['to', { to: '' }],
    ['to', { from: '2026-11-24', to: '9999-12-31' }],
    ['tz', { tz: 'Mars/Olympus' }],
    ['tz', { tz: '+02:00' }],
    ['tz', { tz: '' }],
    ['by', { by: 'day' }],
    ['__proto__', JSON.parse('{"__proto__": "x"}')],
  ])('is refused with the name of the parameter: %s', (path, parameters: Record<string, string>) => {
    const refusal = read(parameters);

    expect(refusal).toMatchObject({ kind: 'refused', path });
    if ('reason' in refusal) expect(refusal.reason).toMatch(new RegExp(`^${path} .+\\.$`));
  });
});
