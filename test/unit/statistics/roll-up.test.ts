import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../lib/core/shared/time.ts';
import { countHour, QUARTER } from '../../../lib/core/statistics/roll-up.ts';
import { countedHours, incidentSummary } from '../../support/factories/counted-hour.ts';
import { STORED_AT as HOUR_AT } from '../../support/factories/stored-incident.ts';

describe('a counted hour', () => {
  it('has only the quarters that are not empty, each with its own counts', () => {
    const [rollUp] = countedHours(
      [
        incidentSummary({ openedAt: HOUR_AT + 15 * MINUTE - 1 }),
        incidentSummary({ openedAt: HOUR_AT + 45 * MINUTE, severity: 'warning', total: 7 }),
        incidentSummary({ openedAt: HOUR_AT + 59 * MINUTE, severity: 'info' }),
      ],
      [{ startedAt: HOUR_AT + 46 * MINUTE, checked: 2, attention: 0 }],
    );

    expect(
      rollUp?.quarters.map(({ at, counts }) => [at - HOUR_AT, counts.incidents, counts.diagnoses]),
    ).toEqual([
      [0, 1, 0],
      [3 * QUARTER, 2, 1],
    ]);
    expect(rollUp?.quarters[1]?.counts.severities).toEqual({ critical: 0, warning: 1, info: 1 });
    expect(rollUp?.quarters[1]?.counts.alertnames.get('HighErrorRate')).toEqual({ incidents: 2, alerts: 8 });
  });

  it('does not depend on the order or the pages of its incidents', () => {
    const summary = fc
      .record({
        openedAt: fc.integer({ min: HOUR_AT, max: HOUR_AT + HOUR - 1 }),
        alertname: fc.constantFrom('A', 'B', 'C'),
        severity: fc.constantFrom('critical', 'warning', 'info'),
        status: fc.constantFrom('open', 'resolved'),
      })
      .map((fields) => incidentSummary({ ...fields, resolvedAt: fields.openedAt + MINUTE }));
    fc.assert(
      fc.property(fc.array(summary, { maxLength: 30 }), fc.nat(30), (incidents, cut) => {
        const pages = countHour(HOUR_AT);
        pages.incidents(incidents.slice(cut).toReversed());
        pages.incidents(incidents.slice(0, cut));
        const once = countHour(HOUR_AT);
        once.incidents(incidents);

        expect(pages.rollUp()).toEqual(once.rollUp());
      }),
    );
  });

  it('counts the 200 noisiest alertnames by name, and the others together', () => {
    const incidents = Array.from({ length: 300 }, (_, n) =>
      Array.from({ length: n < 5 ? 3 : 1 }, () =>
        incidentSummary({ alertname: `Alert${n}`, openedAt: HOUR_AT + (n % 4) * QUARTER, total: 2 }),
      ),
    ).flat();

    const [rollUp] = countedHours(incidents);

    const counts = rollUp?.quarters.map((quarter) => quarter.counts) ?? [];
    const named = new Set(counts.flatMap(({ alertnames }) => [...alertnames.keys()]));
    expect(named.size).toBe(200);
    for (const n of [0, 1, 2, 3, 4]) expect(named).toContain(`Alert${n}`);
    expect(counts.reduce((sum, { otherAlertnames }) => sum + otherAlertnames.incidents, 0)).toBe(100);
    expect(counts.reduce((sum, { otherAlertnames }) => sum + otherAlertnames.alerts, 0)).toBe(200);
    expect(counts.reduce((sum, { incidents: all }) => sum + all, 0)).toBe(310);
  });

  it('counts a silently reopened incident as open, although it has the time of its last resolve', () => {
    const [rollUp] = countedHours([
      incidentSummary({ openedAt: HOUR_AT, status: 'open', resolvedAt: HOUR_AT + MINUTE }),
    ]);

    const counts = rollUp?.quarters[0]?.counts;
    expect(counts).toMatchObject({ open: 1, neverAcknowledged: 0 });
    expect(counts?.resolved.size).toBe(0);
  });

  it('leaves out diagnoses without any step that ran, and everything of other hours', () => {
    const counted = countHour(HOUR_AT);
    counted.diagnoses([
      { startedAt: HOUR_AT, checked: 0, attention: 0 },
      { startedAt: HOUR_AT + HOUR, checked: 1, attention: 1 },
    ]);
    counted.incidents([incidentSummary({ openedAt: HOUR_AT - 1 })]);

    expect(counted.rollUp()).toEqual({ hour: HOUR_AT, quarters: [] });
  });
});
