import { describe, expect, it } from 'vitest';
import { type Abilities, decide } from '../../../lib/core/delivery/decide.ts';
import { updateRecord } from '../../../lib/core/delivery/delivered-record.ts';
import type { DeliverMessage, DestinationRecord } from '../../../lib/core/delivery/delivery.ts';
import { getRetryDelaySeconds } from '../../../lib/core/delivery/retry-delay.ts';
import type { NoticeReason } from '../../../lib/core/incident/effect.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { Scenario } from '../../support/harness/incident-scenario.ts';

const opened = new Scenario().fires(0, 'a').incident as Incident;
const resolved = new Scenario().fires(0, 'a').ends(5, 'a').incident as Incident;

function message(reason: NoticeReason, seq: number, change: Partial<DeliverMessage> = {}): DeliverMessage {
  const quiet: NoticeReason[] = ['updated', 'acknowledged', 'resolved', 'closed'];
  return {
    schema: 1,
    key: 'k',
    incidentId: 'k.1',
    effectId: `k.1:${seq}`,
    seq,
    reason,
    ping: !quiet.includes(reason),
    tier: 1,
    tiers: [1],
    at: 0,
    summary: '',
    target: { channel: 'slack', destination: 'slack:#a', to: '#a', mentions: [] },
    attempt: 1,
    ...change,
  };
}

function record(change: Partial<DestinationRecord> = {}): DestinationRecord {
  return {
    destination: 'slack:#a',
    lastSeq: 0,
    lastPingSeq: 0,
    lastTier: 0,
    resolvedSeq: 0,
    claimUntil: 0,
    ...change,
  };
}

const byAna = { userAction: { by: 'Ana' } };
const root = { channelId: 'C1', rootTs: '1.1' };
const at = (incident: Incident, version: number): Incident => ({ ...incident, version });
const flapping: Incident = { ...at(resolved, 6), flappingSince: 1, flappingChangedAt: 1 };

const edit = (reply: string, updateRoot = true) => ({ do: 'edit', reply, updateRoot });

