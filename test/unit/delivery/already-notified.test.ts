import { describe, expect, it } from 'vitest';
import {
  addCatchUp,
  recordCalled,
  recordLateNotice,
  wasNotifiedLate,
  wasPaged,
} from '../../../lib/core/delivery/already-notified.ts';
import { createDestinationRecord, type DestinationRecord } from '../../../lib/core/delivery/delivery.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { deliverMessage } from '../../support/factories/deliver-message.ts';
import { Scenario, T0 } from '../../support/harness/incident-scenario.ts';

const incident = new Scenario().fires(0, 'a').incident as Incident;
const later: Incident = {
  ...incident,
  version: 9,
  tiers: { ...incident.tiers, highest: 2, clockStartedAt: T0 },
};
const target = (...mentions: string[]) => ({
  channel: 'slack',
  destination: 'slack:#alerts',
  to: '#alerts',
  mentions,
});
const page = (seq: number, ...mentions: string[]) =>
  deliverMessage('k', { seq, at: T0, target: target(...mentions) });

function record(change: Partial<DestinationRecord> = {}): DestinationRecord {
  return { ...createDestinationRecord('slack:#alerts'), ...change };
}
const caughtUp = { from: 3, seq: 6, called: ['ana', 'ben'] };

describe('a late page', () => {
  it('covers all up to the current version, and whom it called', () => {
    const covered = { message: page(3), covered: target('ana') };

    expect(addCatchUp(record(), covered, later)).toEqual(
      record({
        lastPingSeq: 9,
        lastTier: 2,
        lastUserActionSeq: 9,
        caughtUp: { from: 3, seq: 9, called: ['ana'] },
      }),
    );
    expect(
      addCatchUp(record({ lastPingSeq: 11, lastTier: 3, lastUserActionSeq: 12 }), covered, later),
    ).toMatchObject({ lastPingSeq: 11, lastTier: 3, lastUserActionSeq: 12 });
  });

  it('is remembered with its own people when nothing has happened since', () => {
    expect(recordLateNotice(record(), page(3, 'ana'), later)).toEqual(
      record({ caughtUp: { from: 3, seq: 9, called: ['ana'] } }),
    );
  });

  it.each([
    [2, false],
    [3, true],
    [6, true],
    [7, false],
  ])('was or covered the page of version %i: %s', (seq, notified) => {
    expect(wasNotifiedLate(page(seq, 'ana'), record({ caughtUp }))).toBe(notified);
  });

  it('did not cover a page that calls somebody else, nor is there one without a record', () => {
    expect(wasNotifiedLate(page(4, 'ana', 'cy'), record({ caughtUp }))).toBe(false);
    expect(wasNotifiedLate(page(4), record())).toBe(false);
  });
});

describe('whether a page has interrupted its people', () => {
  it('is by its version, where no late page came before', () => {
    expect(wasPaged(page(4, 'cy'), record({ lastPingSeq: 4 }), later)).toBe(true);
    expect(wasPaged(page(4, 'cy'), record({ lastPingSeq: 3 }), later)).toBe(false);
  });

  it.each([
    [3, true],
    [4, false],
    [6, false],
    [7, true],
  ])('is by its people for version %i behind a late page of versions 3 to 6', (seq, paged) => {
    expect(wasPaged(page(seq, 'cy'), record({ lastPingSeq: 9, caughtUp }), later)).toBe(paged);
    expect(wasPaged(page(seq, 'ana'), record({ lastPingSeq: 9, caughtUp }), later)).toBe(true);
  });

  it('is so for a page from before the tier clock began again', () => {
    const known = record({ lastPingSeq: 9, caughtUp });
    const restarted = { ...later, tiers: { ...later.tiers, clockStartedAt: T0 + 1 } };

    expect(wasPaged(page(4, 'cy'), known, restarted)).toBe(true);
  });
});

describe('people whom a late page did not call', () => {
  it('are added once they are called, each once', () => {
    expect(recordCalled(record({ caughtUp }), page(4, 'ben', 'cy'))).toEqual(
      record({ caughtUp: { ...caughtUp, called: ['ana', 'ben', 'cy'] } }),
    );
  });

  it('are not added by a page outside of it', () => {
    const known = record({ caughtUp });

    expect(recordCalled(known, page(7, 'cy'))).toBe(known);
    expect(recordCalled(known, page(3, 'cy'))).toBe(known);
  });
});
