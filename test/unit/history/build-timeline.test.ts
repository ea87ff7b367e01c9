import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTimeline } from '../../../lib/core/history/build-timeline.ts';
import type { IncidentRecord } from '../../../lib/core/history/history.ts';
import { isAlertFiring, isCounted } from '../../../lib/core/incident/alert-state.ts';
import { HOUR, MINUTE } from '../../../lib/core/shared/time.ts';
import { arbitraryRecord } from '../../support/arbitraries/arbitrary-record.ts';
import { STORED_AT, storedAlert, storedIncident } from '../../support/factories/stored-incident.ts';

function record(change: Partial<IncidentRecord> = {}): IncidentRecord {
  return {
    incident: storedIncident(),
    alerts: [],
    diagnosisSummaries: [],
    diagnoses: [],
    timeline: [],
    deliveries: [],
    cut: [],
    ...change,
  };
}

describe('the timeline of any record', () => {
  it('is in order of time', () => {
    fc.assert(
      fc.property(arbitraryRecord, (given) => {
        const times = buildTimeline(given).map(({ at }) => at);

        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  it('has no entry twice', () => {
    fc.assert(
      fc.property(arbitraryRecord, (given) => {
        const ids = buildTimeline(given).map(({ id }) => id);

        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it("is the same in whatever order the record's parts come", () => {
    fc.assert(
      fc.property(arbitraryRecord, (given) => {
        const turned = {
          ...given,
          timeline: given.timeline.toReversed(),
          deliveries: given.deliveries.toReversed(),
          diagnosisSummaries: given.diagnosisSummaries.toReversed(),
          diagnoses: given.diagnoses.toReversed(),
        };

        expect(buildTimeline(turned)).toEqual(buildTimeline(given));
      }),
    );
  });

  it('has every entry, waiting effect, diagnosis and delivery', () => {
    fc.assert(
      fc.property(arbitraryRecord, (given) => {
        const ids = buildTimeline(given).map(({ id }) => id);

        const { timeline, incident, diagnosisSummaries, deliveries } = given;
        expect(ids).toEqual(
          expect.arrayContaining([
            ...timeline.map(({ id }) => id),
            ...incident.effects.map(({ id }) => id),
            ...diagnosisSummaries.map(({ id }) => `diagnosis:${id}`),
            ...deliveries.map(({ key }) => `notice:${key}`),
          ]),
        );
      }),
    );
  });

  it('lists the starts and ends of each alert in order, up to its current state', () => {
    fc.assert(
      fc.property(arbitraryRecord, (given) => {
        const lines = buildTimeline(given).filter((entry) => entry.kind === 'alert');

        for (const alert of given.incident.alerts.filter(isCounted)) {
          const own = lines
            .filter(({ fingerprint }) => fingerprint === alert.fingerprint)
            .map(({ what }) => what);
          const begun = own.filter((what) => what === 'firing').length;
          expect(begun).toBeGreaterThan(0);
          expect(own.length - begun).toBe(isAlertFiring(alert) ? begun - 1 : begun);
        }
      }),
    );
  });

  it('lists facts of the state at their times: opening, acknowledgement, tiers, silence, flapping, resolve', () => {
    fc.assert(
      fc.property(arbitraryRecord, (given) => {
        const timeline = buildTimeline(given);

        const times = new Set(timeline.filter(({ kind }) => kind !== 'alert').map(({ at }) => at));
        const {
          openedAt,
          ack,
          resolvedAt,
          silence,
          flapping: { since: flappingSince, reopenedAt },
          muted,
          tiers: { pages: calls },
        } = given.incident;
        const facts = [
          openedAt,
          ack?.at,
          resolvedAt,
          silence?.at,
          flappingSince,
          muted?.since,
          ...reopenedAt,
          ...(calls ?? []).flatMap(({ tier, firstAt }) => (tier > 1 ? firstAt : [])),
        ].filter((at) => at !== undefined);
        for (const at of facts) expect(times).toContain(at);
      }),
    );
  });
});

describe('alerts in the timeline', () => {
  it('are summed up per moment when there are very many', () => {
    const alerts = Array.from({ length: 10_000 }, (_, n) =>
      storedAlert({
        fingerprint: String(n),
        state: n % 2 === 0 ? 'firing' : 'resolved',
        endsAt: n % 2 === 0 ? 0 : STORED_AT + HOUR + (n % 3) * MINUTE,
      }),
    );

    const timeline = buildTimeline(record({ incident: storedIncident({ alerts }) }));

    const lines = timeline.filter((entry) => entry.kind === 'alert');
    expect(lines.map(({ what, count }) => [what, count])).toEqual([
      ['firing', 10_000],
      ['resolved', 1_667],
      ['resolved', 1_667],
      ['resolved', 1_666],
    ]);
    expect(lines[0]?.summary).toBe("10000 alerts fire (by the sender's clock).");
  });

  it('are summed up in coarser steps when each has its own moment', () => {
    const alerts = Array.from({ length: 10_000 }, (_, n) =>
      storedAlert({ fingerprint: String(n), startsAt: STORED_AT + n * 7_919 }),
    );

    const timeline = buildTimeline(record({ incident: storedIncident({ alerts }) }));

    const lines = timeline.filter((entry) => entry.kind === 'alert');
    expect(lines.length).toBeLessThanOrEqual(200);
    expect(lines.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  });

  it('have our time when the webhook is known, and never end before they began', () => {
    const joined = {
      id: 'x:1',
      seq: 1,
      at: STORED_AT + MINUTE,
      what: 'opened' as const,
      tier: 1 as const,
      summary: 'Opened by 1 alert.',
    };
    const alerts = [storedAlert({ state: 'resolved', endsAt: STORED_AT + 10_000 })];

    const timeline = buildTimeline(record({ incident: storedIncident({ alerts }), timeline: [joined] }));

    expect(timeline.filter(({ kind }) => kind === 'alert')).toMatchObject([
      { what: 'firing', at: joined.at, clock: 'ours', seq: 1 },
      { what: 'resolved', at: joined.at, clock: 'sender' },
    ]);
  });

  it("do not claim the sender's clock if its times were rejected", () => {
    const reported = { startsAt: STORED_AT + HOUR, endsAt: STORED_AT + 2 * HOUR };
    const alerts = [storedAlert({ state: 'resolved', endsAt: STORED_AT + MINUTE, reported })];

    const timeline = buildTimeline(record({ incident: storedIncident({ alerts }) }));

    expect(timeline.filter(({ kind }) => kind === 'alert')).toMatchObject([
      { what: 'firing', at: STORED_AT, clock: 'ours' },
      { what: 'resolved', at: STORED_AT + MINUTE, clock: 'ours' },
    ]);
  });

  it('that vanished end when the incident was closed', () => {
    const incident = storedIncident({
      status: 'resolved',
      resolution: 'vanished',
      resolvedAt: STORED_AT + HOUR,
      alerts: [storedAlert({ state: 'vanished' })],
    });

    const timeline = buildTimeline(record({ incident }));

    expect(timeline.at(-1)).toMatchObject({ at: STORED_AT + HOUR, what: 'closed' });
    expect(timeline.at(-2)).toMatchObject({ kind: 'alert', what: 'resolved', at: STORED_AT + HOUR });
  });
});