describe('the decision for one destination', () => {
  const post = { do: 'post' };
  const superseded = { do: 'superseded' };
  const notified = { do: 'notified' };

  it.each<[string, DeliverMessage, Incident, DestinationRecord, Abilities, object]>([
    ['a first notice is posted', message('opened', 1), opened, record(), 'edits', post],
    [
      'opened on a resolved incident is posted, as resolved',
      message('opened', 1),
      resolved,
      record(),
      'edits',
      post,
    ],
    [
      'the resolve after that is no news',
      message('resolved', 2),
      resolved,
      record({ ...root, lastSeq: 2, lastPingSeq: 1, resolvedSeq: 2 }),
      'edits',
      superseded,
    ],
    [
      'a quiet notice edits the root',
      message('updated', 2),
      at(opened, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('none'),
    ],
    [
      'a quiet one that the root already shows is superseded',
      message('updated', 2),
      at(opened, 3),
      record({ ...root, lastSeq: 3 }),
      'edits',
      superseded,
    ],
    ['a quiet one with no root yet posts one', message('updated', 2), at(opened, 2), record(), 'edits', post],
    [
      'a ping answers in the thread and in the channel',
      message('raised', 2),
      at(opened, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('broadcast'),
    ],
    [
      'a ping whose state the root shows still interrupts',
      message('raised', 2),
      at(opened, 3),
      record({ ...root, lastSeq: 3, lastPingSeq: 1 }),
      'edits',
      edit('broadcast', false),
    ],
    [
      'a ping that a later one has overtaken is superseded',
      message('raised', 2),
      at(opened, 3),
      record({ ...root, lastSeq: 3, lastPingSeq: 3 }),
      'edits',
      superseded,
    ],
    [
      'a ping that an earlier attempt has told is not told again',
      message('raised', 2),
      at(opened, 2),
      record({ ...root, lastSeq: 2, lastPingSeq: 2 }),
      'edits',
      notified,
    ],
    [
      'opened that an earlier attempt has told as resolved is not told again',
      message('opened', 1),
      at(resolved, 2),
      record({ ...root, lastSeq: 2, lastPingSeq: 1, resolvedSeq: 2 }),
      'edits',
      notified,
    ],
    [
      'that it flaps is told although it is resolved just now',
      message('flapping', 5),
      flapping,
      record({ ...root, lastSeq: 4, lastPingSeq: 3, resolvedSeq: 4 }),
      'edits',
      edit('broadcast'),
    ],
    [
      'that it flaps is posted and mailed although it is resolved just now',
      message('flapping', 5),
      flapping,
      record({ lastSeq: 4, lastPingSeq: 3, resolvedSeq: 4 }),
      'mails',
      post,
    ],
    [
      'that it flapped is no news when it is over by now',
      message('flapping', 5),
      at(resolved, 9),
      record({ lastSeq: 4, lastPingSeq: 3, resolvedSeq: 4 }),
      'mails',
      superseded,
    ],
    [
      'a tier told by nobody is superseded by a higher one that was',
      message('escalated', 4, { tier: 2 }),
      at(opened, 6),
      record({ lastSeq: 6, lastPingSeq: 5, lastTier: 3 }),
      'mails',
      { do: 'superseded', why: 'a higher tier was told' },
    ],
    [
      'the end of an incident is told where nothing was, because its page may have failed there',
      message('resolved', 2),
      at(resolved, 2),
      record(),
      'mails',
      post,
    ],
    [
      'a ping whose reply is out but whose root is stale only edits',
      message('raised', 2),
      at(opened, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 2 }),
      'edits',
      edit('none'),
    ],
    [
      'a tier is superseded when nothing fires',
      message('escalated', 2, { tier: 2 }),
      resolved,
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      superseded,
    ],
    [
      'a reminder is superseded when nothing fires, even as a first word',
      message('reminder', 2),
      resolved,
      record(),
      'edits',
      superseded,
    ],
    [
      'a raise is left to the resolve when nothing fires',
      message('raised', 2),
      resolved,
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      superseded,
    ],
    [
      'a resolve answers once and edits',
      message('resolved', 2),
      at(resolved, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('quiet'),
    ],
    [
      'a resolve is superseded while it fires again',
      message('resolved', 2),
      at(opened, 3),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      superseded,
    ],
    [
      'a second resolve without a page between them only edits',
      message('resolved', 6),
      at(resolved, 6),
      record({ ...root, lastSeq: 3, lastPingSeq: 1, resolvedSeq: 3, lastShownFiring: false }),
      'edits',
      edit('none'),
    ],
    [
      'a resolve after a reopen that was told answers again',
      message('resolved', 6),
      at(resolved, 6),
      record({ ...root, lastSeq: 5, lastPingSeq: 5, resolvedSeq: 3 }),
      'edits',
      edit('quiet'),
    ],
    [
      'what a person did is a line below the edit that shows it',
      message('acknowledged', 2, byAna),
      at(opened, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('deed'),
    ],
    [
      'what a person did is a line also where the root shows it already',
      message('acknowledged', 2, byAna),
      at(opened, 3),
      record({ ...root, lastSeq: 3, lastPingSeq: 1 }),
      'edits',
      edit('deed', false),
    ],
    [
      'what a person did is no line twice',
      message('acknowledged', 2, byAna),
      at(opened, 2),
      record({ ...root, lastSeq: 2, lastPingSeq: 1, lastUserActionSeq: 2 }),
      'edits',
      superseded,
    ],
    [
      'what a person did in a maintenance is a line all the same',
      message('acknowledged', 2, { ...byAna, muted: 'muted by maintenance' }),
      at(opened, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('deed'),
    ],
    [
      'a resolve by hand is its reply and no line beside it',
      message('resolved', 2, byAna),
      at(resolved, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('quiet'),
    ],
    [
      'a resolve by hand is a line where the end was told before',
      message('resolved', 6, byAna),
      at(resolved, 6),
      record({ ...root, lastSeq: 3, lastPingSeq: 1, resolvedSeq: 3, lastShownFiring: false }),
      'edits',
      edit('deed'),
    ],
    [
      'a resolve by hand is a line although it fires again',
      message('resolved', 2, byAna),
      at(opened, 3),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('deed', false),
    ],
    [
      'no mail for what a person did',
      message('acknowledged', 2, byAna),
      at(opened, 2),
      record({ lastSeq: 1, lastPingSeq: 1 }),
      'mails',
      superseded,
    ],
    ['a webhook posts a page', message('opened', 1), opened, record(), 'posts', post],
    [
      'a webhook posts no quiet notice',
      message('joined', 2, { ping: false }),
      at(opened, 2),
      record({ lastSeq: 1, lastPingSeq: 1 }),
      'posts',
      superseded,
    ],
    [
      'a webhook posts a resolve',
      message('resolved', 2),
      at(resolved, 2),
      record({ lastSeq: 1, lastPingSeq: 1 }),
      'posts',
      post,
    ],
    [
      'a mail goes out for a page',
      message('escalated', 2, { tier: 2 }),
      at(opened, 2),
      record({ lastSeq: 1, lastPingSeq: 1 }),
      'mails',
      post,
    ],
    [
      'no mail for an acknowledgement',
      message('acknowledged', 2),
      at(opened, 2),
      record({ lastSeq: 1, lastPingSeq: 1 }),
      'mails',
      superseded,
    ],
    [
      'no second mail for the same page',
      message('opened', 1),
      opened,
      record({ lastSeq: 1, lastPingSeq: 1 }),
      'mails',
      notified,
    ],
  ])('%s', (_, given, incident, known, abilities, expected) => {
    expect(decide(given, incident, known, abilities, 0)).toMatchObject(expected);
  });
});

describe('the record of a destination', () => {
  it('has the later version when the root showed more than the message', () => {
    const notified = updateRecord(record(), message('opened', 1), at(opened, 4), {
      notified: true,
      rootCurrent: true,
      ref: { channelId: 'C1', ts: '1.1' },
    });

    expect(notified).toMatchObject({ lastSeq: 4, lastPingSeq: 1, resolvedSeq: 0, rootTs: '1.1' });
  });

  it('counts a message shown as resolved as a resolve', () => {
    const notified = updateRecord(record(), message('opened', 1), at(resolved, 2), {
      notified: true,
      rootCurrent: true,
    });

    expect(notified.resolvedSeq).toBe(2);
  });
});

describe('a line about a user action', () => {
  const known = record({ ...root, lastSeq: 1, lastPingSeq: 1, lastShownFiring: true });
  const line = { notified: false, rootCurrent: false, userAction: true } as const;

  it('says nothing about what fires, so the resolve is still news', () => {
    const notified = updateRecord(known, message('acknowledged', 2, byAna), at(resolved, 3), line);

    expect(notified).toMatchObject({
      lastUserActionSeq: 2,
      lastShownFiring: true,
      resolvedSeq: 0,
      lastSeq: 1,
    });
    expect(decide(message('resolved', 3), at(resolved, 3), notified, 'edits', 0)).toEqual(edit('quiet'));
  });

  it('is not repeated after a reply that showed it', () => {
    const notified = updateRecord(known, message('resolved', 2, byAna), at(resolved, 2), {
      notified: true,
      rootCurrent: true,
    });

    expect(decide(message('resolved', 2, byAna), at(resolved, 2), notified, 'edits', 0)).toMatchObject({
      do: 'superseded',
    });
  });
});

describe('the end of flapping', () => {
  it('is sent even if the flapping itself was shown while nothing fired', () => {
    const output = updateRecord(
      record({ lastSeq: 4, lastPingSeq: 3, resolvedSeq: 4 }),
      message('flapping', 5),
      flapping,
      {
        notified: true,
        rootCurrent: true,
      },
    );

    const plan = decide(message('resolved', 7), at(resolved, 7), output, 'mails', 0);

    expect(plan).toEqual({ do: 'post' });
  });

  it('does not make an earlier resolve news again', () => {
    const output = updateRecord(record({ lastSeq: 3, lastPingSeq: 3 }), message('resolved', 4), flapping, {
      notified: true,
      rootCurrent: true,
    });

    const plan = decide(message('resolved', 4), flapping, output, 'mails', 0);

    expect(plan).toMatchObject({ do: 'superseded' });
  });
});

describe('the delay until a temporary failure is retried', () => {
  it.each([
    [1, undefined, 1],
    [2, undefined, 5],
    [3, undefined, 30],
    [50, undefined, 300],
    [1, 12_500, 13],
    [1, 3_600_000, 300],
    [1, 0, 1],
  ])('is, at receive %i with Retry-After %s ms, %i s', (receives, retryAfter, expected) => {
    expect(getRetryDelaySeconds(receives, retryAfter)).toBe(expected);
  });
});
