import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../lib/core/delivery/delivery.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { deliverFor } from '../support/deliver-for.ts';
import { FirstResponder } from '../support/first-responder.ts';
import { webhookAlert } from '../support/webhook.ts';

const revoked: SendOutcome = {
  kind: 'misconfigured',
  reason: 'unauthorized',
  detail: 'Slack: token_revoked',
};

/** An incident whose first notice waits, in a system whose Slack meets `outcome` until it is mended. */
async function opened(severity: string, outcome: SendOutcome) {
  const system = new FirstResponder();
  const start = system.now;
  const { post } = system.slack;
  system.slack.post = async () => outcome;
  const alert = (more: object = {}) => webhookAlert({ startsAt: start, labels: { severity }, ...more });
  await system.receive([alert()]);
  while (await system.consumeDiagnose());
  return {
    system,
    mend() {
      system.slack.post = post;
    },
    async resolve() {
      await system.receive([alert({ status: 'resolved', endsAt: system.now })]);
      while (await system.consumeDiagnose());
    },
    onSlack: () => deliveries(system).filter(({ destination }) => destination.startsWith('slack:')),
  };
}

function deliveries(system: FirstResponder) {
  const [id = ''] = [...system.world.incidents.items.keys()];
  return system.world.destinations.deliveriesOf(id);
}

describe('a token that was revoked', () => {
  it('costs a warning nothing but time: it is told as firing within 5 min after that is mended', async () => {
    const { system, mend, onSlack } = await opened('warning', revoked);
    await deliverFor(system, 20 * MINUTE);
    const meanwhile = onSlack();
    mend();

    await deliverFor(system, 5 * MINUTE);

    expect(meanwhile).toMatchObject([{ outcome: 'retrying', detail: 'unauthorized: Slack: token_revoked' }]);
    expect(system.slack.roots().map(({ message }) => message.text)).toEqual([
      expect.stringContaining('WARNING'),
    ]);
    expect(onSlack()).toMatchObject([{ outcome: 'delivered' }]);
  });

  it('is asked again every 5 min, not more often, after people were told by mail at once', async () => {
    const { system, onSlack } = await opened('critical', revoked);

    await deliverFor(system, SECOND);
    const mails = system.mail.sent.map(({ text }) => text);
    await deliverFor(system, HOUR);

    expect(mails.join()).toContain('Slack does not take notices');
    expect(onSlack().map(({ attempts }) => attempts)).toEqual([13, 13]);
  });

  it('keeps nothing waiting once the incident has resolved, and nobody is told of it late', async () => {
    const { system, mend, resolve, onSlack } = await opened('warning', revoked);
    await deliverFor(system, 10 * MINUTE);
    await resolve();

    await deliverFor(system, 6 * MINUTE);
    const waiting = system.world.deliveries.waiting.length;
    mend();
    await deliverFor(system, DAY / 24);

    expect(waiting).toBe(0);
    expect(system.slack.posted).toEqual([]);
    expect(onSlack().map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
  });

  it('that is mended before the end of it lets people read what has happened, without a mention', async () => {
    const { system, mend, resolve } = await opened('critical', revoked);
    await deliverFor(system, 10 * MINUTE);
    await resolve();
    mend();

    await deliverFor(system, 6 * MINUTE);

    const roots = system.slack.roots('#cryptofunk-critical').map(({ message }) => JSON.stringify(message));
    expect(roots).toEqual([expect.stringContaining('RESOLVED')]);
    expect(roots.join()).not.toContain('<!channel>');
  });
});
