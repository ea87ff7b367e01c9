import { describe, expect, it } from 'vitest';
import { slackRateLimit } from '../../lib/channels/slack/rate-limit.ts';
import { EARLY } from '../../lib/core/delivery/rate-limit.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { deliverFor } from '../support/harness/deliver-for.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

/** More than a message has room for: the rest goes into the thread. */
const many = Array.from({ length: 8 }, (_, each) =>
  finding({
    stepId: `check_${each}`,
    title: `check ${each}`,
    sentence: `finding ${each} needs somebody.`,
    evidence: {
      kind: 'table',
      columns: ['agent', 'last error'],
      rows: [[`agent-${each}`, 'connection reset by peer']],
      omitted: 0,
    },
  }),
);

const CHANNELS = ['#cryptofunk-critical', '#cryptofunk-alerts'];

function nameOf(incident: number): string {
  return `Order${String(incident).padStart(3, '0')}`;
}

function alertOf(system: FirstResponder, incident: number, severity: string) {
  return webhookAlert({
    startsAt: system.now,
    labels: { alertname: nameOf(incident), severity, instance: 'a' },
  });
}

/** `count` incidents arrive one after the other, evenly spaced, while the queues are processed. */
async function arrive(system: FirstResponder, severities: string[], apart: number, length: number) {
  const start = system.now;
  system.found = many;
  refuseTooMany(system);
  const arrivals = severities.map((severity, each) => ({
    at: start + each * apart,
    act: async () => {
      await system.receive([alertOf(system, each, severity)]);
      while (await system.consumeDiagnose());
    },
  }));
  await deliverFor(system, length, arrivals);
}

/** Slack that refuses the second message within a second in one channel. */
function refuseTooMany(system: FirstResponder): void {
  const { post, reply } = system.slack;
  const lastAt = new Map<string, number>();
  const refused = (channelId: string): boolean => {
    const before = lastAt.get(channelId) ?? Number.NEGATIVE_INFINITY;
    lastAt.set(channelId, system.now);
    return system.now - before < SECOND;
  };
  const tooMany = {
    kind: 'retryable',
    reason: 'rate_limited',
    detail: 'Slack: 429',
    retryAfterMs: SECOND,
  } as const;
  system.slack.post = async (to, message) => (refused(`C${to.slice(1)}`) ? tooMany : post(to, message));
  system.slack.reply = async (ref, message, options) =>
    refused(ref.channelId) ? tooMany : reply(ref, message, options);
}

/** When each incident's first own message was posted in the channel. */
function firstPages(system: FirstResponder, to: string, names: string[]): number[] {
  const posts = system.slack.calls.filter((call) => call.kind === 'post' && call.to === to);
  return names.map((name) => {
    const first = posts.find(({ message }) => message.text.includes(name));
    if (first === undefined) throw new Error(`${name} has no message in ${to}`);
    return first.at;
  });
}

