import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCursor, writeCursor } from '../../../lib/core/history/cursor.ts';
import type { IncidentQuery } from '../../../lib/core/history/history.ts';
import { readIncidentQuery } from '../../../lib/core/history/query-schema.ts';
import { DAY } from '../../../lib/core/shared/time.ts';

const NOW = Date.UTC(2026, 10, 24, 3);
const query: IncidentQuery = { from: 0, to: NOW, limit: 50 };

describe('the parameters of a listing', () => {
  it('default to the latest 50 of the last 30 days, this moment included', () => {
    const reading = readIncidentQuery({}, NOW);

    expect(reading).toEqual({ kind: 'ok', query: { from: NOW + 1 - 30 * DAY, to: NOW + 1, limit: 50 } });
  });

  it('reach back without end for open incidents', () => {
    const reading = readIncidentQuery({ status: 'open' }, NOW);

    expect(reading).toEqual({ kind: 'ok', query: { from: 0, to: NOW + 1, limit: 50, status: 'open' } });
  });

  it('are all understood', () => {
    const reading = readIncidentQuery(
      {
        status: 'resolved',
        alertname: 'AgentDown',
        severity: 'critical',
        source: 'prod',
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
        from: Date.UTC(2026, 10, 1),
        to: Date.UTC(2026, 10, 2, 2),
        limit: 200,
      },
    });
  });

  it.each([
    ['state', { state: 'open' }, 'state is not a parameter of this listing.'],
    ['status', { status: 'firing' }, 'status must be open or resolved.'],
    ['severity', { severity: 'page' }, 'severity must be one of info, warning, critical.'],
    ['alertname', { alertname: '' }, 'alertname must not be empty.'],
    ['limit', { limit: '0' }, 'limit must be a whole number from 1 to 200.'],
    ['limit', { limit: '201' }, 'limit must be a whole number from 1 to 200.'],
    ['limit', { limit: '1e1' }, 'limit must be a whole number from 1 to 200.'],
    ['from', { from: 'yesterday' }, 'from must be a time such as'],
    ['to', { to: '2026-13-01' }, 'to must be a time such as'],
    ['from', { from: '2026-11-02', to: '2026-11-01' }, 'from must be earlier than to.'],
    ['from', { from: '2026-11-02', to: '2026-11-02' }, 'from must be earlier than to.'],
    ['cursor', { cursor: 'garbage' }, 'cursor is not one that a listing has given out.'],
    ['cursor', { cursor: '' }, 'cursor is not one that a listing has given out.'],
  ])('are refused by name: %s', (path, parameters, reason) => {
    const reading = readIncidentQuery(parameters, NOW);

    expect(reading).toEqual({ kind: 'refused', path, reason: expect.stringContaining(reason) });
  });

  it('take the cursor of the page before, at a later moment', () => {
    const after = { openedAt: NOW - 5, id: 'abc.1' };
    const cursor = writeCursor(after, { ...query, status: 'open' });

    const reading = readIncidentQuery({ status: 'open', limit: '10', cursor }, NOW + DAY);

    expect(reading).toEqual({
      kind: 'ok',
      query: { status: 'open', from: 0, to: NOW + DAY + 1, limit: 10, after },
    });
  });

  it('refuse the cursor of another listing', () => {
    const cursor = writeCursor({ openedAt: NOW, id: 'abc.1' }, { ...query, status: 'open' });

    const reading = readIncidentQuery({ status: 'resolved', cursor }, NOW);

    expect(reading).toEqual({
      kind: 'refused',
      path: 'cursor',
      reason: 'cursor belongs to a listing with other filters.',
    });
  });
});

describe('a cursor', () => {
  it('comes back as the position it was written for', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        fc.string({ minLength: 1, maxLength: 200 }),
        (openedAt, id) => {
          const cursor = writeCursor({ openedAt, id }, query);

          expect(cursor).toMatch(/^[\w-]+$/);
          expect(readCursor(cursor, query)).toEqual({ kind: 'ok', after: { openedAt, id } });
        },
      ),
    );
  });

  it('that was made up is refused and never throws', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(readCursor(text, query).kind).toBe('refused');
      }),
    );
  });
});
