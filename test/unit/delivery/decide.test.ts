import { describe, expect, it } from 'vitest';
import { decide, type Plan } from '../../../lib/core/delivery/decide.ts';
import type { NoticeMessage } from '../../../lib/core/delivery/deliver-message-schema.ts';
import { updateRecord } from '../../../lib/core/delivery/delivered-record.ts';
import { createDestinationRecord, type DestinationRecord } from '../../../lib/core/delivery/delivery.ts';
import { getRetryDelaySeconds } from '../../../lib/core/delivery/retry-delay.ts';
import type { NoticeReason } from '../../../lib/core/incident/effect.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { type AbilitiesName, abilitiesOf } from '../../support/factories/configured-channels.ts';
import { deliverMessage, type MessageChange } from '../../support/factories/deliver-message.ts';
import { Scenario } from '../../support/harness/incident-scenario.ts';

const opened = new Scenario().fires(0, 'a').incident as Incident;
const resolved = new Scenario().fires(0, 'a').ends(5, 'a').incident as Incident;

function message(reason: NoticeReason, seq: number, change: MessageChange = {}): NoticeMessage {
  const quiet: NoticeReason[] = ['updated', 'acknowledged', 'resolved', 'closed'];
  const target = { channel: 'slack', destination: 'slack:#a', to: '#a', mentions: [] };
  const ping = !quiet.includes(reason);
  return deliverMessage('k', { id: `k.1:${seq}`, seq, reason, ping, at: 0, target, ...change });
}

function record(change: Partial<DestinationRecord> = {}): DestinationRecord {
  return { ...createDestinationRecord('slack:#a'), ...change };
}

function decideAt(
  given: NoticeMessage,
  incident: Incident,
  known: DestinationRecord,
  abilities: AbilitiesName,
): Plan {
  return decide({ message: given, incident, record: known, abilities: abilitiesOf[abilities], now: 0 });
}

const byAna = { userAction: { by: 'Ana' } };
const root = { root: { channelId: 'C1', ts: '1.1' } };
const at = (incident: Incident, version: number): Incident => ({ ...incident, version });
const flapping: Incident = {
  ...at(resolved, 6),
  flapping: { ...at(resolved, 6).flapping, since: 1, changedAt: 1 },
};

const edit = (reply: string, updateRoot = true) => ({ do: 'edit', reply, updateRoot });