describe('many critical incidents at once', () => {
  it('get the twelfth first page within 15 s when twelve open within two seconds', async () => {
    const system = new FirstResponder({ slackRateLimit });
    const start = system.now;

    await arrive(system, Array<string>(12).fill('critical'), 180, 3 * MINUTE);

    const names = Array.from({ length: 12 }, (_, each) => nameOf(each));
    for (const to of CHANNELS) {
      const pages = firstPages(system, to, names);
      expect(Math.max(...pages) - start, to).toBeLessThanOrEqual(15 * SECOND);
    }
  });

  it('each get their first page in N x 1.15 s + 5 s in a storm of 300 incidents', async () => {
    const system = new FirstResponder({ slackRateLimit });
    const start = system.now;
    const severities = Array.from({ length: 300 }, (_, each) => (each % 10 === 0 ? 'critical' : 'warning'));

    await arrive(system, severities, 0, 5 * MINUTE);

    const names = severities.flatMap((severity, each) => (severity === 'critical' ? [nameOf(each)] : []));
    for (const to of CHANNELS) {
      const pages = firstPages(system, to, names);
      expect(Math.max(...pages) - start, to).toBeLessThanOrEqual(names.length * 1_150 + 5 * SECOND);
    }
  });

  it('wait for their slots on the queue, not in a sleeping function', async () => {
    const system = new FirstResponder({ slackRateLimit });
    const { clock } = system.world;
    const pauses: number[] = [];
    const { pause } = clock;
    clock.pause = (ms) => {
      pauses.push(ms);
      return pause(ms);
    };

    await arrive(system, Array<string>(12).fill('critical'), 0, 3 * MINUTE);

    expect(pauses.length).toBeGreaterThan(0);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(SECOND + EARLY);
  });

  it('leave no uncertain send while they wait for their slots', async () => {
    const system = new FirstResponder({ slackRateLimit });

    await arrive(system, Array<string>(4).fill('critical'), 0, 500);

    const records = await Promise.all(
      [...system.world.incidents.items.keys()].map((id) =>
        system.world.destinations.read(id, `slack:${CHANNELS[0]}`),
      ),
    );
    const waiting = records.filter(({ root }) => root === undefined);
    expect(waiting).toHaveLength(3);
    for (const record of waiting) {
      expect(record).toMatchObject({ claimUntil: 0, slots: [{ bucket: `slack:${CHANNELS[0]}` }] });
      expect([record.intent, record.uncertainSends]).toEqual([undefined, undefined]);
    }
  });

  it('keep their slots when the queue returns each message a little late', async () => {
    const system = new FirstResponder({ slackRateLimit });
    const start = system.now;
    const { awayUntil } = system;
    const set = awayUntil.set.bind(awayUntil);
    awayUntil.set = (group, at) => set(group, at + 240);

    await arrive(system, Array<string>(12).fill('critical'), 180, 3 * MINUTE);

    const names = Array.from({ length: 12 }, (_, each) => nameOf(each));
    for (const to of CHANNELS) {
      const pages = firstPages(system, to, names);
      expect(Math.max(...pages) - start, to).toBeLessThanOrEqual(15 * SECOND);
      expect(pages, to).toEqual(pages.toSorted((one, other) => one - other));
    }
  });

  it('pause for as long as Slack asks, even those with a booked slot', async () => {
    const system = new FirstResponder({ slackRateLimit });
    const start = system.now;
    const { post } = system.slack;
    let calls = 0;
    const asked: number[] = [];
    system.slack.post = async (to, message) => {
      if (to !== CHANNELS[0]) return post(to, message);
      asked.push(system.now - start);
      calls += 1;
      if (calls !== 3) return post(to, message);
      return { kind: 'retryable', reason: 'rate_limited', detail: 'Slack: 429', retryAfterMs: 10 * SECOND };
    };

    await arrive(system, Array<string>(8).fill('critical'), 0, 3 * MINUTE);

    const refusedAt = asked[2] ?? 0;
    expect(asked.filter((at) => at > refusedAt && at < refusedAt + 10 * SECOND)).toEqual([]);
    expect(asked).toHaveLength(9);
    expect(Math.max(...asked)).toBeLessThanOrEqual(refusedAt + 10 * SECOND + 9 * 1_150);
  });
});

describe('the first page of an incident', () => {
  it.each(['critical', 'warning'])('costs at most 8 calls of the table in 5 rounds: %s', async (severity) => {
    const system = new FirstResponder({ slackRateLimit });
    system.found = many;
    await system.receive([alertOf(system, 0, severity)]);
    while (await system.consumeDiagnose());
    const { faults } = system.world;
    faults.reset();

    await system.consumeDeliver();

    const { 'deliveries.send': details, ...calls } = faults.calls;
    expect(system.slack.roots()).toHaveLength(1);
    expect(details).toBe(1);
    expect(calls).toEqual({
      'destinations.claim': 1,
      'incidents.get': 1,
      'history.details': 1,
      'history.diagnosis': 1,
      'storms.enter': 1,
      'paces.take': 1,
      'destinations.save': 1,
      'destinations.saveDelivery': 1,
    });
    expect(faults.rounds).toBeLessThanOrEqual(5);
  });
});

describe('a mail in a storm', () => {
  it('waits at most a minute for its digest, in few mails', async () => {
    const system = new FirstResponder({ slackRateLimit });

    await arrive(system, Array<string>(200).fill('warning'), 2 * SECOND, 10 * MINUTE);

    const waits = [...system.world.incidents.items.values()].flatMap(({ id, openedAt }) =>
      system.world.destinations
        .deliveriesOf(id)
        .filter(({ destination, outcome }) => destination === 'email' && outcome === 'digest')
        .map(({ at }) => at - openedAt),
    );
    expect(waits.length).toBeGreaterThan(150);
    expect(Math.max(...waits)).toBeLessThanOrEqual(MINUTE);
    expect(system.mail.sent.filter(({ subject }) => subject.startsWith('[STORM')).length).toBeLessThan(20);
  });
});

