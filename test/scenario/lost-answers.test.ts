import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../lib/core/delivery/delivery.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { deliverFor } from '../support/harness/deliver-for.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = '#cryptofunk-critical';
const lost: SendOutcome = {
  kind: 'retryable',
  reason: 'timeout',
  detail: 'Slack did not answer in time',
  mayHaveArrived: true,
};

/** A critical incident whose first page is on the deliver queue. */
async function ready(options: { canEdit?: boolean } = {}): Promise<FirstResponder> {
  const system = new FirstResponder(options);
  await system.receive([alert(system.now)]);
  while (await system.consumeDiagnose());
  return system;
}

function alert(startsAt: number, endsAt?: number) {
  const resolved = endsAt === undefined ? {} : { status: 'resolved' as const, endsAt };
  return webhookAlert({ fingerprint: 'aaaaaaaaaaaaaaaa', startsAt, ...resolved });
}

/** From now on Slack accepts messages, and every answer is lost. */
function loseSlacksAnswers(system: FirstResponder): void {
  const { post, reply } = system.slack;
  system.slack.post = async (...args) => {
    await post(...args);
    return lost;
  };
  system.slack.reply = async (...args) => {
    await reply(...args);
    return lost;
  };
}

function mentioning(system: FirstResponder): number {
  return system.slack.roots(CRITICAL).filter(({ message }) => JSON.stringify(message).includes('<!channel>'))
    .length;
}

describe('a page whose claim gets no answer', () => {
  it('is still sent within a second, once', async () => {
    const system = await ready();
    const start = system.now;
    system.world.faults.failOn('destinations.claim', { moment: 'after' });

    await system.drain();

    expect(system.slack.roots(CRITICAL)).toHaveLength(1);
    expect(system.slack.calls.find(({ channelId }) => channelId === 'Ccryptofunk-critical')?.at).toBeLessThan(
      start + SECOND,
    );
  });
});

describe('a page whose record cannot be stored', () => {
  it.each(['before', 'after'] as const)(
    'is one root when storing fails for some seconds, %s it takes effect',
    async (moment) => {
      const system = await ready();
      system.world.faults.failOn('destinations.save', { moment, times: 5 });

      await system.drain();
      await system.minutes(5);

      expect(system.slack.roots(CRITICAL)).toHaveLength(1);
      expect(system.mail.sent).toHaveLength(1);
    },
  );

  it('is repeated at most four times in 30 min if its record can never be stored', async () => {
    const system = await ready();
    system.world.faults.failOn('destinations.save', { times: 1_000_000 });

    const end = system.now + 30 * MINUTE;
    while (system.now < end) {
      const groups = system.world.deliveries.waiting.map(({ group }) => group);
      for (const index of groups.keys()) {
        await system.consumeDeliver(new Set(groups.slice(0, index))).catch(() => undefined);
      }
      system.world.clock.advance(5 * SECOND);
    }

    expect(mentioning(system)).toBeLessThanOrEqual(4);
    expect(mentioning(system)).toBeGreaterThan(0);
  });
});

describe('a page whose answers from Slack are lost', () => {
  it('is posted at most four times in 30 min, each with its mention', async () => {
    const system = await ready();
    loseSlacksAnswers(system);

    await deliverFor(system, 30 * MINUTE);

    expect(mentioning(system)).toBe(4);
    expect(system.slack.roots('#cryptofunk-alerts').length).toBeLessThanOrEqual(4);
  });

  it('waits at least half a minute before it may be posted twice', async () => {
    const system = await ready();
    loseSlacksAnswers(system);

    await deliverFor(system, 29 * SECOND);

    expect(mentioning(system)).toBe(1);
  });

  it('is followed by the resolve, although no post was confirmed', async () => {
    const system = await ready({ canEdit: false });
    const start = system.now;
    await system.drain();
    system.world.clock.advance(MINUTE);
    await system.receive([alert(start, system.now)]);
    await system.drain();
    const before = system.slack.posted.length;
    system.world.clock.advance(MINUTE);
    const again = system.now;
    await system.receive([alert(again)]);
    while (await system.consumeDiagnose());
    const { post } = system.slack;
    loseSlacksAnswers(system);
    await system.drain();
    system.slack.post = post;

    system.world.clock.advance(MINUTE);
    await system.receive([alert(again, system.now)]);
    await system.minutes(15);

    const words = system.slack.posted.slice(before).map(({ message }) => message.text);
    expect(words.at(-1)).toMatch(/RESOLVED/);
  });
});

describe('a process that dies between a send and its record', () => {
  it.each([
    ['a bot', true, 2],
    ['an incoming webhook', false, 1],
  ])('is followed by the resolve of what it sent, by %s and by mail', async (_, canEdit, places) => {
    const system = await ready({ canEdit });
    const start = system.now;
    await system.drain();
    await system.minutes(5);
    await system.receive([alert(start, system.now)]);
    await system.drain();
    await system.minutes(2);
    const again = system.now;
    await system.receive([alert(again)]);
    while (await system.consumeDiagnose());
    const notified = { slack: system.slack.posted.length, mails: system.mail.sent.length };
    await dieAfterEachSend(system);

    system.world.clock.advance(MINUTE);
    await system.receive([alert(again, system.now)]);
    await system.drain();
    await system.minutes(30);

    const onSlack = system.slack.posted.slice(notified.slack).map(({ message }) => message.text);
    const byMail = system.mail.sent.slice(notified.mails).map(({ subject }) => subject);
    expect(onSlack.filter((text) => text.includes('RESOLVED'))).toHaveLength(places);
    expect(byMail).toEqual([
      expect.stringContaining('[fires again]'),
      expect.stringMatching(/^\[RESOLVED\]/),
    ]);
    expect([...system.world.incidents.items.values()].map(({ status }) => status)).toEqual(['resolved']);
  });
});

/** Every queued delivery dies right after its channel has accepted it. */
async function dieAfterEachSend(system: FirstResponder): Promise<void> {
  const groups = system.world.deliveries.waiting.map(({ group }) => group);
  for (const index of groups.keys()) {
    const { slack, mail, world } = system;
    const originals = { post: slack.post, reply: slack.reply, send: mail.send };
    const dying =
      <A extends unknown[]>(send: (...args: A) => Promise<SendOutcome>) =>
      async (...args: A) => {
        await send(...args);
        world.faults.failAt(1, 'before');
        return lost;
      };
    slack.post = dying(originals.post);
    slack.reply = dying(originals.reply);
    mail.send = dying(originals.send);
    await expect(system.consumeDeliver(new Set(groups.slice(0, index)))).rejects.toThrow('crash');
    Object.assign(slack, { post: originals.post, reply: originals.reply });
    Object.assign(mail, { send: originals.send });
    world.faults.restart();
  }
}
