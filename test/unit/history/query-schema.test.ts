import { describe, expect, it } from 'vitest';
import { deriveCursorKey, writeCursor } from '../../../lib/core/history/cursor.ts';
import type { IncidentQuery } from '../../../lib/core/history/history.ts';
import { readIncidentQuery } from '../../../lib/core/history/query-schema.ts';
import { DAY } from '../../../lib/core/shared/time.ts';
import { categories } from '../../support/factories/catalog.ts';

const NOW = Date.UTC(2026, 10, 24, 3);
const query: IncidentQuery = { from: 0, to: NOW, limit: 50 };
const key = deriveCursorKey({ READ_TOKENS: ['reader'] });

const read = (parameters: Record<string, string | undefined>, now = NOW) =>
  readIncidentQuery(parameters, now, { key, categories });

describe('the parameters of a listing', () => {
  it('default to the latest 50 of the last 30 days, this moment included', () => {
    const reading = read({});

    expect(reading).toEqual({ kind: 'ok', query: { from: NOW + 1 - 30 * DAY, to: NOW + 1, limit: 50 } });
  });

  it('cover all time for open incidents', () => {
    const reading = read({ status: 'open' });

    expect(reading).toEqual({ kind: 'ok', query: { from: 0, to: NOW + 1, limit: 50, status: 'open' } });
  });

  it('are all accepted', () => {
    const reading = read(
      {
        status: 'resolved',
        alertname: 'AgentDown',
        severity: 'critical',
        source: 'prod',
        category: 'agents',
        from: '2026-11-01',
        to: '2026-11-02T03:00:00+01:00',
        limit: '200',
      },
      NOW,
    );

    expect(reading).toEqual({
      kind: 'ok',
      query: {
        status: 'resolved',
        alertname: 'AgentDown',
        severity: 'critical',
        source: 'prod',
        category: 'agents',
        from: Date.UTC(2026, 10, 1),
        to: Date.UTC(2026, 10, 2, 2),
        limit: 200,
      },
    });
  });

  it.each([
    ['state', { state: 'open' }, 'state is not a parameter of this listing; there are status, alertname,'],
    ['__proto__', JSON.parse('{"__proto__":"x"}'), '__proto__ is not a parameter of this listing'],
    ['Status', { Status: 'open' }, 'Status is not a parameter of this listing'],
    ['status', { status: 'firing' }, 'status must be open or resolved, not "firing".'],
    ['status', { status: '' }, 'status must be open or resolved.'],
    ['severity', { severity: 'page' }, 'severity must be one of info, warning, critical, not "page".'],
    [
      'category',
      { category: 'vector_search' },
      'category must be one of agents, circuit-breaker, infrastructure,',
    ],
    ['alertname', { alertname: '' }, 'alertname must not be empty.'],
    ['source', { source: 'x'.repeat(2_000) }, `source is too long, not "${'x'.repeat(40)}…".`],
    ['limit', { limit: '0' }, 'limit must be a whole number from 1 to 200, not "0".'],
    ['limit', { limit: '201' }, 'limit must be a whole number from 1 to 200, not "201".'],
    ['limit', { limit: '1e1' }, 'limit must be a whole number from 1 to 200'],
    ['limit', { limit: '-1' }, 'limit must be a whole number from 1 to 200'],
    ['limit', { limit: ' 5' }, 'limit must be a whole number from 1 to 200'],
    ['from', { from: 'yesterday' }, 'from must be a time such as'],
    ['from', { from: '1795490732000' }, 'from must be a time such as'],
    ['from', { from: '2026-11-02T03:00:00' }, 'from must be a time such as'],
    ['to', { to: '2026-13-01' }, 'to must be a time such as'],
    ['to', { to: '2026-02-30' }, 'to must be a time such as'],
    ['from', { from: '0001-01-01T00:00:00Z' }, 'from must lie between the years 1970 and 2200, not "0001'],
    ['to', { to: '9999-12-31' }, 'to must lie between the years 1970 and 2200, not "9999-12-31".'],
    ['from', { from: '2026-11-02', to: '2026-11-01' }, 'from must be earlier than to.'],
    ['from', { from: '2026-11-02', to: '2026-11-02' }, 'from must be earlier than to.'],
    ['from', { from: '2027-01-01' }, 'from must be earlier than to.'],
    ['cursor', { cursor: 'garbage' }, 'cursor was not given out by this listing'],
    ['cursor', { cursor: '' }, 'cursor was not given out by this listing'],
    ['cursor', { cursor: 'A'.repeat(10_000) }, 'cursor was not given out by this listing'],
  ])('are refused by name: %s', (path, parameters, reason) => {
    const reading = read(parameters);

    expect(reading).toEqual({ kind: 'refused', path, reason: expect.stringContaining(reason) });
  });

  it("accept the previous page's cursor at a later moment, with the first page's range", () => {
    const after = { openedAt: NOW - 5, id: 'abc.1' };
    const cursor = writeCursor(after, { ...query, from: 7, source: 'prod' }, key);

    const reading = read({ source: 'prod', limit: '10', cursor }, NOW + 90 * DAY);

    expect(reading).toEqual({
      kind: 'ok',
      query: { source: 'prod', from: 7, to: NOW + 90 * DAY + 1, limit: 10, after },
    });
  });

  it('may repeat the from of the first page, and may narrow to', () => {
    const after = { openedAt: NOW - 5, id: 'abc.1' };
    const from = Date.UTC(2026, 10, 1);
    const cursor = writeCursor(after, { ...query, from }, key);

    const reading = read({ from: '2026-11-01', to: '2026-11-20', cursor });

    expect(reading).toEqual({
      kind: 'ok',
      query: { from, to: Date.UTC(2026, 10, 20), limit: 50, after },
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ['another filter', { status: 'resolved' }, 'other filters'],
    ['one filter more', { status: 'open', source: 'prod' }, 'other filters'],
    ['no filter', {}, 'other filters'],
    ['an earlier from', { status: 'open', from: '2020-01-01' }, 'another from'],
  ])('refuse the cursor of a listing with %s', (_which, parameters, reason) => {
    const cursor = writeCursor({ openedAt: NOW, id: 'abc.1' }, { ...query, from: 5, status: 'open' }, key);

    const reading = read({ ...parameters, cursor });

    expect(reading).toEqual({ kind: 'refused', path: 'cursor', reason: expect.stringContaining(reason) });
  });
});
