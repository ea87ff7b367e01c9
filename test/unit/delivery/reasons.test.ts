import { describe, expect, it } from 'vitest';
import {
  type Abilities,
  decide,
  decideFailover,
  findDetailsSuperseded,
  type Plan,
  sendsMessage,
  showsFiring,
} from '../../../lib/core/delivery/decide.ts';
import { createDestinationRecord, type DestinationRecord } from '../../../lib/core/delivery/delivery.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { abilitiesOf } from '../../support/factories/configured-channels.ts';
import { deliverMessage, type MessageChange } from '../../support/factories/deliver-message.ts';
import { Scenario, T0 } from '../../support/harness/incident-scenario.ts';

const at = (incident: Incident, version: number): Incident => ({ ...incident, version });
const firing = at(new Scenario().fires(0, 'a').incident as Incident, 5);
const over = at(new Scenario().fires(0, 'a').ends(5, 'a').incident as Incident, 5);
const acknowledged = at(new Scenario().fires(0, 'a').acknowledge(3).incident as Incident, 5);
const flapping = { ...over, flapping: { ...over.flapping, since: T0, changedAt: T0 } };
const root = { channelId: 'C1', ts: '1' };

function record(change: Partial<DestinationRecord> = {}): DestinationRecord {
  return { ...createDestinationRecord('slack:#alerts'), ...change };
}

type Case = {
  message?: MessageChange;
  incident?: Incident;
  known?: Partial<DestinationRecord>;
  abilities?: Abilities;
  now?: number;
};

function situation({ message, incident = firing, known, abilities = abilitiesOf.edits, now = T0 }: Case) {
  return {
    message: deliverMessage('k', { seq: 3, at: T0, ...message }),
    incident,
    record: record(known),
    abilities,
    now,
  };
}

const superseded = (why: string): Plan => ({ do: 'superseded', why });
const edit = (reply: 'none' | 'user-action' | 'quiet' | 'broadcast', updateRoot = true): Plan => ({
  do: 'edit',
  reply,
  updateRoot,
});
const end = { reason: 'resolved', ping: false } as const;
const quiet = { reason: 'updated', ping: false } as const;
const caughtUp = { from: 2, seq: 4, called: [] };

describe('why a notice is not sent', () => {
  it.each<[string, Case]>([
    ['it fires again', { message: end }],
    ['it flaps, which has a notice of its own', { message: end, incident: flapping }],
    ['its end was sent already', { message: end, incident: over, known: { resolvedSeq: 3 } }],
    [
      'its end was sent already',
      { message: end, incident: over, known: { root, resolvedSeq: 3, lastSeq: 5 } },
    ],
    ['nothing fires any more', { message: { reason: 'escalated' }, incident: over }],
    ['nothing fires any more', { message: { reason: 'reminder' }, incident: over }],
    ['it resolved before this could be sent', { incident: over, known: { lastSeq: 1 } }],
    [
      'it was acknowledged before this could be sent',
      { message: { reason: 'reminder' }, incident: acknowledged },
    ],
    ['a page before it came late and said it', { known: { lastPingSeq: 9, caughtUp } }],
    ['a page before it came late and said it', { message: { seq: 4 }, known: { lastPingSeq: 9, caughtUp } }],
    ['a later notice said it', { message: { seq: 5 }, known: { lastPingSeq: 9, lastTier: 1, caughtUp } }],
    ['a higher tier was notified', { known: { lastPingSeq: 9, lastTier: 2 } }],
    ['a later notice said it', { known: { lastPingSeq: 9, lastTier: 1 } }],
    ['what stands there already shows it', { message: quiet, known: { lastSeq: 3 } }],
    ['a maintenance', { message: { muted: 'a maintenance' } }],
    ['a maintenance', { message: { muted: 'a maintenance' }, known: { root, lastSeq: 5 } }],
    ['a maintenance', { message: { muted: 'a maintenance' }, incident: over }],
    ['a maintenance', { message: { muted: 'a maintenance' }, known: { lastShownFiring: true } }],
  ])('%s', (why, given) => {
    expect(decide(situation(given))).toEqual(superseded(why));
  });

  it('is said by a channel that shows no quiet changes', () => {
    const { abilities } = { abilities: { ...abilitiesOf.posts, skipsQuiet: 'no quiet changes here' } };

    expect(decide(situation({ message: quiet, abilities }))).toEqual(superseded('no quiet changes here'));
  });
});