describe('after an outage', () => {
  /** A critical incident of which nothing was delivered for this long. */
  async function outage(minutes: number, system = new FirstResponder()): Promise<FirstResponder> {
    await system.receive([alertOf(system, 0, 'critical')]);
    system.alertmanager = [...system.world.incidents.items.values()].flatMap(({ alerts }) =>
      alerts.map((alert) => alert.fingerprint),
    );
    for (let minute = 0; minute < minutes; minute += 1) {
      while (await system.consumeDiagnose());
      system.world.clock.advance(MINUTE);
      await system.tick();
    }
    while (await system.consumeDiagnose());
    return system;
  }

  const callsIn = (system: FirstResponder, to: string) =>
    system.slack.calls.filter(({ channelId }) => channelId === `C${to.slice(1)}`);

  it('one message in each channel says what happened meanwhile and calls everybody', async () => {
    const system = await outage(35);

    await deliverFor(system, MINUTE);

    for (const to of CHANNELS) {
      const calls = callsIn(system, to);
      expect(
        calls.map(({ kind }) => kind),
        to,
      ).toEqual(['post']);
      const words = JSON.stringify(calls[0]?.message.blocks);
      expect(words).toContain(
        'Opened by 1 alert. Told 35 min late; meanwhile nobody has acknowledged it, and it was escalated to L2.',
      );
    }
    const critical = JSON.stringify(system.slack.roots(CHANNELS[0])[0]?.message);
    for (const mention of ['<!channel>', '@oncall', '@senior-eng']) expect(critical).toContain(mention);
    expect(critical).not.toContain('@eng-lead');
    expect(system.mail.sent.map(({ subject, to }) => [subject, to.includes('senior@example.com')])).toEqual([
      [expect.stringContaining('[escalated to L2]'), true],
    ]);
    const [id = ''] = system.world.incidents.items.keys();
    const outcomes = system.world.destinations
      .deliveriesOf(id)
      .map(({ reason, outcome }) => `${reason} ${outcome}`);
    expect(new Set(outcomes)).toEqual(
      new Set(['opened delivered', 'reminder superseded', 'escalated superseded']),
    );
  });

  it('one message in each channel also says who acknowledged meanwhile', async () => {
    const system = await outage(35);
    const [id = ''] = system.world.incidents.items.keys();
    await system.acknowledge(id);
    while (await system.consumeDiagnose());

    await deliverFor(system, MINUTE);

    for (const to of CHANNELS) {
      const calls = callsIn(system, to);
      expect(
        calls.map(({ kind }) => kind),
        to,
      ).toEqual(['post']);
      expect(JSON.stringify(calls[0]?.message.blocks)).toContain('Acknowledged by Ana');
    }
  });

  it('a tier that is reached later is called as usual', async () => {
    const system = await outage(35);
    await deliverFor(system, MINUTE);

    for (let minute = 0; minute < 30; minute += 1) {
      await deliverFor(system, MINUTE);
      await system.tick();
      while (await system.consumeDiagnose());
    }
    await deliverFor(system, MINUTE);

    const [root] = system.slack.roots(CHANNELS[0]);
    const replies = root ? system.slack.replies(root.ref) : [];
    expect(replies.map(({ message }) => message.text)).toEqual([expect.stringContaining('escalated to L3')]);
    expect(JSON.stringify(replies[0]?.message)).toContain('@eng-lead');
  });

  it('a reply says what happened since the last delivered message', async () => {
    const system = new FirstResponder();
    await system.receive([alertOf(system, 0, 'critical')]);
    while (await system.consumeDiagnose());
    await deliverFor(system, MINUTE);
    await outage(65, system);

    await deliverFor(system, MINUTE);

    const [root] = system.slack.roots(CHANNELS[0]);
    const replies = root ? system.slack.replies(root.ref) : [];
    expect(replies).toHaveLength(1);
    expect(JSON.stringify(replies[0]?.message.blocks)).toContain('it was escalated to L3.');
    for (const mention of ['@oncall', '@senior-eng', '@eng-lead', '@pm'])
      expect(JSON.stringify(replies[0]?.message)).toContain(mention);
  });

  it('people not called by the late message are called by their own', async () => {
    const system = await outage(35);
    for (const waiting of system.world.deliveries.waiting) {
      const { body } = waiting;
      if (body.kind !== 'notice' || body.effect.reason !== 'escalated') continue;
      if (body.target.to === CHANNELS[0]) body.target.mentions?.push('@somebody-else');
    }

    await deliverFor(system, MINUTE);

    const [root] = system.slack.roots(CHANNELS[0]);
    const replies = root ? system.slack.replies(root.ref) : [];
    expect(replies).toHaveLength(1);
    expect(JSON.stringify(replies[0]?.message)).toContain('@somebody-else');
  });
});
