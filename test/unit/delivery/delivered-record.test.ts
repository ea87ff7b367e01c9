import { describe, expect, it } from 'vitest';
import {
  addUncertainSend,
  isShownFiring,
  keepSlots,
  type Sent,
  updateRecord,
} from '../../../lib/core/delivery/delivered-record.ts';
import { createDestinationRecord, type DestinationRecord } from '../../../lib/core/delivery/delivery.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { deliverMessage, type MessageChange } from '../../support/factories/deliver-message.ts';
import { Scenario, T0 } from '../../support/harness/incident-scenario.ts';

const at = (incident: Incident, version: number): Incident => ({ ...incident, version });
const firing = at(new Scenario().fires(0, 'a').incident as Incident, 5);
const over = at(new Scenario().fires(0, 'a').ends(5, 'a').incident as Incident, 5);
const acknowledged = at(new Scenario().fires(0, 'a').acknowledge(3).incident as Incident, 5);
const flapping = { ...over, flapping: { ...over.flapping, since: T0, changedAt: T0 } };
const root = { channelId: 'C1', ts: '1' };
const byAna = { by: 'Ana' };

function record(change: Partial<DestinationRecord> = {}): DestinationRecord {
  return { ...createDestinationRecord('slack:#alerts'), ...change };
}

type Change = { message?: MessageChange; incident?: Incident; before?: Partial<DestinationRecord> };

function after(sent: Partial<Sent>, { message, incident = firing, before }: Change = {}): DestinationRecord {
  return updateRecord(record(before), deliverMessage('k', { seq: 3, at: T0, ...message }), incident, {
    notified: false,
    rootCurrent: false,
    ...sent,
  });
}

describe('the record after a page', () => {
  it('has its version, its tier and that it fires', () => {
    expect(after({ notified: true, rootCurrent: true, ref: root }, { message: { tier: 2 } })).toEqual(
      record({ root, lastSeq: 5, lastPingSeq: 3, lastTier: 2, lastShownFiring: true }),
    );
  });

  it('never goes back', () => {
    const before = { lastSeq: 9, lastPingSeq: 8, lastTier: 3, resolvedSeq: 7 };

    expect(after({ notified: true, rootCurrent: true }, { before })).toMatchObject(before);
    expect(after({ notified: true }, { before, incident: over })).toMatchObject({ resolvedSeq: 7 });
    expect(after({ notified: true, rootCurrent: true }, { message: { seq: 6 } }).lastSeq).toBe(6);
  });

  it('has no tier from a message that interrupted nobody', () => {
    expect(after({ notified: true }, { message: { ping: false, tier: 2 } })).toMatchObject({
      lastPingSeq: 0,
      lastTier: 0,
    });
  });

  it('shows nothing new when only the root was edited', () => {
    expect(after({ rootCurrent: true })).toEqual(record({ lastSeq: 5 }));
  });

  it('has no uncertain send any more', () => {
    const uncertainSends = { firing: true, count: 1, lastAt: T0 };

    expect(after({ notified: true }, { before: { uncertainSends } })).not.toHaveProperty('uncertainSends');
    expect(after({}, { before: { uncertainSends } })).toHaveProperty('uncertainSends');
  });

  it('adds people to a late page that covered it', () => {
    const caughtUp = { from: 2, seq: 4, called: ['ana'] };
    const target = { channel: 'slack', destination: 'slack:#alerts', to: '#alerts', mentions: ['cy'] };

    expect(after({ notified: true }, { before: { caughtUp }, message: { target } }).caughtUp?.called).toEqual(
      ['ana', 'cy'],
    );
  });

  it('knows the last ten messages that came by failover', () => {
    const failover = { destination: 'email', why: 'w' };
    const ten = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'];

    expect(after({ notified: true }, { message: { failover } }).failedOverKeys).toEqual(['k']);
    expect(
      after({ notified: true }, { message: { failover }, before: { failedOverKeys: ten } }).failedOverKeys,
    ).toEqual([...ten.slice(1), 'k']);
    expect(after({ notified: true })).not.toHaveProperty('failedOverKeys');
  });
});

describe('the record after the end', () => {
  it('has the version of what was shown as over', () => {
    expect(after({ notified: true }, { incident: over })).toMatchObject({
      lastShownFiring: false,
      resolvedSeq: 5,
    });
    expect(after({ notified: true }, { incident: over, message: { seq: 6 } }).resolvedSeq).toBe(6);
  });

  it('still says that it fires while it flaps', () => {
    expect(after({ notified: true }, { incident: flapping })).toMatchObject({
      lastShownFiring: true,
      resolvedSeq: 0,
    });
    expect([firing, flapping, over].map(isShownFiring)).toEqual([true, true, false]);
  });
});

