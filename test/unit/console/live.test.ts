import { describe, expect, it } from 'vitest';
import { joinPages, mostUrgentFirst, newsBetween } from '../../../console/live/merge-incidents.ts';
import { delayAfter, freshnessOf } from '../../../console/live/polling.ts';
import { listedIncident } from '../../support/factories/listed-incident.ts';

const first = listedIncident({ id: 'a.1', openedAt: '2026-11-24T03:00:00.000Z' });
const second = listedIncident({ id: 'b.1', openedAt: '2026-11-24T04:00:00.000Z' });
const critical = listedIncident({ id: 'c.1', severity: 'critical', alertname: 'ExchangeApiDown' });

describe('open incidents', () => {
  it('stand by severity, then the newest first, in the same order every time', () => {
    const ids = mostUrgentFirst([first, critical, second]).map(({ id }) => id);
    const again = mostUrgentFirst([second, critical, first]).map(({ id }) => id);

    expect(ids).toEqual(['c.1', 'b.1', 'a.1']);
    expect(again).toEqual(ids);
  });

  it('that two pages both hold are shown once, as the later page has them', () => {
    const acknowledged = { ...first, acknowledgedBy: 'Ana' };

    expect(joinPages([first, second], [acknowledged])).toEqual([acknowledged, second]);
  });
});

describe('what is said after a refresh', () => {
  it('is nothing of the first look, and nothing when nothing changed', () => {
    expect(newsBetween(undefined, [first])).toBe('');
    expect(newsBetween([first], [{ ...first, total: 7, acknowledgedBy: 'Ana' }])).toBe('');
  });

  it('names what is new, the most severe first', () => {
    expect(newsBetween([first], [first, second, critical])).toBe(
      '2 new incidents: critical ExchangeApiDown, warning HighErrorRate.',
    );
  });

  it('names what was raised, and counts what is over', () => {
    expect(newsBetween([first, second], [{ ...first, severity: 'critical' }])).toBe(
      'Raised: critical HighErrorRate. 1 incident no longer open.',
    );
  });

  it('does not read out a storm', () => {
    const storm = Array.from({ length: 40 }, (_, at) => listedIncident({ id: `s.${at}` }));

    expect(newsBetween([], storm)).toMatch(/^40 new incidents: .* and 37 more\.$/);
  });
});

describe('asking again', () => {
  it('takes twice as long after every failure, up to a minute', () => {
    expect([0, 1, 2, 3, 4, 50].map((failures) => delayAfter(failures, 5_000))).toEqual([
      5_000, 10_000, 20_000, 40_000, 60_000, 60_000,
    ]);
  });

  it('is fresh, paused, waiting or stale with since when and why', () => {
    expect(freshnessOf({ failures: 0, nextAt: 0 }, false)).toEqual({ kind: 'waiting' });
    expect(freshnessOf({ at: 1, failures: 0, nextAt: 2 }, false)).toEqual({ kind: 'fresh', at: 1 });
    expect(freshnessOf({ at: 1, failures: 0, nextAt: 2 }, true)).toEqual({ kind: 'paused', at: 1 });
    expect(freshnessOf({ at: 1, failures: 2, nextAt: 9, why: 'down' }, false)).toEqual({
      kind: 'stale',
      at: 1,
      why: 'down',
      nextAt: 9,
    });
  });
});
