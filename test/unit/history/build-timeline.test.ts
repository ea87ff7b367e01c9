import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTimeline } from '../../../lib/core/history/build-timeline.ts';
import type { IncidentRecord } from '../../../lib/core/history/history.ts';
import { isAlertFiring } from '../../../lib/core/incident/state-machine/draft.ts';
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

describe('the story of an incident, whatever its record holds', () => {
  it('is in order of time', () => {
    fc.assert(
      fc.property(arbitraryRecord, (given) => {
        const times = buildTimeline(given).map(({ at }) => at);

        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  it('tells nothing twice', () => {
    fc.assert(
      fc.property(arbitraryRecord, (given) => {
        const ids = buildTimeline(given).map(({ id }) => id);

        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('is the same however the parts of the record are ordered', () => {
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

  it('leaves no entry, waiting effect, diagnosis or delivery out', () => {
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

  it('tells of each alert in turn that it fires and that it resolved, up to how it stands now', () => {
    fc.assert(
      fc.property(arbitraryRecord, (given) => {
        const lines = buildTimeline(given).filter((entry) => entry.kind === 'alert');

        for (const alert of given.incident.alerts.filter(({ carriedOver }) => !carriedOver)) {
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

  it('tells at their time what the state knows: opening, acknowledgement, tiers, silence, flapping, resolve', () => {
    fc.assert(
      fc.property(arbitraryRecord, (given) => {
        const timeline = buildTimeline(given);

        const times = new Set(timeline.filter(({ kind }) => kind !== 'alert').map(({ at }) => at));
        const {
          openedAt,
          ack,
          resolvedAt,
          silence,
          flappingSince,
          muted,
          reopenedAt,
          tierPages: calls,
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

describe('alerts in the story', () => {
  it('are summed up by the moment when there are very many', () => {
    const alerts = Array.from({ length: 10_000 }, (_, n) =>
      storedAlert({
        fingerprint: String(n),
        firing: n % 2 === 0,
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

  it('are summed up more coarsely when every one has a moment of its own', () => {
    const alerts = Array.from({ length: 10_000 }, (_, n) =>
      storedAlert({ fingerprint: String(n), startsAt: STORED_AT + n * 7_919 }),
    );

    const timeline = buildTimeline(record({ incident: storedIncident({ alerts }) }));

    const lines = timeline.filter((entry) => entry.kind === 'alert');
    expect(lines.length).toBeLessThanOrEqual(200);
    expect(lines.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  });

  it('have our time when the news is known, and never end before they began', () => {
    const joined = {
      id: 'x:1',
      seq: 1,
      at: STORED_AT + MINUTE,
      what: 'opened' as const,
      summary: 'Opened by 1 alert.',
    };
    const alerts = [storedAlert({ firing: false, endsAt: STORED_AT + 10_000 })];

    const timeline = buildTimeline(record({ incident: storedIncident({ alerts }), timeline: [joined] }));

    expect(timeline.filter(({ kind }) => kind === 'alert')).toMatchObject([
      { what: 'firing', at: joined.at, clock: 'ours', seq: 1 },
      { what: 'resolved', at: joined.at, clock: 'sender' },
    ]);
  });

  it('are not said to have the clock of the sender where its times were not believed', () => {
    const reported = { startsAt: STORED_AT + HOUR, endsAt: STORED_AT + 2 * HOUR };
    const alerts = [storedAlert({ firing: false, endsAt: STORED_AT + MINUTE, reported })];

    const timeline = buildTimeline(record({ incident: storedIncident({ alerts }) }));

    expect(timeline.filter(({ kind }) => kind === 'alert')).toMatchObject([
      { what: 'firing', at: STORED_AT, clock: 'ours' },
      { what: 'resolved', at: STORED_AT + MINUTE, clock: 'ours' },
    ]);
  });

  it('that Alertmanager no longer had end when it was closed for that', () => {
    const incident = storedIncident({
      status: 'resolved',
      resolution: 'vanished',
      resolvedAt: STORED_AT + HOUR,
      alerts: [storedAlert({ firing: false, vanished: true })],
    });

    const timeline = buildTimeline(record({ incident }));

    expect(timeline.at(-1)).toMatchObject({ at: STORED_AT + HOUR, what: 'closed' });
    expect(timeline.at(-2)).toMatchObject({ kind: 'alert', what: 'resolved', at: STORED_AT + HOUR });
  });
});