describe('the record of a storm’s digest', () => {
  const digest = { startedAt: 7 };

  it('has the digest that shows it, until a message of its own does', () => {
    const before = { digest: { startedAt: 7, seq: 3 } };

    expect(after({ notified: true, digest }).digest).toEqual({ startedAt: 7, seq: 3 });
    expect(after({ notified: true }, { before })).not.toHaveProperty('digest');
    expect(after({}, { before }).digest).toEqual(before.digest);
  });
});

describe('the record of what a person did', () => {
  it('has the one that stands alone in the thread', () => {
    const message = { userAction: byAna, ping: false };

    expect(after({ userAction: 'alone' }, { message })).toEqual(
      record({ lastUserActionSeq: 3, lastUserActionAt: T0 }),
    );
    expect(
      after({ userAction: 'alone' }, { message, before: { lastUserActionSeq: 4, lastUserActionAt: T0 + 1 } }),
    ).toEqual(record({ lastUserActionSeq: 4, lastUserActionAt: T0 + 1 }));
  });

  it('has all that the incident records, when the message shows them', () => {
    const message = { userAction: byAna, ping: false };

    expect(after({ userAction: 'with-others' }, { message, incident: acknowledged })).toEqual(
      record({ lastUserActionSeq: 5, lastUserActionAt: T0 + 3 * MINUTE }),
    );
    expect(
      after(
        { userAction: 'with-others' },
        { message: { ...message, at: T0 + 3 * MINUTE }, incident: acknowledged },
      ),
    ).toEqual(record({ lastUserActionSeq: 3, lastUserActionAt: T0 + 3 * MINUTE }));
    expect(
      after(
        { userAction: 'with-others' },
        { message: { ...message, at: T0 + 9 * MINUTE }, incident: acknowledged },
      ).lastUserActionAt,
    ).toBe(T0 + 9 * MINUTE);
  });

  it('has its time also after a message that is about something else', () => {
    expect(after({ notified: true }, { incident: acknowledged })).toMatchObject({
      lastUserActionAt: T0 + 3 * MINUTE,
    });
    expect(after({ notified: true }, { incident: acknowledged })).not.toHaveProperty('lastUserActionSeq');
    expect(after({ notified: true })).not.toHaveProperty('lastUserActionAt');
    const silenced = { ...firing, silence: { by: 'Ben', at: T0 + 4 * MINUTE, until: T0 } } as never;
    expect(after({ notified: true }, { incident: silenced }).lastUserActionAt).toBe(T0 + 4 * MINUTE);
  });

  it('ends the doubt about such a line, but not about a page', () => {
    const about = (fires: boolean) => ({ uncertainSends: { firing: fires, count: 1, lastAt: T0 } });

    expect(after({ userAction: 'alone' }, { before: about(false) })).not.toHaveProperty('uncertainSends');
    expect(after({ userAction: 'alone' }, { before: about(true) })).toHaveProperty('uncertainSends');
    expect(after({ rootCurrent: true }, { before: about(false) })).toHaveProperty('uncertainSends');
  });
});

describe('a send that may have arrived', () => {
  const intent = { key: 'k', seq: 3, firing: true, at: 1 };
  const lost = { kind: 'retryable', reason: 'timeout', detail: '', mayHaveArrived: true } as const;

  it('is counted at the time of its failure', () => {
    expect(addUncertainSend(record(), lost, intent, 9)).toEqual(
      record({ uncertainSends: { firing: true, count: 1, lastAt: 9 } }),
    );
  });

  it('is not, when it certainly did or did not', () => {
    const { mayHaveArrived: _, ...refused } = lost;

    for (const outcome of [{ kind: 'delivered' } as const, refused]) {
      expect(addUncertainSend(record(), outcome, intent, 9)).toEqual(record());
    }
    expect(addUncertainSend(record(), lost, undefined, 9)).toEqual(record());
  });
});

describe('the slots of a destination', () => {
  const slot = (key: string, time: number) => ({ key, bucket: 'b', at: time });

  it('are those that others may still use, and the new ones', () => {
    const before = record({ slots: [slot('k', 100), slot('j', 100), slot('i', 0)] });

    expect(keepSlots(before, 'k', [slot('k', 200)], 2_500).slots).toEqual([slot('j', 100), slot('k', 200)]);
    expect(keepSlots(before, 'k', [], 2_499).slots).toEqual([slot('j', 100), slot('i', 0)]);
  });

  it('are none when nothing is booked', () => {
    expect(keepSlots(record({ slots: [slot('k', 0)] }), 'k', [], 0).slots).toBeUndefined();
    expect(keepSlots(record(), 'k', [], 0)).toEqual(record());
  });
});
