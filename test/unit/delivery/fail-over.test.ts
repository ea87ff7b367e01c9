import { describe, expect, it } from 'vitest';
import { createDestinationRecord, type SendFailure } from '../../../lib/core/delivery/delivery.ts';
import {
  describeFailure,
  getFailoverTier,
  getNextAttemptSeconds,
  getRank,
  isChannelFailure,
  recordFailure,
  toChannelFailure,
} from '../../../lib/core/delivery/fail-over.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { MINUTE, SECOND } from '../../../lib/core/shared/time.ts';
import { deliverMessage } from '../../support/factories/deliver-message.ts';
import { Scenario, T0 } from '../../support/harness/incident-scenario.ts';

const critical = new Scenario().fires(0, 'a').incident as Incident;
const over = new Scenario().fires(0, 'a').ends(5, 'a').incident as Incident;
const warning = new Scenario().fires(0, 'a', { severity: 'warning' }).incident as Incident;
const page = deliverMessage('k', { at: T0 });
const quiet = deliverMessage('k', { at: T0, ping: false, reason: 'updated' });
const record = createDestinationRecord('slack:#alerts');
const failover = { destination: 'email', why: 'it does not answer' };

function retryable(change: Partial<Extract<SendFailure, { kind: 'retryable' }>> = {}) {
  return { kind: 'retryable' as const, reason: 'unavailable' as const, detail: 'Slack: 503', ...change };
}
const misconfigured: SendFailure = {
  kind: 'misconfigured',
  reason: 'not_found',
  detail: 'Slack: channel_not_found',
};
const permanent: SendFailure = { kind: 'permanent', reason: 'rejected', detail: 'Slack: no' };
const IN_TIME = T0 + 2 * MINUTE - 1;
const LATE = T0 + 2 * MINUTE;
const reached = (highest: 1 | 2 | 3): Incident => ({ ...critical, tiers: { ...critical.tiers, highest } });

describe('a page that its channel does not accept', () => {
  const tierAt = (now: number, failure: SendFailure = retryable(), change = {}, incident = critical) =>
    getFailoverTier(page, incident, { ...record, ...change }, failure, now);

  it('is carried by another channel once it is two minutes late', () => {
    expect(tierAt(IN_TIME)).toBeUndefined();
    expect(tierAt(LATE)).toBe(1);
  });

  it('is carried at once when a retry is of no use', () => {
    expect(tierAt(T0, misconfigured)).toBe(1);
    expect(tierAt(T0, permanent)).toBe(1);
  });

  it('is carried at once when the server asks for a pause that makes it late by more than a minute', () => {
    expect(tierAt(T0, retryable({ retryAfterMs: 3 * MINUTE }))).toBeUndefined();
    expect(tierAt(T0, retryable({ retryAfterMs: 3 * MINUTE + 1 }))).toBe(1);
    expect(tierAt(T0, retryable({ retryAfterMs: 4 * MINUTE, unasked: true }))).toBeUndefined();
  });

  it('is carried again only for a higher tier, which may be the message’s or the incident’s', () => {
    expect(tierAt(LATE, retryable(), { failoverTier: 1 })).toBeUndefined();
    expect(tierAt(LATE, retryable(), { failoverTier: 1 }, reached(2))).toBe(2);
    expect(
      getFailoverTier(deliverMessage('k', { at: T0, tier: 3 }), reached(2), record, retryable(), LATE),
    ).toBe(3);
  });

  it('is not carried on, when it came by failover itself', () => {
    const carried = deliverMessage('k', { at: T0, failover });

    expect(getFailoverTier(carried, critical, record, misconfigured, LATE)).toBeUndefined();
  });

  it('is carried only for critical incidents that fire, and only when it interrupts', () => {
    expect(tierAt(LATE, misconfigured, {}, warning)).toBeUndefined();
    expect(tierAt(LATE, misconfigured, {}, over)).toBeUndefined();
    expect(getFailoverTier(quiet, critical, record, misconfigured, LATE)).toBeUndefined();
  });
});

