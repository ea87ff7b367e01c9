import { describe, expect, it } from 'vitest';
import type { Incident } from '../../lib/core/incident/incident.ts';
import type { IncidentStore } from '../../lib/core/incident/incident-store.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import {
  randomKey,
  STORED_AT,
  storedAlert,
  storedEffect,
  storedIncident,
} from '../support/factories/stored-incident.ts';

/** The behaviour of every IncidentStore. The tests share one store; each uses a key of its own. */
export function incidentStoreContract(name: string, store: () => IncidentStore): void {
  describe(`${name} as IncidentStore`, () => {
    it('finds nothing for a key that was never written', async () => {
      const key = randomKey();

      const found = [await store().latest(key), await store().get(`${key}.1`), await store().get('no id')];

      expect(found).toEqual([undefined, undefined, undefined]);
    });

    it('returns exactly what was written', async () => {
      const incident = fullIncident();

      const result = await store().write(incident, 0);

      expect(result).toBe('written');
      expect(await store().get(incident.id)).toEqual(incident);
      expect(await store().latest(incident.key)).toEqual(incident);
    });

    it('opens an episode once when two writers race', async () => {
      const incident = storedIncident();

      const results = await Promise.all([store().write(incident, 0), store().write(incident, 0)]);

      expect(results.toSorted()).toEqual(['conflict', 'written']);
    });

    it('accepts the next version once when two writers race', async () => {
      const incident = storedIncident();
      await store().write(incident, 0);
      const writers = ['ana', 'ben'].map((source) => ({ ...incident, version: 2, source }));

      const results = await Promise.all(writers.map((next) => store().write(next, 1)));

      expect(results.toSorted()).toEqual(['conflict', 'written']);
      expect((await store().get(incident.id))?.source).toBe(writers[results.indexOf('written')]?.source);
    });

    it('refuses a write on a version that is gone, or that never was', async () => {
      const incident = storedIncident();
      await store().write(incident, 0);
      await store().write({ ...incident, version: 2 }, 1);
      const unknown = storedIncident();

      const stale = await store().write({ ...incident, version: 2, source: 'late' }, 1);
      const missing = await store().write({ ...unknown, version: 6 }, 5);

      expect([stale, missing]).toEqual(['conflict', 'conflict']);
      expect((await store().get(incident.id))?.source).toBe('prod');
      expect(await store().get(unknown.id)).toBeUndefined();
    });

    it('finds the highest episode, by number and not as text', async () => {
      const key = randomKey();
      for (const episode of [2, 10, 9, 1]) await store().write(storedIncident({ key, episode }), 0);

      const latest = await store().latest(key);

      expect(latest?.episode).toBe(10);
    });

    it('drops published effects without increasing the version', async () => {
      const incident = withEffects();
      await store().write(incident, 0);
      const [, second] = incident.effects;

      const result = await store().dropPublishedEffects(incident, second ? [second] : [], STORED_AT + MINUTE);

      const expected = { ...incident, effects: [second], nextDueAt: STORED_AT + MINUTE };
      expect(result).toBe('kept');
      expect(await store().get(incident.id)).toEqual(expected);
      expect(await store().write({ ...expected, version: 2, effects: [] }, 1)).toBe('written');
    });

    it('removes the due time when nothing can become due after publishing', async () => {
      const incident = withEffects();
      await store().write(incident, 0);

      await store().dropPublishedEffects(incident, [], undefined);

      const { nextDueAt: _, ...rest } = incident;
      expect(await store().get(incident.id)).toEqual({ ...rest, effects: [] });
      expect(await store().due(Number.MAX_SAFE_INTEGER, 10_000)).not.toContain(incident.id);
    });

    it('leaves the effects to a newer writer', async () => {
      const incident = withEffects();
      await store().write(incident, 0);
      const newer = { ...incident, version: 2, effects: [...incident.effects, storedEffect(incident, 3)] };
      await store().write(newer, 1);

      const result = await store().dropPublishedEffects(incident, [], undefined);

      expect(result).toBe('superseded');
      expect(await store().get(incident.id)).toEqual(newer);
    });

    it('does not create an incident by dropping its effects', async () => {
      const incident = storedIncident();

      const result = await store().dropPublishedEffects(incident, [], STORED_AT);

      expect(result).toBe('superseded');
      expect(await store().get(incident.id)).toBeUndefined();
    });

    it('lists due incidents, oldest first over all keys, and none that is due later', async () => {
      // A past of its own: other tests' incidents are due later than all of these.
      const start = 1_000_000;
      const due = Array.from({ length: 12 }, (_, n) => storedIncident({ nextDueAt: start + n * 7 }));
      for (const incident of due.toReversed()) await store().write(incident, 0);
      await store().write(storedIncident({ nextDueAt: start + 1_000 }), 0);

      const all = await store().due(start + 999, 100);
      const some = await store().due(start + 999, 5);
      const atTheSecond = await store().due(start + 7, 100);

      const ids = due.map((incident) => incident.id);
      expect(all).toEqual(ids);
      expect(some).toEqual(ids.slice(0, 5));
      expect(atTheSecond).toEqual(ids.slice(0, 2));
    });

    it('keeps the written value although the caller changes its copy later', async () => {
      const incident = storedIncident();
      await store().write(incident, 0);

      incident.alerts.push(storedAlert({ fingerprint: '1111111111111111' }));

      expect((await store().get(incident.id))?.alerts).toHaveLength(1);
    });
  });
}

