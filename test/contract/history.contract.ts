import { describe, expect, it } from 'vitest';
import { summarizeDiagnosis } from '../../lib/core/diagnosis/findings/diagnosis-summary.ts';
import {
  type IncidentHistory,
  type IncidentQuery,
  type ListPosition,
  MOST_EXAMINED,
  recordLimits,
  type SomeIncidents,
  type TimelineEntry,
} from '../../lib/core/history/history.ts';
import { compareNewestFirst, toSummary } from '../../lib/core/history/summary.ts';
import type { Incident } from '../../lib/core/incident/incident.ts';
import type { IncidentStore } from '../../lib/core/incident/incident-store.ts';
import { DAY, HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import {
  randomKey,
  STORED_AT,
  storedDetail,
  storedDiagnosis,
  storedIncident,
} from '../support/factories/stored-incident.ts';

export type OpenedHistory = { history: IncidentHistory; incidents: IncidentStore };

/** The behaviour of every IncidentHistory. The tests share one; each uses a key, or a source, of its own. */
export function historyContract(name: string, opened: () => OpenedHistory): void {
  const history = () => opened().history;

  async function stored(overrides: Partial<Incident> = {}): Promise<Incident> {
    const incident = storedIncident(overrides);
    await opened().incidents.write(incident, 0);
    return incident;
  }

  describe(`${name} as IncidentHistory: child items of an incident`, () => {
    it('merges alert details by fingerprint, and a repeat changes nothing', async () => {
      const { id } = await stored();

      await history().addDetails(id, [storedDetail('a'), storedDetail('b')]);
      await history().addDetails(id, [storedDetail('b', { annotations: {} }), storedDetail('c')]);
      await history().addDetails(id, [storedDetail('a'), storedDetail('b')]);

      expect(await history().details(id)).toEqual([storedDetail('a'), storedDetail('b'), storedDetail('c')]);
    });

    it('replaces the detail of an alert that fires again', async () => {
      const { id } = await stored();
      const again = storedDetail('a', { startsAt: STORED_AT + HOUR, annotations: { summary: '9 %' } });
      await history().addDetails(id, [storedDetail('a')]);

      await history().addDetails(id, [again]);

      expect(await history().details(id)).toEqual([again]);
    });

    it('loses no detail when two consumers add at once', async () => {
      const { id } = await stored();

      await Promise.all(['a', 'b', 'c'].map((name) => history().addDetails(id, [storedDetail(name)])));

      const fingerprints = (await history().details(id)).map((detail) => detail.fingerprint);
      expect(fingerprints.toSorted()).toEqual(['a', 'b', 'c']);
    });

    it('keeps the first details when there are too many', async () => {
      const { id } = await stored();
      const large = Array.from({ length: 40 }, (_, n) =>
        storedDetail(`f${n}`, { annotations: { text: 'x'.repeat(10_000) } }),
      );

      await history().addDetails(id, large.slice(0, 10));
      await history().addDetails(id, large.slice(10));

      const kept = (await history().details(id)).map((detail) => detail.fingerprint);
      expect(kept).toHaveLength(20);
      expect(kept).toEqual(large.slice(0, 20).map((detail) => detail.fingerprint));
    });

    it('has a timeline in the order of versions, each entry once', async () => {
      const { id } = await stored();
      const entries = [11, 2, 1].map((seq) => entry(id, seq));

      for (const each of [...entries, { ...entry(id, 2), summary: 'again' }]) {
        await history().addTimeline(id, each);
      }

      const record = await history().record(id);
      expect(record?.timeline).toEqual([entry(id, 1), entry(id, 2), entry(id, 11)]);
    });

    it('keeps the first diagnosis of an id and returns it to the second writer', async () => {
      const { id } = await stored();
      const first = storedDiagnosis(id, 1, { commands: [{ text: 'End it', command: 'kill 1' }] });

      const answers = [
        await history().addDiagnosis(first),
        await history().addDiagnosis(storedDiagnosis(id, 1, { skipped: 'the second run' })),
      ];

      expect(answers).toEqual([first, first]);
      expect(await history().diagnosis(id, first.id)).toEqual(first);
      expect(await history().diagnosis(id, 'another')).toBeUndefined();
    });

    it('has the diagnosis summaries of one episode, oldest first, and whole diagnoses on request', async () => {
      const key = randomKey();
      const { id } = await stored({ key, episode: 1 });
      const other = await stored({ key, episode: 10 });
      for (const seq of [10, 9, 1]) await history().addDiagnosis(storedDiagnosis(id, seq));
      await history().addDiagnosis(storedDiagnosis(other.id, 1));

      const diagnosisSummaries = await history().diagnosisSummaries(id);
      const diagnoses = await history().diagnoses(
        id,
        [10, 7, 9].map((seq) => `${id}:${seq}`),
      );

      expect(diagnosisSummaries).toEqual(
        [1, 9, 10].map((seq) => summarizeDiagnosis(storedDiagnosis(id, seq))),
      );
      expect(diagnoses).toEqual([9, 10].map((seq) => storedDiagnosis(id, seq)));
    });

    it('shows an incident with everything about it', async () => {
      const incident = await stored();
      await history().addDetails(incident.id, [storedDetail('a')]);
      await history().addTimeline(incident.id, entry(incident.id, 1));
      await history().addDiagnosis(storedDiagnosis(incident.id, 1));

      const record = await history().record(incident.id);

      expect(record).toEqual({
        incident,
        alerts: [storedDetail('a')],
        diagnosisSummaries: [summarizeDiagnosis(storedDiagnosis(incident.id, 1))],
        diagnoses: [storedDiagnosis(incident.id, 1)],
        timeline: [entry(incident.id, 1)],
        deliveries: [],
        cut: [],
      });
    });

    it('shows the first and the newest diagnoses whole, and all of them as summaries', async () => {
      const { id } = await stored();
      for (let seq = 1; seq <= 120; seq += 1) await history().addDiagnosis(storedDiagnosis(id, seq));

      const record = await history().record(id);

      expect(record?.diagnoses.map(({ seq }) => seq)).toEqual([
        1,
        ...Array.from({ length: recordLimits.diagnoses - 1 }, (_, n) => 102 + n),
      ]);
      expect(record?.diagnosisSummaries).toHaveLength(120);
      expect(record?.cut).toEqual([]);
    });

    it('shows the newest part of a timeline that is too long, and says so', async () => {
      const { id } = await stored();
      const count = recordLimits.timeline + 5;
      for (let from = 1; from <= count; from += 50) {
        const seqs = Array.from({ length: Math.min(50, count - from + 1) }, (_, n) => from + n);
        await Promise.all(seqs.map((seq) => history().addTimeline(id, entry(id, seq))));
      }

      const record = await history().record(id);

      expect(record?.timeline).toHaveLength(recordLimits.timeline);
      expect(record?.timeline[0]?.seq).toBe(6);
      expect(record?.timeline.at(-1)?.seq).toBe(count);
      expect(record?.cut).toEqual(['timeline']);
    });

    it('shows nothing for an id that does not exist', async () => {
      expect(await history().record(`${randomKey()}.1`)).toBeUndefined();
      expect(await history().record('../../etc')).toBeUndefined();
      expect(await history().details(`${randomKey()}.1`)).toEqual([]);
    });
  });

  describe(`${name} as IncidentHistory: earlier episodes`, () => {
    /** Twelve of one key, a day apart, so that their numbers do not sort as text. */
    async function episodes(
      change: (episode: number) => Partial<Incident> = () => ({}),
    ): Promise<Incident[]> {
      const key = randomKey();
      const all: Incident[] = [];
      for (let episode = 1; episode <= 12; episode += 1) {
        const openedAt = STORED_AT + episode * DAY;
        all.push(
          await stored({
            key,
            episode,
            openedAt,
            status: 'resolved',
            resolvedAt: openedAt + HOUR,
            ...change(episode),
          }),
        );
      }
      return all;
    }

    const last = (all: Incident[]) => all.at(-1)?.id ?? '';
    const numbers = (found: SomeIncidents) => found.incidents.map(({ id }) => Number(id.split('.').at(-1)));

    it('are those before this one, newest first, as listings show them', async () => {
      const all = await episodes();
      await stored({ episode: 3 });

      const found = await history().earlier(all[10]?.id ?? '', 20);

      expect(found).toEqual({ incidents: all.slice(0, 10).toReversed().map(toSummary), complete: true });
    });

    it('say who acknowledged', async () => {
      const ack = { by: 'Ana', at: STORED_AT, asOf: 1, severity: 'critical' } as const;
      const all = await episodes(() => ({ ack }));

      const { incidents: found } = await history().earlier(last(all), 1);

      expect(found).toMatchObject([{ acknowledgedBy: 'Ana', resolvedAt: all[10]?.resolvedAt }]);
    });

    it('are at most as many as asked for, with a flag whether more exist', async () => {
      const all = await episodes();

      const [some, every] = await Promise.all([
        history().earlier(last(all), 10),
        history().earlier(last(all), 11),
      ]);

      expect([numbers(some), some.complete]).toEqual([[11, 10, 9, 8, 7, 6, 5, 4, 3, 2], false]);
      expect([numbers(every).length, every.complete]).toEqual([11, true]);
    });

    it('are without those that never fired', async () => {
      const all = await episodes((episode) => ({ neverFired: episode > 9 }));

      expect(numbers(await history().earlier(last(all), 5))).toEqual([9, 8, 7]);
    });

    it('are none for a first episode', async () => {
      const first = await stored();

      expect(await history().earlier(first.id, 5)).toEqual({ incidents: [], complete: true });
    });
  });

  describe(`${name} as IncidentHistory: open incidents of a source`, () => {
    it('are all of that source, without resolved ones and those that never fired', async () => {
      const source = randomKey();
      const open = [await stored({ source }), await stored({ source, openedAt: STORED_AT - 90 * DAY })];
      await stored({ source, status: 'resolved', resolvedAt: STORED_AT });
      await stored({ source, neverFired: true });
      await stored({ source: randomKey() });

      const found = await history().open(source, 10_000);

      const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
      expect(found.incidents.toSorted(byId)).toEqual(open.map(toSummary).toSorted(byId));
      expect(found.complete).toBe(true);
    });

    it('are searched only among so many of the newest incidents, and the result says so', async () => {
      const source = randomKey();
      for (let n = 0; n < 20; n += 1) await stored({ source, openedAt: STORED_AT + 90 * DAY + n });

      const found = await history().open(source, 8);

      expect(found.incidents.length).toBeLessThanOrEqual(8);
      expect(found.incidents.length).toBeGreaterThan(0);
      expect(found.complete).toBe(false);
    });
  });

  describe(`${name} as IncidentHistory: listings`, () => {
    /** Stores 60 incidents over five weeks, and two that never fired, under one source; returns the 60, newest first. */
    async function weeks(source: string): Promise<Incident[]> {
      const all = Array.from({ length: 60 }, (_, n) => {
        const open = n % 3 === 0;
        return storedIncident({
          source,
          alertname: `${source}-${n % 4}`,
          severity: n % 2 ? 'warning' : 'critical',
          category: n % 5 === 0 ? 'trading' : undefined,
          // Some share a millisecond, some a day, and there are days with none.
          openedAt: STORED_AT - Math.floor(n / 3) * 41 * HOUR - (n % 3 === 2 ? 7 * MINUTE : 0),
          status: open ? 'open' : 'resolved',
          nextDueAt: STORED_AT + n,
          resolvedAt: open ? undefined : STORED_AT + HOUR,
        });
      });
      const neverFiredOnes = [0, 1].map((n) =>
        storedIncident({ source, neverFired: true, status: 'resolved', openedAt: STORED_AT - n * DAY }),
      );
      for (const incident of [...all, ...neverFiredOnes]) await opened().incidents.write(incident, 0);
      return all.toSorted((a, b) => b.openedAt - a.openedAt || (a.id < b.id ? 1 : -1));
    }

    const everything = { from: STORED_AT - 60 * DAY, to: STORED_AT + 1 };

    it.each<[string, (source: string) => Partial<IncidentQuery>]>([
      ['all of a source', () => ({})],
      ['open ones', () => ({ status: 'open' })],
      ['resolved ones', () => ({ status: 'resolved' })],
      ['one severity', () => ({ severity: 'warning' })],
      ['one category', () => ({ category: 'trading' })],
      ['one category, open', () => ({ category: 'trading', status: 'open' })],
      ['one alertname', (source) => ({ alertname: `${source}-1` })],
      [
        'one alertname, open, critical',
        (source) => ({ alertname: `${source}-0`, status: 'open', severity: 'critical' }),
      ],
      ['a part of the time', () => ({ from: STORED_AT - 9 * DAY, to: STORED_AT - 3 * DAY })],
      [
        'open ones in a part of the time',
        () => ({ status: 'open', from: STORED_AT - 9 * DAY, to: STORED_AT - 3 * DAY }),
      ],
      ['one moment', () => ({ from: STORED_AT - 41 * HOUR, to: STORED_AT - 41 * HOUR + 1 })],
      ['nothing', () => ({ alertname: 'Unheard' })],
    ])('are complete, newest first, page by page: %s', async (_, filters) => {
      const source = randomKey();
      const all = await weeks(source);
      const query = { ...everything, source, ...filters(source) };

      const { incidents: whole, next } = await history().list({ ...query, limit: 200 });
      const paged = await pages({ ...query, limit: 7 });

      expect(whole).toEqual(all.map(toSummary).filter((summary) => meets(summary, query)));
      expect(paged).toEqual(whole);
      expect(next).toBeUndefined();
    });

    it.each<[string, Partial<IncidentQuery>]>([
      ['all', {}],
      ['open ones', { status: 'open' }],
      ['one alertname', { alertname: 'HighErrorRate' }],
    ])('show each incident once while others open, resolve and are acknowledged: %s', async (_, filters) => {
      const source = randomKey();
      const all: Incident[] = [];
      for (let n = 0; n < 24; n += 1) all.push(await stored({ source, openedAt: STORED_AT - n * MINUTE }));
      const query = { ...everything, to: STORED_AT + DAY, source, ...filters, limit: 5 };
      const shown: string[] = [];
      let round = 0;

      for await (const page of eachPage(query)) {
        shown.push(...page.map(({ id }) => id));
        round += 1;
        await stored({ source, openedAt: STORED_AT + round * MINUTE });
        const resolving = all[round];
        const acknowledging = all[24 - round];
        if (resolving && shown.includes(resolving.id)) {
          await opened().incidents.write({ ...resolving, version: 2, status: 'resolved' }, 1);
        }
        if (acknowledging) {
          const ack = { by: 'Ana', at: STORED_AT, asOf: 1, severity: 'critical' } as const;
          await opened().incidents.write({ ...acknowledging, version: 2, ack }, 1);
        }
      }

      expect(shown).toEqual(all.map(({ id }) => id));
    });

    it('end a page after so many entries when few of them pass, and go on from there', async () => {
      const source = randomKey();
      // A time range of its own, in which everything else belongs to another source.
      const at = STORED_AT - 2_000 * DAY;
      await stored({ source, openedAt: at });
      const others = Array.from({ length: MOST_EXAMINED + 100 }, (_, n) =>
        storedIncident({ source: `${source}-other`, openedAt: at + 1 + n, status: 'resolved' }),
      );
      while (others.length > 0) {
        await Promise.all(others.splice(0, 40).map((incident) => opened().incidents.write(incident, 0)));
      }
      const query = { from: at, to: at + DAY, source, limit: 5 };

      const first = await history().list(query);
      const rest = await history().list({ ...query, ...(first.next && { after: first.next }) });

      expect(first.incidents).toEqual([]);
      expect(first.next).toBeDefined();
      expect(rest.incidents).toHaveLength(1);
      expect(rest.next).toBeUndefined();
    });

    it('follow an incident as it changes', async () => {
      const source = randomKey();
      const incident = await stored({ source });
      const acknowledged: Incident = {
        ...incident,
        version: 2,
        status: 'resolved',
        resolvedAt: STORED_AT + HOUR,
        ack: { by: 'Ana', at: STORED_AT + MINUTE, asOf: 1, severity: 'critical' },
        alerts: incident.alerts.map((alert) => ({ ...alert, state: 'resolved', endsAt: STORED_AT + HOUR })),
      };

      await opened().incidents.write(acknowledged, 1);

      const { incidents: listed } = await history().list({ ...everything, source, limit: 5 });
      expect(listed).toEqual([
        {
          id: incident.id,
          source,
          alertname: 'HighErrorRate',
          group: { service: 'api' },
          status: 'resolved',
          severity: 'critical',
          openedAt: STORED_AT,
          resolvedAt: STORED_AT + HOUR,
          acknowledgedAt: STORED_AT + MINUTE,
          acknowledgedBy: 'Ana',
          firing: 0,
          total: 1,
          tier: 1,
        },
      ]);
    });

    it.each(['open', 'resolved'] as const)(
      'leave out an %s incident that never fired for us',
      async (status) => {
        const source = randomKey();
        await stored({ source, status, neverFired: true });

        const listed = [
          await history().list({ ...everything, source, limit: 5 }),
          await history().list({ ...everything, source, status, limit: 5 }),
          await history().list({ ...everything, source, alertname: 'HighErrorRate', limit: 5 }),
        ];

        expect(listed.map(({ incidents }) => incidents)).toEqual([[], [], []]);
      },
    );

    it('contain an incident without an alertname', async () => {
      const source = randomKey();
      const incident = await stored({ source, alertname: '' });

      const { incidents: listed } = await history().list({ ...everything, source, limit: 5 });

      expect(listed.map((summary) => summary.id)).toEqual([incident.id]);
    });

    it('contain every open incident, however long ago it opened', async () => {
      const source = randomKey();
      const incident = await stored({ source, openedAt: STORED_AT - 3_000 * DAY });

      const { incidents: listed } = await history().list({
        source,
        status: 'open',
        from: 0,
        to: STORED_AT,
        limit: 5,
      });

      expect(listed.map((summary) => summary.id)).toEqual([incident.id]);
    });

    async function pages(query: IncidentQuery) {
      const all = [];
      for await (const page of eachPage(query)) all.push(...page);
      return all;
    }

    async function* eachPage(query: IncidentQuery) {
      let after: ListPosition | undefined;
      do {
        const { incidents: page, next } = await history().list({ ...query, ...(after ? { after } : {}) });
        expect(page.length).toBeLessThanOrEqual(query.limit);
        if (after && next) expect(compareNewestFirst(after, next)).toBeLessThan(0);
        yield page;
        after = next;
      } while (after !== undefined);
    }
  });
}

/** The filters again, written differently from the code under test. */
function meets(summary: ReturnType<typeof toSummary>, query: Omit<IncidentQuery, 'limit'>): boolean {
  const { from, to, after: _, ...filters } = query;
  return (
    summary.openedAt >= from &&
    summary.openedAt < to &&
    Object.entries(filters).every(([name, value]) =>
      Object.entries(summary).some(([k, v]) => k === name && v === value),
    )
  );
}

function entry(incidentId: string, seq: number): TimelineEntry {
  return {
    id: `${incidentId}:${seq}`,
    seq,
    at: STORED_AT + seq,
    what: 'joined',
    tier: 1,
    summary: `version ${seq}`,
  };
}
