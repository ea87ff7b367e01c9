import { describe, expect, it } from 'vitest';
import { slackRateLimit } from '../../lib/channels/slack/rate-limit.ts';
import type { Finding } from '../../lib/core/diagnosis/findings/finding.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { deliverNotice } from '../../lib/flow/deliver/deliver-notice.ts';
import { acknowledgeIncident, resolveIncident } from '../../lib/flow/incident/change-incident.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { deliverFor } from '../support/harness/deliver-for.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = '#cryptofunk-critical';

/** More than a phone's first screen holds: each finding needs attention and has rows. */
const many: Finding[] = Array.from({ length: 8 }, (_, index) =>
  finding({
    stepId: `check_${index}`,
    title: `check ${index}`,
    sentence: `finding ${index} needs somebody.`,
    evidence: {
      kind: 'table',
      columns: ['agent', 'last error'],
      rows: [
        [`agent-${index}`, 'bifrost: connection reset by peer'],
        [`other-${index}`, 'bifrost: connection reset by peer'],
      ],
      omitted: 0,
    },
  }),
);

async function opened(found: Finding[], system = new FirstResponder()): Promise<FirstResponder> {
  system.found = found;
  await system.receive([webhookAlert({ startsAt: system.now })]);
  await system.drain();
  return system;
}

function rootOf(system: FirstResponder) {
  const [root] = system.slack.roots(CRITICAL);
  if (root === undefined) throw new Error('nothing was posted');
  return root;
}

function threadOf(system: FirstResponder, channel = CRITICAL) {
  return system.slack.roots(channel).flatMap(({ ref }) => system.slack.replies(ref));
}

function editsOf(system: FirstResponder, ts: string): number {
  return system.slack.calls.filter((call) => call.kind === 'update' && call.ref.ts === ts).length;
}

type Words = { note?: string };

function acknowledge(system: FirstResponder, words: Words = {}) {
  return acknowledgeIncident(system.changePorts, { id: idOf(system), by: 'Ana', now: system.now, ...words });
}

function resolve(system: FirstResponder, words: Words = {}) {
  return resolveIncident(system.changePorts, { id: idOf(system), by: 'Ana', now: system.now, ...words });
}

function idOf(system: FirstResponder): string {
  return [...system.world.incidents.items.keys()][0] ?? '';
}

