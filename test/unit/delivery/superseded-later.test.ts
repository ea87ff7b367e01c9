import { describe, expect, it } from 'vitest';
import type { DestinationRecord } from '../../../lib/core/delivery/delivery.ts';
import { findLaterNotice } from '../../../lib/core/delivery/superseded-later.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { deliverMessage } from '../../support/factories/deliver-message.ts';
import { Scenario, T0 } from '../../support/harness/incident-scenario.ts';

/** Acknowledged after 5 min, as version 2, and escalated to L2 after 30, as version 3. */
const escalated = incidentOf(new Scenario().fires(0, 'a').acknowledge(5).tick(30));
const ended = incidentOf(new Scenario().fires(0, 'a').acknowledge(5).ends(30, 'a'));
const acknowledged = deliverMessage('m', {
  seq: 2,
  reason: 'acknowledged',
  ping: false,
  at: T0 + 5 * MINUTE,
});
const now = T0 + 35 * MINUTE;

function incidentOf({ incident }: Scenario) {
  if (incident === undefined) throw new Error('nothing fires');
  return incident;
}

function notified(change: Partial<DestinationRecord> = {}): DestinationRecord {
  const seen = { lastSeq: 1, lastPingSeq: 1, lastTier: 1, resolvedSeq: 0, lastShownFiring: true };
  return {
    destination: 'slack:#alerts',
    root: { channelId: 'C1', ts: '1.1' },
    claimUntil: 0,
    ...seen,
    ...change,
  };
}

describe('a late quiet message', () => {
  it('is covered by the page or the resolve behind it', () => {
    expect(findLaterNotice(acknowledged, escalated, notified(), now)).toBe('a page after it says it');
    expect(findLaterNotice(acknowledged, ended, notified(), now)).toBe('the message of its end says it');
  });

  it('is sent when it is in time, because the person who acknowledged waits to see it', () => {
    expect(
      findLaterNotice(acknowledged, escalated, notified(), acknowledged.effect.at + MINUTE),
    ).toBeUndefined();
  });

  it('is sent when the later notice was already sent, as for a redriven dead letter', () => {
    expect(findLaterNotice(acknowledged, escalated, notified({ lastPingSeq: 3 }), now)).toBeUndefined();
    expect(findLaterNotice(acknowledged, ended, notified({ resolvedSeq: 3 }), now)).toBeUndefined();
    expect(findLaterNotice(acknowledged, ended, notified({ lastShownFiring: false }), now)).toBeUndefined();
  });

  it('is sent when the later notice is muted', () => {
    const muted = { maintenance: 'm', since: 0, until: now + MINUTE };

    expect(findLaterNotice(acknowledged, { ...escalated, muted }, notified(), now)).toBeUndefined();
  });

  it('is sent when no notice that is more than an edit is on record', () => {
    const { lastNews: _, ...paging } = escalated.paging;
    const before = { ...escalated, paging };

    expect(findLaterNotice(acknowledged, before, notified(), now)).toBeUndefined();
  });
});

describe('a message that must be sent', () => {
  it.each([
    ['a page', deliverMessage('m', { seq: 2, reason: 'raised', ping: true }), escalated],
    ['an end', deliverMessage('m', { seq: 2, reason: 'resolved', ping: false }), ended],
    ['a close', deliverMessage('m', { seq: 2, reason: 'closed', ping: false }), escalated],
  ])('is never covered by another: %s', (_, message, incident) => {
    expect(findLaterNotice(message, incident, notified(), now)).toBeUndefined();
  });
});

describe('the latest notice that is more than an edit', () => {
  it('is a page or the resolve, neither a quiet change nor a muted notice', () => {
    const scenario = new Scenario().fires(0, 'a').acknowledge(5).tick(30);
    const quiet = incidentOf(new Scenario().fires(0, 'a').acknowledge(5));
    const muted = incidentOf(
      new Scenario()
        .fires(0, 'a')
        .play(1, { type: 'muted', maintenance: 'm', until: T0 + 60 * MINUTE })
        .ends(2, 'a'),
    );

    expect(incidentOf(scenario).paging.lastNews).toEqual({ seq: 3, reason: 'escalated' });
    expect(quiet.paging.lastNews).toEqual({ seq: 1, reason: 'opened' });
    expect(ended.paging.lastNews).toEqual({ seq: 3, reason: 'resolved' });
    expect(muted.paging.lastNews).toEqual({ seq: 1, reason: 'opened' });
  });
});