describe('the decision for one destination', () => {
  const post = { do: 'post' };
  const superseded = { do: 'superseded' };
  const notified = { do: 'notified' };

  it.each<[string, NoticeMessage, Incident, DestinationRecord, AbilitiesName, object]>([
    ['a first notice is posted', message('opened', 1), opened, record(), 'edits', post],
    [
      'posts an opened notice of a resolved incident, as resolved',
      message('opened', 1),
      resolved,
      record(),
      'edits',
      post,
    ],
    [
      'drops the resolve after that as no news',
      message('resolved', 2),
      resolved,
      record({ ...root, lastSeq: 2, lastPingSeq: 1, resolvedSeq: 2 }),
      'edits',
      superseded,
    ],
    [
      'edits the root for a quiet notice',
      message('updated', 2),
      at(opened, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('none'),
    ],
    [
      'drops a quiet notice that the root already shows',
      message('updated', 2),
      at(opened, 3),
      record({ ...root, lastSeq: 3 }),
      'edits',
      superseded,
    ],
    ['a quiet one with no root yet posts one', message('updated', 2), at(opened, 2), record(), 'edits', post],
    [
      'replies to a page in the thread and in the channel',
      message('raised', 2),
      at(opened, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('broadcast'),
    ],
    [
      'interrupts for a page even if the root already shows its state',
      message('raised', 2),
      at(opened, 3),
      record({ ...root, lastSeq: 3, lastPingSeq: 1 }),
      'edits',
      edit('broadcast', false),
    ],
    [
      'drops a page after a later page',
      message('raised', 2),
      at(opened, 3),
      record({ ...root, lastSeq: 3, lastPingSeq: 3 }),
      'edits',
      superseded,
    ],
    [
      'does not repeat a page that an earlier attempt sent',
      message('raised', 2),
      at(opened, 2),
      record({ ...root, lastSeq: 2, lastPingSeq: 2 }),
      'edits',
      notified,
    ],
    [
      'does not repeat an opened notice that an earlier attempt sent as resolved',
      message('opened', 1),
      at(resolved, 2),
      record({ ...root, lastSeq: 2, lastPingSeq: 1, resolvedSeq: 2 }),
      'edits',
      notified,
    ],
    [
      'announces flapping even while the incident is resolved',
      message('flapping', 5),
      flapping,
      record({ ...root, lastSeq: 4, lastPingSeq: 3, resolvedSeq: 4 }),
      'edits',
      edit('broadcast'),
    ],
    [
      'posts and mails flapping even while the incident is resolved',
      message('flapping', 5),
      flapping,
      record({ lastSeq: 4, lastPingSeq: 3, resolvedSeq: 4 }),
      'mails',
      post,
    ],
    [
      'drops a flapping notice when the flapping has ended',
      message('flapping', 5),
      at(resolved, 9),
      record({ lastSeq: 4, lastPingSeq: 3, resolvedSeq: 4 }),
      'mails',
      superseded,
    ],
    [
      'drops an unsent tier after a higher tier was sent',
      message('escalated', 4, { tier: 2 }),
      at(opened, 6),
      record({ lastSeq: 6, lastPingSeq: 5, lastTier: 3 }),
      'mails',
      { do: 'superseded', why: 'a higher tier was notified' },
    ],
    [
      'sends the resolve where nothing was sent, because the page may have failed there',
      message('resolved', 2),
      at(resolved, 2),
      record(),
      'mails',
      post,
    ],
    [
      'only edits when the page was replied but the root is stale',
      message('raised', 2),
      at(opened, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 2 }),
      'edits',
      edit('none'),
    ],
    [
      'drops a tier when nothing fires',
      message('escalated', 2, { tier: 2 }),
      resolved,
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      superseded,
    ],
    [
      'drops a reminder when nothing fires, even as the first message',
      message('reminder', 2),
      resolved,
      record(),
      'edits',
      superseded,
    ],
    [
      'drops a raise when nothing fires; the resolve covers it',
      message('raised', 2),
      resolved,
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      superseded,
    ],
    [
      'replies once and edits for a resolve',
      message('resolved', 2),
      at(resolved, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('quiet'),
    ],
    [
      'drops a resolve while the incident fires again',
      message('resolved', 2),
      at(opened, 3),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      superseded,
    ],
    [
      'only edits for a second resolve without a page in between',
      message('resolved', 6),
      at(resolved, 6),
      record({ ...root, lastSeq: 3, lastPingSeq: 1, resolvedSeq: 3, lastShownFiring: false }),
      'edits',
      edit('none'),
    ],
    [
      'replies again for a resolve after an announced reopen',
      message('resolved', 6),
      at(resolved, 6),
      record({ ...root, lastSeq: 5, lastPingSeq: 5, resolvedSeq: 3 }),
      'edits',
      edit('quiet'),
    ],
    [
      'adds a line for a user action after the edit',
      message('acknowledged', 2, byAna),
      at(opened, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('user-action'),
    ],
    [
      'adds a line for a user action even if the root already shows it',
      message('acknowledged', 2, byAna),
      at(opened, 3),
      record({ ...root, lastSeq: 3, lastPingSeq: 1 }),
      'edits',
      edit('user-action', false),
    ],
    [
      'adds no second line for a user action',
      message('acknowledged', 2, byAna),
      at(opened, 2),
      record({ ...root, lastSeq: 2, lastPingSeq: 1, lastUserActionSeq: 2 }),
      'edits',
      superseded,
    ],
    [
      'adds a line for a user action in a maintenance',
      message('acknowledged', 2, { ...byAna, muted: 'muted by maintenance' }),
      at(opened, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('user-action'),
    ],
    [
      'replies to a resolve by hand without an extra line',
      message('resolved', 2, byAna),
      at(resolved, 2),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('quiet'),
    ],
    [
      'adds a line for a resolve by hand if a resolve was sent before',
      message('resolved', 6, byAna),
      at(resolved, 6),
      record({ ...root, lastSeq: 3, lastPingSeq: 1, resolvedSeq: 3, lastShownFiring: false }),
      'edits',
      edit('user-action'),
    ],
    [
      'adds a line for a resolve by hand even if the incident fires again',
      message('resolved', 2, byAna),
      at(opened, 3),
      record({ ...root, lastSeq: 1, lastPingSeq: 1 }),
      'edits',
      edit('user-action', false),
    ],
    [
      'sends no mail for a user action',
      message('acknowledged', 2, byAna),
      at(opened, 2),
      record({ lastSeq: 1, lastPingSeq: 1 }),
      'mails',
      superseded,
    ],
    ['a webhook posts a page', message('opened', 1), opened, record(), 'posts', post],
    [
      'posts no quiet notice through a webhook',
      message('joined', 2, { ping: false }),
      at(opened, 2),
      record({ lastSeq: 1, lastPingSeq: 1 }),
      'posts',
      superseded,
    ],
    [
      'posts a resolve through a webhook',
      message('resolved', 2),
      at(resolved, 2),
      record({ lastSeq: 1, lastPingSeq: 1 }),
      'posts',
      post,
    ],
    [
      'mails a page',
      message('escalated', 2, { tier: 2 }),
      at(opened, 2),
      record({ lastSeq: 1, lastPingSeq: 1 }),
      'mails',
      post,
    ],
    [
      'mails no acknowledgement',
      message('acknowledged', 2),
      at(opened, 2),
      record({ lastSeq: 1, lastPingSeq: 1 }),
      'mails',
      superseded,
    ],
    [
      'mails a page only once',
      message('opened', 1),
      opened,
      record({ lastSeq: 1, lastPingSeq: 1 }),
      'mails',
      notified,
    ],
  ])('%s', (_, given, incident, known, abilities, expected) => {
    expect(decideAt(given, incident, known, abilities)).toMatchObject(expected);
  });
});

describe('the record of a destination', () => {
  it('has the later version when the root showed more than the message', () => {
    const notified = updateRecord(record(), message('opened', 1), at(opened, 4), {
      notified: true,
      rootCurrent: true,
      ref: { channelId: 'C1', ts: '1.1' },
    });

    expect(notified).toMatchObject({ lastSeq: 4, lastPingSeq: 1, resolvedSeq: 0, root: { ts: '1.1' } });
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
  const line = { notified: false, rootCurrent: false, userAction: 'with-others' } as const;

  it('says nothing about what fires, so the resolve is still news', () => {
    const notified = updateRecord(known, message('acknowledged', 2, byAna), at(resolved, 3), line);

    expect(notified).toMatchObject({
      lastUserActionSeq: 2,
      lastShownFiring: true,
      resolvedSeq: 0,
      lastSeq: 1,
    });
    expect(decideAt(message('resolved', 3), at(resolved, 3), notified, 'edits')).toEqual(edit('quiet'));
  });

  it('is not repeated after a reply that showed it', () => {
    const notified = updateRecord(known, message('resolved', 2, byAna), at(resolved, 2), {
      notified: true,
      rootCurrent: true,
    });

    expect(decideAt(message('resolved', 2, byAna), at(resolved, 2), notified, 'edits')).toMatchObject({
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

    const plan = decideAt(message('resolved', 7), at(resolved, 7), output, 'mails');

    expect(plan).toEqual({ do: 'post' });
  });

  it('does not make an earlier resolve news again', () => {
    const output = updateRecord(record({ lastSeq: 3, lastPingSeq: 3 }), message('resolved', 4), flapping, {
      notified: true,
      rootCurrent: true,
    });

    const plan = decideAt(message('resolved', 4), flapping, output, 'mails');

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
