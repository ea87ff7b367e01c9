import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import type { FaultMoment } from '../support/fakes/faults.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const moments: FaultMoment[] = ['before', 'after'];
const critical = '#cryptofunk-critical';

/** What people have received: roots, replies and mails. Edits do not count, because they interrupt nobody. */
function notified(system: FirstResponder) {
  return {
    roots: system.slack.roots().length,
    replies: system.slack.posted.length - system.slack.roots().length,
    mails: system.mail.sent.length,
  };
}

async function swallowingCrash(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch {
    // The process died; only what it stored counts.
  }
}

/** Kills `act` after each of its awaits in turn, until it completes, and calls `check` after each crash. */
async function killEverywhere(
  prepare: () => Promise<FirstResponder>,
  act: (system: FirstResponder) => Promise<unknown>,
  check: (system: FirstResponder, death: string) => Promise<void>,
): Promise<number> {
  let deaths = 0;
  for (const moment of moments) {
    for (let n = 1; ; n += 1) {
      const system = await prepare();
      system.world.faults.failAt(n, moment);
      await swallowingCrash(() => act(system));
      const died = system.world.faults.crashed;
      system.world.faults.restart();
      if (!died) break;
      deaths += 1;
      await check(system, `${moment} call ${n}`);
    }
  }
  return deaths;
}

describe('a process that dies while it accepts a webhook', () => {
  const alerts = (system: FirstResponder) => [webhookAlert({ startsAt: system.now })];

  it('loses nothing and repeats nothing when Alertmanager repeats the webhook', async () => {
    const deaths = await killEverywhere(
      async () => new FirstResponder(),
      (system) => system.receive(alerts(system)),
      async (system, death) => {
        await system.receive(alerts(system));
        await system.drain();
        expect(notified(system), death).toEqual({ roots: 2, replies: 0, mails: 1 });
      },
    );

    expect(deaths).toBeGreaterThanOrEqual(8);
  });

  it('is repaired by the tick within two minutes without a repeated webhook', async () => {
    await killEverywhere(
      async () => new FirstResponder(),
      (system) => system.receive(alerts(system)),
      async (system, death) => {
        if (system.world.incidents.items.size === 0) return;
        await system.minutes(2);
        expect(notified(system), death).toEqual({ roots: 2, replies: 0, mails: 1 });
      },
    );
  });
});

describe('a process that dies while it processes the diagnose queue', () => {
  it('loses nothing and repeats nothing when the message is received again', async () => {
    const deaths = await killEverywhere(
      async () => {
        const system = new FirstResponder();
        await system.receive([webhookAlert({ startsAt: system.now })]);
        return system;
      },
      (system) => system.consumeDiagnose(),
      async (system, death) => {
        await system.drain();
        expect(notified(system), death).toEqual({ roots: 2, replies: 0, mails: 1 });
      },
    );

    expect(deaths).toBeGreaterThanOrEqual(10);
  });
});

