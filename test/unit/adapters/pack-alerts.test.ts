import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PACKED_BYTES,
  packAlerts,
  REPORTED_BYTES,
  unpackAlerts,
} from '../../../lib/adapters/dynamodb/incidents/pack-alerts.ts';
import { type AlertState, alertStates } from '../../../lib/core/incident/alert-state.ts';
import { severities } from '../../../lib/core/shared/severity.ts';
import { storedAlert } from '../../support/factories/stored-incident.ts';

const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: digits, maxLength: digits });

/** Mostly what Alertmanager sends, sometimes what nobody expects. */
const instant = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: 2 ** 48 - 1 }) },
  fc.integer(),
  fc.constant(0),
);
const alertState: fc.Arbitrary<AlertState> = fc.record({
  fingerprint: fc.oneof({ weight: 5, arbitrary: hex(16) }, hex(15), fc.string()),
  identity: fc.oneof({ weight: 5, arbitrary: hex(12) }, hex(16), fc.string()),
  severity: fc.constantFrom(...severities),
  state: fc.constantFrom(...alertStates),
  startsAt: fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 2 ** 48 - 1 }) }, fc.integer(), fc.double()),
  endsAt: fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 2 ** 48 - 1 }) }, fc.constant(-62_135_596_800_000)),
  joinedSeq: fc.oneof({ weight: 5, arbitrary: fc.nat() }, fc.constantFrom(2 ** 32 - 1, 2 ** 32)),
  reported: fc.option(fc.record({ startsAt: instant, endsAt: instant }, { requiredKeys: [] }), {
    nil: undefined,
  }),
  sentBy: fc.constantFrom(undefined, 'grafana' as const),
});

describe('packed alerts', () => {
  it('come back as they were, in their order, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(alertState, { maxLength: 30 }), (alerts) => {
        expect(unpackAlerts(packAlerts(alerts))).toEqual(alerts);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(alertStates.flatMap((state) => severities.map((severity) => ({ state, severity }))))(
    'keep the state $state with the severity $severity',
    (kept) => {
      const [plain, replaced] = [storedAlert(kept), storedAlert({ ...kept, reported: { startsAt: 0 } })];

      const { packed, odd } = packAlerts([plain, replaced]);

      expect(unpackAlerts({ packed, odd })).toEqual([plain, replaced]);
      expect(packed.length).toBe(2 * PACKED_BYTES + REPORTED_BYTES);
    },
  );

  it('are refused when their state is unknown', () => {
    const { packed } = packAlerts([storedAlert()]);
    packed[PACKED_BYTES - 1] = 0b11100;

    expect(() => unpackAlerts({ packed, odd: [] })).toThrow('unknown state');
  });

  it('take 31 bytes each when Alertmanager sent them', () => {
    const { packed, odd } = packAlerts([storedAlert(), storedAlert({ fingerprint: 'ffffffffffffffff' })]);

    expect(packed.length).toBe(2 * PACKED_BYTES);
    expect(odd).toEqual([]);
  });

  it('take 13 bytes more for each whose times we did not believe', () => {
    const unconfirmed = storedAlert({ reported: { startsAt: 0, endsAt: Date.UTC(9999, 0) } });

    const { packed, odd } = packAlerts([storedAlert(), unconfirmed]);

    expect(packed.length).toBe(2 * PACKED_BYTES + REPORTED_BYTES);
    expect(odd).toEqual([]);
  });

  it.each([1, PACKED_BYTES, PACKED_BYTES + REPORTED_BYTES - 1])(
    'are refused when they are cut after %i bytes of one with such times',
    (length) => {
      const { packed } = packAlerts([storedAlert({ reported: { startsAt: 0 } })]);

      expect(() => unpackAlerts({ packed: packed.subarray(0, length), odd: [] })).toThrow(`${length} bytes`);
    },
  );

  it('keep what does not fit beside them, with its place', () => {
    const upper = storedAlert({ fingerprint: 'ABCDEF0123456789' });

    const { packed, odd } = packAlerts([storedAlert(), upper, storedAlert()]);

    expect(packed.length).toBe(2 * PACKED_BYTES);
    expect(odd).toEqual([{ index: 1, alert: upper }]);
  });

  it('are refused when they are cut', () => {
    const { packed } = packAlerts([storedAlert()]);

    expect(() => unpackAlerts({ packed: packed.subarray(0, 30), odd: [] })).toThrow('30 bytes');
  });
});