describe('what is sent', () => {
  it.each<[string, Case, Plan]>([
    ['a page of its own version is known', { known: { lastPingSeq: 3 } }, { do: 'notified' }],
    [
      'a late page is known',
      { message: { seq: 2 }, known: { lastPingSeq: 9, caughtUp } },
      { do: 'notified' },
    ],
    [
      'a reminder decided after the acknowledgement is one',
      { message: { reason: 'reminder', at: T0 + 3 * MINUTE }, incident: acknowledged },
      { do: 'post' },
    ],
    [
      'flapping that is over is no reason to interrupt anybody',
      { message: { reason: 'flapping' }, incident: over, known: { root, lastSeq: 1 } },
      superseded('it resolved before this could be sent'),
    ],
    [
      'the page that a digest was planned for goes there',
      { known: { digest: { startedAt: 7, seq: 3 } } },
      { do: 'digest', startedAt: 7 },
    ],
    [
      'later news than a digest has its own message',
      { known: { digest: { startedAt: 7, seq: 2 } } },
      { do: 'post' },
    ],
    [
      'the end goes into the digest that shows it',
      { message: end, incident: over, known: { digest: { startedAt: 7, seq: 3 }, lastShownFiring: true } },
      { do: 'digest', startedAt: 7 },
    ],
    [
      'quiet changes go into the digest that shows it',
      { message: quiet, known: { digest: { startedAt: 7, seq: 2 } } },
      { do: 'digest', startedAt: 7 },
    ],
    [
      'quiet changes edit a message where there is one',
      { message: quiet, known: { root, digest: { startedAt: 7, seq: 2 } } },
      edit('none'),
    ],
    [
      'muted news edits what stands there',
      { message: { muted: 'm' }, known: { root, lastSeq: 4 } },
      edit('none'),
    ],
    [
      'the end is told in a maintenance where it was shown firing',
      { message: { muted: 'm' }, incident: over, known: { root, lastSeq: 4, lastShownFiring: true } },
      edit('quiet'),
    ],
    [
      'the end is told where a send with unknown outcome may have shown it firing',
      {
        message: { ...end, muted: 'm' },
        incident: over,
        known: { uncertainSends: { firing: true, count: 1, lastAt: T0 } },
      },
      { do: 'post' },
    ],
    [
      'an incident that is newer than its root is shown in it',
      { known: { root, lastSeq: 4, lastPingSeq: 3 } },
      edit('none'),
    ],
    [
      'a person’s action that comes with a page has no second line',
      { message: { userAction: { by: 'Ana' } }, known: { root, lastSeq: 1 } },
      edit('broadcast'),
    ],
  ])('%s', (_case, given, plan) => {
    expect(decide(situation(given))).toEqual(plan);
  });

  it('is a late quiet message, where the channel skips quiet ones and so may drop the one behind it', () => {
    const incident = {
      ...firing,
      paging: { ...firing.paging, lastNews: { seq: 5, reason: 'joined' as const, at: T0 } },
    };
    const given = { message: quiet, incident, now: T0 + 2 * MINUTE };

    expect(decide(situation(given))).toEqual(superseded('a page after it says it'));
    expect(
      decide(situation({ ...given, abilities: { ...abilitiesOf.posts, skipsQuiet: 'skipped' } })),
    ).toEqual(superseded('skipped'));
    expect(decide(situation({ ...given, abilities: withoutSkip(abilitiesOf.posts) }))).toEqual(
      superseded('a page after it says it'),
    );
  });
});