describe('a process that dies while it delivers', () => {
  const oneReady = async () => {
    const system = new FirstResponder();
    await system.receive([webhookAlert({ startsAt: system.now })]);
    while (await system.consumeDiagnose());
    return system;
  };

  it('repeats at most the one message in flight, and only if Slack had accepted it', async () => {
    const deaths = await killEverywhere(
      oneReady,
      (system) => system.consumeDeliver(),
      async (system, death) => {
        const inFlight = system.slack.posted.length;
        // The dead run's claim has to expire first.
        system.world.clock.advance(MINUTE);
        await system.drain();
        const roots = system.slack.roots().length;
        expect(roots, death).toBeGreaterThanOrEqual(2);
        expect(roots, death).toBeLessThanOrEqual(2 + inFlight);
        expect(notified(system).mails, death).toBe(1);
      },
    );

    expect(deaths).toBeGreaterThanOrEqual(10);
  });

  const remindedReady = async () => {
    const system = await oneReady();
    await system.drain();
    await system.minutes(14);
    system.world.clock.advance(MINUTE);
    await system.tick();
    while (await system.consumeDiagnose());
    return system;
  };

  const resolvedReady = async () => {
    const system = await oneReady();
    const start = system.now;
    await system.drain();
    system.world.clock.advance(MINUTE);
    await system.receive([webhookAlert({ status: 'resolved', startsAt: start, endsAt: system.now })]);
    while (await system.consumeDiagnose());
    return system;
  };

  it.each([
    ['a reminder', remindedReady],
    ['a resolve', resolvedReady],
  ])(
    'loses neither the reply nor the edit of %s, and repeats at most the reply in flight',
    async (_, prepare) => {
      const deaths = await killEverywhere(
        prepare,
        (system) => system.consumeDeliver(),
        async (system, death) => {
          const inFlight = notified(system).replies;
          // The dead run's claim has to expire first.
          system.world.clock.advance(MINUTE);
          await system.drain();
          const { roots, replies, mails } = notified(system);
          expect({ roots, mails }, death).toEqual({ roots: 2, mails: 2 });
          expect(replies, death).toBeGreaterThanOrEqual(2);
          expect(replies, death).toBeLessThanOrEqual(2 + inFlight);
          expect(
            system.slack.roots().every((root) => root.history.length > 1),
            death,
          ).toBe(true);
        },
      );

      expect(deaths).toBeGreaterThanOrEqual(12);
    },
  );

  it('never repeats the reply of an escalation while the edit of its root is retried', async () => {
    const system = await remindedReady();
    system.slack.script({ kind: 'delivered' }, { kind: 'retryable', reason: 'unavailable', detail: '503' });
    const calls = system.slack.calls.length;

    await system.drain();
    await system.drain();

    const made = system.slack.calls.slice(calls);
    const toCritical = made.filter((call) => call.kind === 'reply');
    expect(toCritical).toHaveLength(2);
    expect(made.filter((call) => call.kind === 'update').length).toBeGreaterThanOrEqual(2);
  });

  it('repeats a mail whose answer was lost under the same Message-ID', async () => {
    const system = await oneReady();
    system.mail.script('lost-answer');

    await swallowingCrash(() => system.drain());
    system.world.clock.advance(MINUTE);
    await system.drain();

    expect(new Set(system.mail.sent.map((mail) => mail.messageId)).size).toBe(1);
  });
});

describe('a system whose processes keep dying', () => {
  it('still notifies people of the opening, each tier and the resolve', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const system = new FirstResponder();
      const start = system.now;
      let steps = 0;
      const step = async (act: () => Promise<unknown>) => {
        steps += 1;
        system.world.faults.failAt(
          1 + ((seed * 7 + steps * 5) % 13),
          moments[(seed + steps) % 2] as FaultMoment,
        );
        await swallowingCrash(act);
        system.world.faults.restart();
      };
      await step(() => system.receive([webhookAlert({ startsAt: start })]));
      await system.receive([webhookAlert({ startsAt: start })]);
      system.alertmanager = [...system.world.incidents.items.values()].flatMap((incident) =>
        incident.alerts.map((alert) => alert.fingerprint),
      );
      for (let minute = 0; minute < 65; minute += 1) {
        system.world.clock.advance(MINUTE);
        await step(() => system.tick());
        await step(() => system.drain());
        await swallowingCrash(() => system.drain());
      }
      await system.receive([webhookAlert({ status: 'resolved', startsAt: start, endsAt: system.now })]);
      system.world.clock.advance(MINUTE);
      await system.drain();

      const root = system.slack.roots(critical).at(-1);
      const replies = system.slack.posted.map((reply) => JSON.stringify(reply.message));
      for (const handle of ['@senior-eng', '@eng-lead']) {
        expect(
          replies.some((reply) => reply.includes(handle)),
          `seed ${seed}: ${handle}`,
        ).toBe(true);
      }
      expect(root?.message.text, `seed ${seed}`).toMatch(/resolved/i);
      expect(system.mail.sent.at(-1)?.subject, `seed ${seed}`).toContain('[RESOLVED]');
    }
  });
});
