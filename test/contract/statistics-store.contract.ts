import { describe, expect, it } from 'vitest';
import type { IncidentHistory } from '../../lib/core/history/history.ts';
import { toSummary } from '../../lib/core/history/summary.ts';
import type { IncidentStore } from '../../lib/core/incident/incident-store.ts';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../../lib/core/shared/time.ts';
import type { DirtyHour } from '../../lib/core/statistics/dirty-hour.ts';
import type { DirtyHours, HourSource, RollUps } from '../../lib/core/statistics/statistics-store.ts';
import { countedHours, incidentSummary } from '../support/factories/counted-hour.ts';
import { finding } from '../support/factories/finding.ts';
import { STORED_AT, storedDiagnosis, storedIncident } from '../support/factories/stored-incident.ts';

export type StatisticsStores = {
  dirtyHours: DirtyHours;
  rollUps: RollUps;
  hours: HourSource;
  incidents: Pick<IncidentStore, 'write'>;
  history: Pick<IncidentHistory, 'addDiagnosis'>;
};

/** Hours of their own for each test, so that all of them can share one table. */
let taken = 0;
function freeHour(): Millis {
  taken += 1;
  return STORED_AT - taken * 40 * DAY;
}

/** The behaviour of every store of statistics. */
export function statisticsStoreContract(name: string, stores: () => StatisticsStores): void {
  const markOf = async (hour: Millis): Promise<DirtyHour | undefined> =>
    (await stores().dirtyHours.list()).find((markDirty) => markDirty.hour === hour);
  const marked = async (hour: Millis): Promise<DirtyHour> =>
    (await markOf(hour)) ?? { hour, since: 0, markedAt: 0 };

  describe(`${name}: marks of hours`, () => {
    it('are one an hour, with the first and the last time of a change', async () => {
      const hour = freeHour();
      for (const at of [1_000, 3_000, 2_000]) await stores().dirtyHours.markDirty(hour, at);

      expect(await markOf(hour)).toEqual({ hour, since: 1_000, markedAt: 3_000 });
    });

    it('stay when the hour was counted too early, with the time of that count', async () => {
      const hour = freeHour();
      await stores().dirtyHours.markDirty(hour, 1_000);

      await stores().dirtyHours.attempted(await marked(hour), 2_000, 'counted');

      expect(await markOf(hour)).toEqual({
        hour,
        since: 1_000,
        markedAt: 1_000,
        attemptedAt: 2_000,
        countedAt: 2_000,
      });
    });

    it('stay when the hour could not be counted, with the time of the last count', async () => {
      const hour = freeHour();
      await stores().dirtyHours.markDirty(hour, 1_000);
      await stores().dirtyHours.attempted(await marked(hour), 2_000, 'counted');

      await stores().dirtyHours.attempted(await marked(hour), 3_000, 'failed');

      expect(await markOf(hour)).toMatchObject({ attemptedAt: 3_000, countedAt: 2_000 });
    });

    it('go when the count is final, and begin again with the next change', async () => {
      const hour = freeHour();
      await stores().dirtyHours.markDirty(hour, 1_000);
      await stores().dirtyHours.attempted(await marked(hour), 200_000, 'settled');
      const gone = await markOf(hour);

      await stores().dirtyHours.markDirty(hour, 300_000);

      expect(gone).toBeUndefined();
      expect(await markOf(hour)).toMatchObject({ since: 300_000, markedAt: 300_000 });
    });

    it('stay when the hour was marked again while it was counted', async () => {
      const hour = freeHour();
      await stores().dirtyHours.markDirty(hour, 1_000);
      const seen = await marked(hour);
      await stores().dirtyHours.markDirty(hour, 190_000);

      await stores().dirtyHours.attempted(seen, 200_000, 'settled');

      expect(await markOf(hour)).toMatchObject({ since: 1_000, markedAt: 190_000, countedAt: 200_000 });
    });

    it('are not brought back by a slower count of the same', async () => {
      const hour = freeHour();
      await stores().dirtyHours.markDirty(hour, 1_000);
      const seen = await marked(hour);
      await stores().dirtyHours.attempted(seen, 200_000, 'settled');

      await stores().dirtyHours.attempted(seen, 190_000, 'counted');
      await stores().dirtyHours.attempted(seen, 190_000, 'settled');

      expect(await markOf(hour)).toBeUndefined();
    });
  });

  describe(`${name}: counted hours`, () => {
    it('are returned as they were counted, oldest first, over a border of months', async () => {
      const hour = freeHour();
      const counted = countedHours(
        [
          incidentSummary({ openedAt: hour + 35 * DAY, alertname: '"quoted" 警报', category: 'agents' }),
          incidentSummary({ openedAt: hour + 16 * MINUTE, status: 'resolved', resolvedAt: hour + HOUR }),
          incidentSummary({
            openedAt: hour,
            firstAcknowledgedAt: hour + SECOND,
            flapped: true,
            pages: [2, 1, 0],
          }),
        ],
        [{ startedAt: hour + MINUTE, checked: 3, attention: 1 }],
      );
      for (const rollUp of counted) await stores().rollUps.keep(rollUp, hour);

      expect(counted).toHaveLength(2);
      expect(await stores().rollUps.between(hour, hour + 36 * DAY)).toEqual(counted);
    });

    it('are those that begin in the range', async () => {
      const hour = freeHour();
      const all = [0, 1, 2, 3].map((n) => incidentSummary({ openedAt: hour + n * HOUR }));
      for (const rollUp of countedHours(all)) await stores().rollUps.keep(rollUp, hour);

      const found = await stores().rollUps.between(hour + HOUR, hour + 3 * HOUR);

      expect(found.map((rollUp) => rollUp.hour)).toEqual([hour + HOUR, hour + 2 * HOUR]);
    });

    it('are replaced by a later count, also by an empty one, and never by an earlier one', async () => {
      const hour = freeHour();
      const one = countedHours([incidentSummary({ openedAt: hour })]);
      const two = countedHours([incidentSummary({ openedAt: hour }), incidentSummary({ openedAt: hour })]);
      const found = () => stores().rollUps.between(hour, hour + HOUR);
      for (const rollUp of two) await stores().rollUps.keep(rollUp, 2_000);
      for (const rollUp of one) await stores().rollUps.keep(rollUp, 1_000);
      const kept = await found();

      await stores().rollUps.keep({ hour, quarters: [] }, 3_000);

      expect(kept).toEqual(two);
      expect(await found()).toEqual([]);
    });

    it('are none for an hour that was always empty', async () => {
      const hour = freeHour();

      await stores().rollUps.keep({ hour, quarters: [] }, 1_000);

      expect(await stores().rollUps.between(hour, hour + HOUR)).toEqual([]);
    });
  });

  describe(`${name}: the sources of a count`, () => {
    async function all<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
      const found: T[] = [];
      for await (const page of pages) found.push(...page);
      return found;
    }

    it('are the incidents that opened in the hour, without those that never fired', async () => {
      const hour = freeHour();
      const inside = [hour, hour + 59 * MINUTE].map((openedAt) =>
        storedIncident({
          openedAt,
          category: 'agents',
          firstAcknowledgedAt: openedAt + 1,
          paging: { counts: [1, 0, 0] },
        }),
      );
      const outside = [hour - 1, hour + HOUR].map((openedAt) => storedIncident({ openedAt }));
      const neverFired = storedIncident({ openedAt: hour, neverFired: true });
      for (const incident of [...inside, ...outside, neverFired]) await stores().incidents.write(incident, 0);

      const found = await all(stores().hours.incidentsOf(hour));

      expect(found.toSorted((a, b) => a.openedAt - b.openedAt)).toEqual(inside.map(toSummary));
    });

    it('are the diagnoses that began in the hour, as the first of their id was stored', async () => {
      const hour = freeHour();
      const { id } = storedIncident();
      const findings = [finding({ verdict: 'attention' }), finding({ verdict: 'normal' })];
      const diagnosis = storedDiagnosis(id, 1, { startedAt: hour + MINUTE, findings });
      await stores().history.addDiagnosis(diagnosis);
      await stores().history.addDiagnosis({ ...diagnosis, findings: [] });
      await stores().history.addDiagnosis(storedDiagnosis(id, 2, { startedAt: hour + HOUR }));

      expect(await all(stores().hours.diagnosesOf(hour))).toEqual([
        { startedAt: hour + MINUTE, checked: 2, attention: 1 },
      ]);
    });
  });
}