function withoutSkip({ skipsQuiet: _, ...abilities }: Abilities): Abilities {
  return abilities;
}

describe('a notice that another place did not accept', () => {
  const news = { destination: 'email', reason: 'unavailable' };
  const failover = { destination: 'email', why: 'it does not answer' };
  const carried = (given: Case, failing: Partial<DestinationRecord> = {}, withNews = false) =>
    decideFailover(
      situation({
        ...given,
        message: { failover: withNews ? { ...failover, news } : failover, ...given.message },
      }),
      record(failing),
    );

  it('is posted, or answers the message that stands there', () => {
    expect(carried({})).toEqual({ do: 'post' });
    expect(carried({ known: { root, lastSeq: 4 } })).toEqual(edit('broadcast'));
    expect(carried({ known: { root, lastSeq: 5 } })).toEqual(edit('broadcast', false));
  });

  it.each<[string, Case, Partial<DestinationRecord>?]>([
    ['nothing fires any more', { incident: over }],
    ['it was accepted after all', {}, { lastPingSeq: 3 }],
    ['this place has it already', { known: { lastPingSeq: 3 } }],
    ['a page before it came late and said it', { known: { lastPingSeq: 1, caughtUp } }],
    [
      'it was acknowledged before this could be sent',
      { message: { reason: 'reminder' }, incident: acknowledged },
    ],
  ])('is not, when %s', (why, given, failing) => {
    expect(carried(given, failing)).toEqual(superseded(why));
  });

  it('is sent once', () => {
    expect(carried({ known: { failedOverKeys: ['j', 'k'] } })).toEqual({ do: 'notified' });
    expect(carried({ known: { failedOverKeys: ['j'] } })).toEqual({ do: 'post' });
  });

  it('reports a failure that is news, even where the page itself is known', () => {
    expect(carried({ known: { lastPingSeq: 3 } }, {}, true)).toEqual({ do: 'post' });
    expect(carried({}, { lastPingSeq: 3, failure: 'down' }, true)).toEqual({ do: 'post' });
    expect(carried({}, { lastPingSeq: 3, failure: 'down' })).toEqual(superseded('it was accepted after all'));
    expect(carried({}, { lastPingSeq: 3 }, true), 'mended').toEqual(superseded('it was accepted after all'));
  });
});

describe('details under a message', () => {
  it('are posted once, under the message that stands there, while it fires', () => {
    expect(findDetailsSuperseded(over, record({ root }))).toBe('nothing fires any more');
    expect(findDetailsSuperseded(firing, record())).toBe('there is no message to put them under');
    expect(findDetailsSuperseded(firing, record({ root, detailsOf: root }))).toBe('they stand there already');
    expect(findDetailsSuperseded(firing, record({ root }))).toBeUndefined();
  });
});

describe('whether people read at a place that it fires', () => {
  it.each<[Partial<DestinationRecord>, boolean]>([
    [{}, false],
    [{ lastShownFiring: true }, true],
    [{ lastShownFiring: false }, false],
    [{ root, lastSeq: 4 }, true],
    [{ root, lastSeq: 5 }, false],
    [{ digest: { startedAt: 7, seq: 3 }, lastSeq: 4 }, true],
    [{ uncertainSends: { firing: true, count: 1, lastAt: T0 } }, true],
    [{ uncertainSends: { firing: false, count: 1, lastAt: T0 } }, false],
  ])('%j: %s', (known, shows) => {
    expect(showsFiring(record(known), firing)).toBe(shows);
  });
});

describe('whether a plan sends a message', () => {
  it('is so unless it only edits one', () => {
    expect(sendsMessage({ do: 'post' })).toBe(true);
    expect(sendsMessage({ do: 'digest', startedAt: 7 })).toBe(true);
    expect(sendsMessage({ do: 'edit', reply: 'quiet', updateRoot: true })).toBe(true);
    expect(sendsMessage({ do: 'edit', reply: 'none', updateRoot: true })).toBe(false);
  });
});