function withEffects(): Incident {
  const incident = storedIncident();
  return { ...incident, effects: [storedEffect(incident, 1), storedEffect(incident, 2)] };
}

/** Every optional field set, and the values that are hard to store. */
function fullIncident(): Incident {
  const incident = storedIncident();
  return {
    ...incident,
    group: { service: 'api', ünïcode: '', empty: '' },
    resolution: 'alerts',
    promotedTo: 'critical',
    resolvedAt: STORED_AT + 9,
    resolvedBy: 'Ana',
    ack: { by: 'Ana', at: STORED_AT + 5, note: '', asOf: 1, severity: 'warning' },
    alerts: [
      storedAlert({ state: 'vanished', endsAt: STORED_AT + 8 }),
      storedAlert({ fingerprint: 'not-hex', identity: 'nor this', state: 'unconfirmed' }),
      storedAlert({ fingerprint: '00000000000000aa', state: 'confirmed-missing' }),
    ],
    overflow: 3,
    truncation: {
      groups: [{ id: '00aa00aa00aa', size: 5, upTo: STORED_AT }],
      missing: true,
      announced: true,
    },
    everTruncated: true,
    severityEndedAt: { critical: STORED_AT + 1, warning: STORED_AT + 2 },
    paging: { ...incident.paging, due: { at: STORED_AT + 1, reason: 'joined' } },
    reconcile: {
      ...incident.reconcile,
      unconfirmedSince: STORED_AT + 2,
      missingRoundAt: STORED_AT + 3,
      askedAt: STORED_AT + 4,
      pausedSince: STORED_AT + 6,
    },
    flapping: {
      ...incident.flapping,
      reopenedAt: [STORED_AT, STORED_AT + 1],
      since: STORED_AT + 7,
      changedAt: STORED_AT + 8,
    },
    watchedValues: { '00ff00ff00ff00ff': 'api', odd: '' },
    effects: [
      storedEffect(incident, 1, {
        userAction: { by: 'Ana', note: '<!channel> & "quotes"' },
        unverified: 'the API did not answer',
        details: [
          {
            fingerprint: '00ff00ff00ff00ff',
            labels: { alertname: 'HighErrorRate', empty: '' },
            annotations: {},
            generatorURL: '',
            startsAt: STORED_AT,
          },
        ],
      }),
    ],
  };
}