describe('an incident with more details than fit a phone', () => {
  it('has the most urgent in its root and the details in the first reply, which interrupts nobody', async () => {
    const system = await opened(many);

    const root = rootOf(system);
    const [reply, ...others] = system.slack.replies(root.ref);
    expect(JSON.stringify(root.message)).toContain('finding 0 needs somebody.');
    expect(JSON.stringify(root.message)).not.toContain('finding 7 needs somebody.');
    for (const { sentence } of many) expect(JSON.stringify(reply?.message)).toContain(sentence);
    expect(reply?.broadcast).toBe(false);
    expect(JSON.stringify(reply?.message)).not.toMatch(/<!channel>|@oncall/);
    expect(others).toEqual([]);
  });

  it('is shown in full again, with the news, when it escalates', async () => {
    const system = await opened(many);

    await system.minutes(16);

    const [, reminder] = system.slack.replies(rootOf(system).ref);
    expect(reminder?.broadcast).toBe(true);
    expect(JSON.stringify(reminder?.message)).toContain('finding 7 needs somebody.');
  });

  it('counts as notified when the reply is refused, and is not sent again', async () => {
    const system = new FirstResponder();
    system.slack.reply = async () => ({ kind: 'retryable', reason: 'rate_limited', detail: '429' });

    await opened(many, system);
    await system.drain();

    const records = [...system.world.incidents.items.keys()].flatMap((id) =>
      system.world.destinations.deliveriesOf(id),
    );
    expect(records.map(({ outcome }) => outcome)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('pages once when the process dies between its message and the reply', async () => {
    const system = new FirstResponder();
    const { reply } = system.slack;
    system.slack.reply = () => {
      system.slack.reply = reply;
      return Promise.reject(new Error('killed'));
    };

    await expect(opened(many, system)).rejects.toThrow('killed');
    system.world.clock.advance(MINUTE);
    await system.drain();

    expect(system.slack.calls.filter(({ kind }) => kind === 'post')).toHaveLength(2);
  });
});

describe('the details of an incident', () => {
  it('delay no notice of the incident, and no notice delays them', async () => {
    const system = new FirstResponder();
    const down = { kind: 'retryable', reason: 'unavailable', detail: '503' } as const;
    const { reply } = system.slack;
    system.slack.reply = async (ref, message, options) =>
      options.broadcast ? reply(ref, message, options) : down;
    await opened(many, system);

    await system.minutes(16);

    const [reminder, ...others] = threadOf(system);
    expect(reminder?.broadcast).toBe(true);
    expect(others).toEqual([]);
  });

  it("are posted once, however often their message and the page's are received", async () => {
    const system = await opened(many);

    for (const message of system.world.deliveries.sent) {
      if (message.kind !== 'notice') continue;
      await deliverNotice(system.deliverPorts, { message, attempt: 2 });
    }
    await system.drain();

    expect(threadOf(system)).toHaveLength(1);
  });

  it('are posted although the queue did not take their message at once', async () => {
    const system = new FirstResponder();
    system.found = many;
    await system.receive([webhookAlert({ startsAt: system.now })]);
    while (await system.consumeDiagnose());
    system.world.faults.failOn('deliveries.send');

    await system.drain();
    await system.minutes(2);

    expect(system.slack.posted.filter(({ threadTs }) => threadTs !== undefined)).toHaveLength(2);
    expect(system.slack.roots()).toHaveLength(2);
  });

  it('are not posted after the resolve', async () => {
    const system = new FirstResponder();
    system.found = many;
    const startsAt = system.now;
    await system.receive([webhookAlert({ startsAt })]);
    while (await system.consumeDiagnose());
    while (system.slack.roots().length < 2) await system.consumeDeliver();
    await system.receive([webhookAlert({ startsAt, endsAt: system.now + 1, status: 'resolved' })]);

    await system.drain();

    expect(threadOf(system).map(({ message }) => message.text)).toEqual([expect.stringMatching(/^RESOLVED/)]);
  });

  it('are posted when the process died after the page, before they were queued', async () => {
    const system = new FirstResponder();
    system.found = many;
    await system.receive([webhookAlert({ startsAt: system.now })]);
    while (await system.consumeDiagnose());
    system.world.faults.failOn('deliveries.send', { times: 2 });
    await system.drain();
    expect(threadOf(system)).toEqual([]);

    for (const message of system.world.deliveries.sent) {
      if (message.kind !== 'notice') continue;
      await deliverNotice(system.deliverPorts, { message, attempt: 2 });
    }
    await system.drain();

    expect(threadOf(system)).toHaveLength(1);
  });
});

describe('an incident with few details', () => {
  it('has no reply that repeats its root', async () => {
    const system = await opened([finding()]);

    expect(system.slack.replies(rootOf(system).ref)).toEqual([]);
  });
});

describe('a user action', () => {
  it('is one line in the thread of every channel: who, when and the note, interrupting nobody', async () => {
    const system = await opened([finding()]);
    system.world.clock.advance(3 * MINUTE);

    await acknowledge(system, { note: 'on it' });
    await system.drain();

    for (const channel of [CRITICAL, '#cryptofunk-alerts']) {
      const [line, ...others] = threadOf(system, channel);
      expect(line?.message.blocks).toEqual([
        {
          type: 'context',
          elements: [
            expect.objectContaining({
              text: expect.stringMatching(/^Acknowledged by \*Ana\* at <!date\^1795489380\^[^>]*>: on it$/),
            }),
          ],
        },
      ]);
      expect(line?.message.text).toBe('Acknowledged by Ana: on it');
      expect(line?.broadcast).toBe(false);
      expect(others).toEqual([]);
    }
  });

  it('is posted once, however often its message is received', async () => {
    const system = await opened([finding()]);
    await acknowledge(system);
    await system.drain();

    for (const message of system.world.deliveries.sent) {
      if (message.kind !== 'notice') continue;
      await deliverNotice(system.deliverPorts, { message, attempt: 2 });
    }

    expect(threadOf(system)).toHaveLength(1);
  });

  it('is posted although the root already shows it; the root is edited once for all actions', async () => {
    const system = await opened([finding()]);
    await system.receive([
      webhookAlert({ startsAt: system.now }),
      webhookAlert({ startsAt: system.now, labels: { pod: 'p2' } }),
    ]);
    await acknowledge(system);

    await system.drain();

    expect(threadOf(system).map(({ message }) => message.text)).toEqual(['Acknowledged by Ana.']);
    expect(rootOf(system).history).toHaveLength(2);
  });

  it('is retried when Slack refuses the line, without another edit', async () => {
    const system = await opened([finding()]);
    await acknowledge(system);
    const limited = { kind: 'retryable', reason: 'rate_limited', detail: '429' } as const;
    system.slack.script({ kind: 'delivered', ref: rootOf(system).ref }, limited);

    await system.drain();
    system.world.clock.advance(MINUTE);
    await system.drain();

    for (const { ref } of system.slack.roots()) {
      expect(system.slack.replies(ref)).toHaveLength(1);
      expect(editsOf(system, ref.ts)).toBe(1);
    }
  });

  it('is posted after a resolve, and does not hold the resolved notice up', async () => {
    const system = await opened([finding()]);
    const startsAt = system.now;
    await acknowledge(system);
    system.world.clock.advance(MINUTE);
    await system.receive([webhookAlert({ startsAt, endsAt: system.now, status: 'resolved' })]);

    await system.drain();

    const words = threadOf(system).map(({ message }) => message.text);
    expect(words).toEqual(['Acknowledged by Ana.', expect.stringMatching(/^RESOLVED/)]);
  });

  it('that resolves the incident is shown with its note in the one resolved reply', async () => {
    const system = await opened([finding()]);

    await resolve(system, { note: 'restarted the api' });
    await system.drain();

    const [reply, ...others] = threadOf(system);
    expect(JSON.stringify(reply?.message.blocks)).toContain('Resolved by hand by Ana: restarted the api');
    expect(reply?.broadcast).toBe(false);
    expect(others).toEqual([]);
  });

  it('waits for its slot in the channel like every message', async () => {
    const system = new FirstResponder({ slackRateLimit });
    await system.receive([webhookAlert({ startsAt: system.now })]);
    while (await system.consumeDiagnose());
    await deliverFor(system, MINUTE);
    await acknowledge(system);
    while (await system.consumeDiagnose());

    await deliverFor(system, MINUTE);

    const times = system.slack.calls.filter(({ channelId }) => channelId === rootOf(system).ref.channelId);
    const apart = times.slice(1).map(({ at }, index) => at - (times[index]?.at ?? 0));
    expect(threadOf(system)).toHaveLength(1);
    expect(Math.min(...apart)).toBeGreaterThanOrEqual(SECOND);
  });
});

describe('an incoming webhook', () => {
  it('posts one message with everything', async () => {
    const system = await opened(many, new FirstResponder({ canEdit: false }));

    expect(system.slack.calls.map(({ kind }) => kind)).toEqual(['post']);
    expect(JSON.stringify(system.slack.posted[0]?.message)).toContain('finding 7 needs somebody.');
  });
});
