import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../lib/core/delivery/delivery.ts';
import { MINUTE, type Millis, SECOND } from '../../lib/core/shared/time.ts';
import { catalog } from '../support/factories/catalog.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { deliverFor } from '../support/harness/deliver-for.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = '#cryptofunk-critical';

/** A critical incident whose first page is on the deliver queue. */
async function ready(options: ConstructorParameters<typeof FirstResponder>[0] = {}): Promise<FirstResponder> {
  const system = new FirstResponder(options);
  await system.receive([webhookAlert({ startsAt: system.now })]);
  while (await system.consumeDiagnose());
  return system;
}

function forEver(): 'hang'[] {
  return Array.from({ length: 500 }, () => 'hang');
}

function deliveriesTo(system: FirstResponder, destination: string) {
  const [id = ''] = [...system.world.incidents.items.keys()];
  return system.world.destinations.deliveriesOf(id).filter((each) => each.destination === destination);
}

describe('a mail server that is slower than a run allows', () => {
  it('costs a run 15 s, after which the history records the failure', async () => {
    const system = await ready();
    system.mail.script(...forEver());

    await deliverFor(system, 25 * SECOND);

    expect(deliveriesTo(system, 'email')).toMatchObject([
      { outcome: 'retrying', detail: 'timeout: no answer in time' },
    ]);
  });

  it('has its page carried by Slack after 2 min, with the reason', async () => {
    const system = await ready();
    system.mail.script(...forEver());

    await deliverFor(system, 3 * MINUTE);

    const words = system.slack.posted.map(({ message }) => JSON.stringify(message));
    expect(
      words.filter((each) => each.includes('The mail server has not accepted this for 2 min')),
    ).toHaveLength(1);
  });

  it('receives the mails of L2 and L3 after it recovers', async () => {
    const system = await ready();
    system.alertmanager = [...system.world.incidents.items.values()].flatMap(({ alerts }) =>
      alerts.map((alert) => alert.fingerprint),
    );
    system.mail.script(...forEver());

    for (let minute = 1; minute <= 80; minute += 1) {
      if (minute === 35) system.mail.recover();
      await deliverFor(system, MINUTE);
      await system.tick();
      while (await system.consumeDiagnose());
    }

    const subjects = system.mail.sent.map(({ subject }) => subject).join('\n');
    expect(subjects).toContain('[escalated to L2]');
    expect(subjects).toContain('[escalated to L3]');
  });
});

describe('a run with slow sends', () => {
  it('limits each send to the rest of its 20 s, and is recorded in time', async () => {
    const system = await ready();
    const start = system.now;
    const given: (Millis | undefined)[] = [];
    const rejected: SendOutcome = { kind: 'permanent', reason: 'rejected', detail: 'invalid_blocks' };
    const { post } = system.slack;
    system.slack.post = async (to, message, within) => {
      if (to !== CRITICAL) return post(to, message, within);
      given.push(within);
      await system.world.clock.pause(12 * SECOND);
      return rejected;
    };

    await deliverFor(system, 30 * SECOND);

    expect(given).toEqual([15 * SECOND, 8 * SECOND]);
    const [delivery] = deliveriesTo(system, `slack:${CRITICAL}`);
    expect(delivery?.at).toBeLessThanOrEqual(start + 25 * SECOND);
  });
});

describe('a server that asks for a pause of a day', () => {
  it('is called again after 5 min', async () => {
    const system = await ready({
      catalog: catalog({ routes: [{ slack: CRITICAL, mention: 'channel' }] }),
      slackRateLimit: { perChannel: SECOND, perEdit: SECOND },
    });
    const retryAfterMs = 86_400 * SECOND;
    system.slack.script({ kind: 'retryable', reason: 'rate_limited', detail: 'Slack: 429', retryAfterMs });

    await deliverFor(system, 6 * MINUTE);

    expect(system.slack.roots(CRITICAL)).toHaveLength(1);
  });
});
