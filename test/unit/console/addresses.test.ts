import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Filters,
  filterNames,
  fromLocalInput,
  localInput,
  readFilters,
  writeFilters,
} from '../../../console/history/filters.ts';
import { safeUrl } from '../../../console/incident/safe-url.ts';
import { pathOf, type Route, routeOf } from '../../../console/routing/route.ts';

describe('the address of a page', () => {
  it.each<[string, Route]>([
    ['/console', { page: 'open' }],
    ['/console/', { page: 'open' }],
    ['/console/history', { page: 'history' }],
    ['/console/statistics/', { page: 'statistics' }],
    ['/console/incidents/4f1d.000001', { page: 'incident', id: '4f1d.000001' }],
    ['/console/incidents/a%2Fb', { page: 'incident', id: 'a/b' }],
    ['/console/incidents/4f1d.1/report', { page: 'report', id: '4f1d.1' }],
    ['/console/incidents', { page: 'unknown' }],
    ['/console/incidents/', { page: 'unknown' }],
    ['/console/incidents/%E0%A4%A', { page: 'unknown' }],
    ['/console/incidents/a/b/c', { page: 'unknown' }],
    ['/elsewhere', { page: 'unknown' }],
  ])('%s is read as %o', (path, route) => {
    expect(routeOf(path, '/console/')).toEqual(route);
  });

  it('is read below a stage as well', () => {
    expect(routeOf('/dev/console', '/dev/console/')).toEqual({ page: 'open' });
    expect(routeOf('/dev/console/history', '/dev/console/')).toEqual({ page: 'history' });
  });

  it('leads back to the incident, whatever its id', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (id) => {
        fc.pre(id.isWellFormed());
        expect(routeOf(`/console/${pathOf({ page: 'incident', id })}`, '/console/')).toEqual({
          page: 'incident',
          id,
        });
      }),
    );
  });
});

describe('filters in the address', () => {
  it('come back as they were written, whatever they hold', () => {
    const value = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && text !== '');
    const filters = fc.record(Object.fromEntries(filterNames.map((name) => [name, value])), {
      requiredKeys: [],
    });

    fc.assert(
      fc.property(filters, (some: Filters) => {
        fc.pre(Object.values(some).every((text) => text.isWellFormed()));
        expect(readFilters(`?${writeFilters(some)}`)).toEqual(some);
      }),
    );
  });

  it('are always in one order, and empty ones are left out', () => {
    expect(writeFilters({ to: '2026-11-25', alertname: ' ', status: 'open' })).toBe(
      'status=open&to=2026-11-25',
    );
  });

  it('keep a value that the API will refuse, and nothing that is no filter', () => {
    expect(readFilters('?severity=terrible&cursor=x&token=secret')).toEqual({ severity: 'terrible' });
  });

  it('hold times that mean the same everywhere, shown in the reader’s zone', () => {
    const shown = localInput('2026-11-24T03:00:00Z');

    expect(fromLocalInput(shown)).toBe('2026-11-24T03:00:00Z');
    expect([localInput('yesterday'), localInput(undefined), fromLocalInput('')]).toEqual(['', '', undefined]);
  });
});

describe('an address from a label', () => {
  it.each(['http://prometheus.example/graph?g0.expr=up', 'https://wiki.example/runbook#pool'])(
    '%s may be a link',
    (url) => {
      expect(safeUrl(url)).toBe(url);
    },
  );

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'file:///etc/passwd',
    '//evil.example',
    'https://user:secret@evil.example/',
    'vbscript:x',
    '',
  ])('%s is text', (url) => {
    expect(safeUrl(url)).toBeUndefined();
  });
});
