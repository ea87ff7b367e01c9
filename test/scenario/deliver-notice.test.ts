import { describe, expect, it } from 'vitest';
import type { NoticeMessage } from '../../lib/core/delivery/deliver-message-schema.ts';
import type { SendOutcome } from '../../lib/core/delivery/delivery.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { deliverMessage } from '../../lib/flow/deliver/deliver-message.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = 'slack:#cryptofunk-critical';
const unavailable: SendOutcome = { kind: 'retryable', reason: 'unavailable', detail: '503' };
const rejected: SendOutcome = { kind: 'permanent', reason: 'rejected', detail: 'invalid_blocks' };
const cannotEdit: SendOutcome = { kind: 'permanent', reason: 'not_found', detail: 'edit_window_closed' };

/** A critical incident whose first notice is on the deliver queue, one message for each target. */
async function ready(): Promise<FirstResponder> {
  const system = new FirstResponder();
  await system.receive([webhookAlert({ startsAt: system.now })]);
  while (await system.consumeDiagnose());
  return system;
}

/** Like `ready`, with everything delivered; fifteen minutes later the reminder for on-call is queued. */
async function reminding(): Promise<FirstResponder> {
  const system = await ready();
  await system.drain();
  await system.minutes(14);
  system.world.clock.advance(MINUTE);
  await system.tick();
  while (await system.consumeDiagnose());
  return system;
}

function waitingFor(system: FirstResponder, destination: string): NoticeMessage {
  const found = system.world.deliveries.waiting.find(
    (entry) => entry.body.target.destination === destination,
  );
  if (found?.body.kind !== 'notice') throw new Error(`nothing waits for ${destination}`);
  return found.body;
}

function mentions(message: unknown): boolean {
  return JSON.stringify(message).includes('<!channel>');
}

describe('a destination that another run is sending to', () => {
  it('is retried after five seconds, and notified after that claim has expired', async () => {
    const system = await ready();
    const message = waitingFor(system, CRITICAL);
    const until = system.now + 25 * SECOND;
    const claim = { owner: 'another run', now: system.now, until };
    await system.world.destinations.claim(message.incidentId, CRITICAL, claim);

    const during = await deliverMessage(system.deliverPorts, { message, attempt: 1 });
    system.world.clock.set(until);
    const after = await deliverMessage(system.deliverPorts, { message, attempt: 2 });

    expect(during).toMatchObject({ kind: 'retry', afterSeconds: 5 });
    expect(after).toMatchObject({ kind: 'done', record: { outcome: 'delivered', attempts: 2 } });
    expect(system.slack.posted).toHaveLength(1);
  });
});

describe('a channel that is not configured', () => {
  it.each([
    [CRITICAL, 'SLACK_BOT_TOKEN'],
    ['email', 'SMTP_HOST'],
  ])(
    'keeps the notice for %s on the queue, and the record says which variable is missing',
    async (destination, variable) => {
      const system = await ready();
      const ports = {
        ...system.deliverPorts,
        channels: system.openChannels({ without: ['slack', 'email'] }),
      };

      const result = await deliverMessage(ports, { message: waitingFor(system, destination), attempt: 1 });

      const reason = expect.stringMatching(`not_configured: .*${variable}`);
      expect(result).toEqual({ kind: 'retry', afterSeconds: 300, reason });
      const { incidentId } = waitingFor(system, destination);
      expect(system.world.destinations.deliveriesOf(incidentId)).toMatchObject([
        { outcome: 'retrying', detail: reason },
      ]);
    },
  );
});

describe('a temporary failure', () => {
  it('is retried at growing intervals, and recorded as retrying until it succeeds', async () => {
    const system = await ready();
    const message = waitingFor(system, CRITICAL);
    system.slack.script(unavailable, unavailable, unavailable);

    const results = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      results.push(await deliverMessage(system.deliverPorts, { message, attempt }));
    }
    const between = system.world.destinations.deliveriesOf(message.incidentId);
    const last = await deliverMessage(system.deliverPorts, { message, attempt: 4 });

    expect(results).toMatchObject([1, 5, 30].map((afterSeconds) => ({ kind: 'retry', afterSeconds })));
    expect(between).toMatchObject([{ outcome: 'retrying', attempts: 3, detail: 'unavailable: 503' }]);
    expect(last).toMatchObject({ kind: 'done', record: { outcome: 'delivered', attempts: 4 } });
  });

  it('waits as long as the server asks, up to five minutes', async () => {
    const system = await ready();
    const message = waitingFor(system, CRITICAL);
    const limited = { kind: 'retryable', reason: 'rate_limited', detail: '429' } as const;
    system.slack.script({ ...limited, retryAfterMs: 42_000 }, { ...limited, retryAfterMs: 3_600_000 });

    const first = await deliverMessage(system.deliverPorts, { message, attempt: 1 });
    system.world.clock.advance(42_000);
    const second = await deliverMessage(system.deliverPorts, { message, attempt: 2 });

    expect([first, second]).toMatchObject([{ afterSeconds: 42 }, { afterSeconds: 300 }]);
  });
});