describe('the rank of a message', () => {
  const quietEdit = { do: 'edit', reply: 'none', updateRoot: true } as const;

  it('is urgent for pages of critical incidents that fire, last for edits that interrupt nobody', () => {
    expect(getRank(page, critical, quietEdit)).toBe('urgent');
    expect(getRank(page, warning, quietEdit)).toBe('message');
    expect(getRank(page, over, quietEdit)).toBe('message');
    expect(getRank(quiet, critical, { do: 'post' })).toBe('message');
    expect(getRank(quiet, critical, quietEdit)).toBe('rest');
  });
});

describe('a failure', () => {
  it('is reported when a retry is of no use, or a page is late that was refused', () => {
    expect(isChannelFailure(quiet, misconfigured, T0)).toBe(true);
    expect(isChannelFailure(page, retryable(), LATE)).toBe(true);
    expect(isChannelFailure(page, retryable(), IN_TIME)).toBe(false);
    expect(isChannelFailure(quiet, retryable(), LATE)).toBe(false);
    expect(isChannelFailure(page, retryable({ unasked: true }), LATE)).toBe(false);
  });

  it.each([
    [true, 'unavailable', 'slack'],
    [true, 'not_found', 'slack:#alerts'],
    [true, 'rejected', 'slack:#alerts'],
    [false, 'unavailable', 'slack:#alerts'],
  ] as const)(
    'of one service (%s) with reason %s is a failure of %s',
    (isOneService, reason, destination) => {
      expect(toChannelFailure({ isOneService }, page.target, reason)).toEqual({ destination, reason });
    },
  );

  it('is kept with the record, and whether it is one of the whole channel', () => {
    const before = { ...record, failure: 'old', wholeChannel: true as const };

    expect(recordFailure({ isOneService: true }, record, page.target, retryable())).toEqual({
      ...record,
      failure: 'Slack: 503',
      wholeChannel: true,
    });
    expect(recordFailure({ isOneService: true }, before, page.target, permanent)).toEqual({
      ...record,
      failure: 'Slack: no',
    });
  });
});

describe('the words for a failure', () => {
  const failureWords = { who: 'Slack', prefix: /^Slack: /, paused: 'paused' };
  const words = (failure: SendFailure, now = T0, to = '#alerts', isOneService = true) =>
    describeFailure(
      { isOneService, failureWords },
      { ...page, target: { ...page.target, to } },
      failure,
      now,
    );

  it('say for how long, and what was answered', () => {
    expect(words(retryable(), T0 + 2 * MINUTE)).toBe('Slack has not accepted this for 2 min: 503');
    expect(words(retryable({ retryAfterMs: 4 * MINUTE }), T0 + MINUTE)).toBe(
      'Slack has not accepted this for 1 min and asks to wait 4 min more: 503',
    );
  });

  it('name the place that does not exist', () => {
    expect(words(misconfigured)).toBe('Slack does not accept notices for #alerts: channel_not_found');
    expect(words(misconfigured, T0, '')).toBe('Slack does not accept notices: channel_not_found');
    expect(words(misconfigured, T0, 'pager', false)).toBe(
      'Slack pager does not accept notices: channel_not_found',
    );
  });
});

describe('the next attempt', () => {
  const seconds = (now: number, failure = retryable(), urgent = true, attempt = 6) =>
    getNextAttemptSeconds(page, urgent, failure, attempt, now);

  it('of an urgent page is not after the moment of its failover', () => {
    expect(seconds(T0)).toBe(120);
    expect(seconds(T0 + 100 * SECOND)).toBe(20);
    expect(seconds(LATE - 1)).toBe(1);
    expect(seconds(T0, retryable(), true, 1)).toBe(1);
  });

  it('of anything else, or after that moment, grows as usual', () => {
    expect(seconds(T0, retryable(), false)).toBe(300);
    expect(seconds(LATE)).toBe(300);
  });

  it('waits as long as the server asks, when that is too long anyway', () => {
    expect(seconds(T0, retryable({ retryAfterMs: 3 * MINUTE }))).toBe(120);
    expect(seconds(T0, retryable({ retryAfterMs: 3 * MINUTE + SECOND }))).toBe(181);
  });
});
