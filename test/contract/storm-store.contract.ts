import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../lib/core/shared/time.ts';
import type { StormEntry } from '../../lib/core/storm/storm.ts';
import { randomKey, STORED_AT } from '../support/factories/stored-incident.ts';
import type { MemoryStorms } from '../support/fakes/memory-storm-store.ts';

const UNTIL = STORED_AT + 2 * MINUTE;

/** The behaviour of the stores of storms. The tests share one; each uses a destination of its own. */
export function stormStoreContract(name: string, opened: () => MemoryStorms): void {
  const enter = (place: string, incidentId: string, now = STORED_AT, until: number | null = UNTIL) =>
    opened().stormDetector.admit(place, {
      incidentId,
      now,
      limit: 3,
      until: until === null ? undefined : until,
    });
  const fill = async (place: string) => {
    for (const id of ['a', 'b', 'c']) await enter(place, id);
  };

  describe(`${name} as StormDetector`, () => {
    it('admits as many within a minute as the limit says, then begins a storm', async () => {
      const place = randomKey();
      const first = [await enter(place, 'a'), await enter(place, 'b'), await enter(place, 'c')];

      const next = await enter(place, 'd', STORED_AT + 100);

      expect(first).toEqual([{ kind: 'standalone' }, { kind: 'standalone' }, { kind: 'standalone' }]);
      expect(next).toEqual({ kind: 'storm', startedAt: STORED_AT + 100, hasCloser: false });
    });

    it('counts an incident once, however often it comes', async () => {
      const place = randomKey();
      await enter(place, 'a');
      for (let i = 0; i < 5; i += 1) await enter(place, 'b');

      expect(await enter(place, 'c')).toEqual({ kind: 'standalone' });
      expect(await enter(place, 'b')).toEqual({ kind: 'standalone' });
    });

    it('counts again after a minute', async () => {
      const place = randomKey();
      await fill(place);

      expect(await enter(place, 'd', STORED_AT + MINUTE)).toEqual({ kind: 'standalone' });
    });

    it('puts every incident into the same storm until it is over', async () => {
      const place = randomKey();
      await fill(place);
      await enter(place, 'd');

      const during = await enter(place, 'a', UNTIL - 1);
      const after = await enter(place, 'e', UNTIL);

      expect(during).toMatchObject({ kind: 'storm', startedAt: STORED_AT });
      expect(after).toEqual({ kind: 'standalone' });
    });

    it('begins no storm for an incident that may not begin one', async () => {
      const place = randomKey();
      await fill(place);

      expect(await enter(place, 'd', STORED_AT, null)).toEqual({ kind: 'standalone' });
      expect(await opened().stormDetector.latest(place)).toBeUndefined();
    });

    it('never admits more than the limit when they race, and begins one storm', async () => {
      const place = randomKey();

      const all = await Promise.all(Array.from({ length: 12 }, (_, i) => enter(place, `i${i}`)));

      expect(all.filter(({ kind }) => kind === 'standalone')).toHaveLength(3);
      expect(new Set(all.map((each) => (each.kind === 'storm' ? each.startedAt : 0))).size).toBe(2);
    });

    it('extends a storm, and remembers that it has a closer', async () => {
      const place = randomKey();
      await fill(place);
      await enter(place, 'd');
      const storm = { place, startedAt: STORED_AT };

      await opened().stormDetector.keep(storm, { hasCloser: true });
      await opened().stormDetector.keep(storm, { until: UNTIL + MINUTE });

      expect(await enter(place, 'e', UNTIL + 1)).toEqual({
        kind: 'storm',
        startedAt: STORED_AT,
        hasCloser: true,
      });
      expect(await opened().stormDetector.latest(place)).toEqual({
        startedAt: STORED_AT,
        until: UNTIL + MINUTE,
      });
    });

    it('does not touch a later storm, which has no closer yet', async () => {
      const place = randomKey();
      await fill(place);
      await enter(place, 'd');
      await opened().stormDetector.keep({ place, startedAt: STORED_AT }, { hasCloser: true });
      const later = UNTIL + MINUTE;
      for (const id of ['e', 'f', 'g']) await enter(place, id, later);
      await enter(place, 'h', later, later + MINUTE);

      await opened().stormDetector.keep({ place, startedAt: STORED_AT }, { until: later + 9 * MINUTE });

      expect(await opened().stormDetector.latest(place)).toEqual({ startedAt: later, until: later + MINUTE });
      expect(await enter(place, 'i', later)).toMatchObject({ kind: 'storm', hasCloser: false });
    });
  });

  describe(`${name} as StormEntries`, () => {
    it('keeps the latest version of each incident, and the time of its first arrival', async () => {
      const storm = { place: randomKey(), startedAt: STORED_AT };
      await opened().entries.put(storm, entry({ seq: 1 }));
      await opened().entries.put(storm, entry({ incidentId: 'other.1' }));

      const newer = await opened().entries.put(
        storm,
        entry({ seq: 2, state: 'resolved', at: 9, addedAt: 9 }),
      );
      const older = await opened().entries.put(storm, entry({ seq: 1, at: 10 }));

      expect(newer).toEqual(entry({ seq: 2, state: 'resolved', at: 9 }));
      expect(older).toEqual(newer);
      expect(await all(storm)).toEqual([newer, entry({ incidentId: 'other.1' })]);
    });

    it('keeps storms and destinations apart', async () => {
      const place = randomKey();
      await opened().entries.put({ place, startedAt: STORED_AT }, entry());

      expect(await all({ place, startedAt: STORED_AT + 1 })).toEqual([]);
      expect(await all({ place: `${place}2`, startedAt: STORED_AT })).toEqual([]);
    });

    const all = async (storm: { place: string; startedAt: number }) =>
      (await opened().entries.all(storm)).toSorted((a, b) => (a.incidentId < b.incidentId ? -1 : 1));
  });

  describe(`${name} as DigestStore`, () => {
    const storm = () => ({ place: randomKey(), startedAt: STORED_AT });
    const ref = { channelId: 'C1', ts: '17.1' };

    it('is empty at first', async () => {
      expect(await opened().digests.read(storm())).toEqual({ shownAt: 0, claimUntil: 0 });
    });

    it('returns what was published, and when it was closed', async () => {
      const one = storm();
      const record = { ref, shownAt: 5, closedAt: 5, claimUntil: 0 };
      await opened().digests.claim(one, { owner: 'a', now: STORED_AT, until: STORED_AT + 10 });

      await opened().digests.save(one, record, { owner: 'a', until: 0 });

      expect(await opened().digests.read(one)).toEqual(record);
    });
  });
}

function entry(overrides: Partial<StormEntry> = {}): StormEntry {
  return {
    incidentId: 'incident.1',
    seq: 1,
    at: 1,
    addedAt: 1,
    alertname: 'AgentDown',
    group: 'technical-agent',
    source: 'prod',
    severity: 'warning',
    openedAt: STORED_AT,
    alerts: 3,
    state: 'firing',
    ...overrides,
  };
}