describe('the history of a delivery', () => {
  it('says delivered when only the record of a sent page was lost', async () => {
    const system = await ready();
    const message = waitingFor(system, CRITICAL);
    system.world.faults.failOn('destinations.saveDelivery');
    await expect(deliverMessage(system.deliverPorts, { message, attempt: 1 })).rejects.toThrow();

    const again = await deliverMessage(system.deliverPorts, { message, attempt: 2 });

    expect(again).toMatchObject({ kind: 'done', record: { outcome: 'delivered' } });
    expect(system.slack.posted).toHaveLength(1);
  });
});

describe('a notice whose parts cannot be read', () => {
  it('goes out without alert details and diagnosis', async () => {
    const system = await ready();
    system.world.faults.failOn('history.details');
    system.world.faults.failOn('history.diagnoses');

    const result = await deliverMessage(system.deliverPorts, {
      message: waitingFor(system, CRITICAL),
      attempt: 1,
    });

    expect(result).toMatchObject({ kind: 'done', record: { outcome: 'delivered' } });
    expect(mentions(system.slack.posted[0]?.message)).toBe(true);
  });
});

describe('a reminder', () => {
  it('is not sent when the incident resolves while the destination is being claimed', async () => {
    const system = await reminding();
    const start = system.now - 15 * MINUTE;
    const { destinations } = system.world;
    const resolvingMeanwhile = {
      ...destinations,
      async claim(...args: Parameters<typeof destinations.claim>) {
        await system.receive([webhookAlert({ status: 'resolved', startsAt: start, endsAt: system.now })]);
        return destinations.claim(...args);
      },
    };
    const message = waitingFor(system, CRITICAL);

    const result = await deliverMessage(
      { ...system.deliverPorts, destinations: resolvingMeanwhile },
      { message, attempt: 1 },
    );

    expect(message.effect.reason).toBe('reminder');
    expect(result).toMatchObject({ kind: 'done', record: { outcome: 'superseded' } });
    expect(system.slack.posted).toHaveLength(2);
  });

  it('is not repeated when the process dies while it edits the root', async () => {
    const system = await reminding();
    const message = waitingFor(system, CRITICAL);
    system.slack.script({ kind: 'delivered', ref: { channelId: 'C', ts: '9' } }, new Error('killed'));
    const calls = system.slack.calls.length;

    await expect(deliverMessage(system.deliverPorts, { message, attempt: 1 })).rejects.toThrow('killed');
    system.world.clock.advance(MINUTE);
    await deliverMessage(system.deliverPorts, { message, attempt: 2 });

    expect(system.slack.calls.slice(calls).map((call) => call.kind)).toEqual(['reply', 'update', 'update']);
  });

  it('interrupts once when the root can no longer be edited after its reply', async () => {
    const system = await reminding();
    system.slack.script({ kind: 'delivered', ref: { channelId: 'C', ts: '9' } }, cannotEdit);
    const calls = system.slack.calls.length;

    await deliverMessage(system.deliverPorts, { message: waitingFor(system, CRITICAL), attempt: 1 });

    const made = system.slack.calls.slice(calls);
    expect(made.map((call) => call.kind)).toEqual(['reply', 'update', 'post']);
    expect(made.map((call) => mentions(call.message))).toEqual([true, false, false]);
  });

  it('interrupts once when only a later attempt finds the root gone', async () => {
    const system = await reminding();
    const message = waitingFor(system, CRITICAL);
    system.slack.script({ kind: 'delivered', ref: { channelId: 'C', ts: '9' } }, unavailable, cannotEdit);
    const calls = system.slack.calls.length;

    await deliverMessage(system.deliverPorts, { message, attempt: 1 });
    await deliverMessage(system.deliverPorts, { message, attempt: 2 });

    const made = system.slack.calls.slice(calls);
    expect(made.map((call) => call.kind)).toEqual(['reply', 'update', 'update', 'post']);
    expect(made.filter((call) => mentions(call.message))).toHaveLength(1);
  });
});

describe('a message whose blocks Slack refuses', () => {
  it('is sent as one line of text that still interrupts', async () => {
    const system = await ready();
    system.slack.script(rejected);

    const result = await deliverMessage(system.deliverPorts, {
      message: waitingFor(system, CRITICAL),
      attempt: 1,
    });

    expect(result).toMatchObject({ kind: 'done', record: { outcome: 'delivered' } });
    expect(system.slack.posted.map((posted) => posted.message)).toEqual([
      { text: expect.stringMatching(/^<!channel> @oncall .*DatabaseConnectionPoolCritical/), blocks: [] },
    ]);
  });

  it('is recorded as failed when the text is refused as well', async () => {
    const system = await ready();
    system.slack.script(rejected, rejected);

    const result = await deliverMessage(system.deliverPorts, {
      message: waitingFor(system, CRITICAL),
      attempt: 1,
    });

    expect(result).toMatchObject({
      kind: 'done',
      record: { outcome: 'failed', detail: 'rejected: invalid_blocks' },
    });
  });
});
