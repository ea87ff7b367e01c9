import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../lib/core/delivery/delivery.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { deliverNotice } from '../../lib/flow/deliver/deliver-notice.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { createRecordingLog } from '../support/fakes/recording-log.ts';
import { deliverFor } from '../support/harness/deliver-for.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const revoked: SendOutcome = {
  kind: 'misconfigured',
  reason: 'unauthorized',
  detail: 'Slack: token_revoked',
};

/** An incident whose first notice is queued, in a system whose Slack gives `outcome` until it is repaired. */
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
  it('delays a warning only: it is shown as firing within 5 min after the repair', async () => {
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

  it('is retried every 5 min, not more often, after people were notified by mail at once', async () => {
    const { system, onSlack } = await opened('critical', revoked);

    await deliverFor(system, SECOND);
    const mails = system.mail.sent.map(({ text }) => text);
    await deliverFor(system, HOUR);

    expect(mails.join()).toContain('Slack does not take notices');
    expect(onSlack().map(({ attempts }) => attempts)).toEqual([13, 13]);
  });

  it('holds nothing up after the resolve, and nobody is notified late', async () => {
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

  it('that is repaired before the end lets people read what happened, without a mention', async () => {
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

describe('the details of an incident, where the token is revoked after its root', () => {
  const CRITICAL = '#cryptofunk-critical';
  const many = Array.from({ length: 8 }, (_, each) =>
    finding({ stepId: `check_${each}`, title: `check ${each}`, sentence: `finding ${each} needs somebody.` }),
  );

  /** A critical incident with its root; replies get `outcomes` in order, the last one repeatedly. */
  async function rooted(...outcomes: [SendOutcome, ...SendOutcome[]]) {
    const log = createRecordingLog();
    const system = new FirstResponder();
    system.log = log;
    system.found = many;
    const startsAt = system.now;
    const { reply } = system.slack;
    const asked: { to: string; at: number; text: string; broadcast: boolean }[] = [];
    system.slack.reply = async (ref, message, { broadcast }) => {
      const before = asked.filter(({ to }) => to === ref.channelId).length;
      asked.push({ to: ref.channelId, at: system.now - startsAt, text: message.text, broadcast });
      const outcome = outcomes[Math.min(before, outcomes.length - 1)];
      return broadcast || outcome?.kind === 'delivered'
        ? reply(ref, message, { broadcast })
        : (outcome ?? revoked);
    };
    await system.receive([webhookAlert({ startsAt })]);
    while (await system.consumeDiagnose());
    await deliverFor(system, SECOND);
    return {
      system,
      log,
      asked: () => asked.filter(({ to }) => to === `C${CRITICAL.slice(1)}`),
      mend() {
        system.slack.reply = reply;
      },
      async resolve() {
        await system.receive([webhookAlert({ startsAt, endsAt: system.now, status: 'resolved' })]);
        while (await system.consumeDiagnose());
      },
      thread() {
        const [root] = system.slack.roots(CRITICAL);
        return root === undefined ? [] : system.slack.replies(root.ref);
      },
    };
  }

  it('arrive once, within 5 min after the repair, and no other channel carries them', async () => {
    const { system, mend, asked, thread } = await rooted(revoked);
    await deliverFor(system, 12 * MINUTE);
    const mails = system.mail.sent.length;
    mend();

    await deliverFor(system, HOUR);

    expect(asked().map(({ at }) => at)).toEqual([0, 5 * MINUTE, 10 * MINUTE]);
    expect(thread()).toHaveLength(1);
    expect(JSON.stringify(thread()[0]?.message)).toContain('finding 7 needs somebody.');
    expect(thread()[0]).toMatchObject({ broadcast: false });
    expect(mails).toBe(1);
    expect(system.mail.sent).toHaveLength(1);
    expect(system.world.deliveries.waiting).toEqual([]);
  });

  it.each<[string, SendOutcome]>([
    [
      'the channel does not exist',
      { kind: 'misconfigured', reason: 'not_found', detail: 'channel_not_found' },
    ],
    ['a scope is missing', { kind: 'misconfigured', reason: 'unauthorized', detail: 'missing_scope' }],
  ])('wait as well if %s', async (_, outcome) => {
    const { system, mend, thread } = await rooted(outcome);
    await deliverFor(system, 12 * MINUTE);
    mend();

    await deliverFor(system, 5 * MINUTE);

    expect(thread()).toHaveLength(1);
  });

  it('wait as well if Slack is no longer configured', async () => {
    const { system } = await rooted({ kind: 'retryable', reason: 'unavailable', detail: '503' });
    const message = system.world.deliveries.sent.find((each) => 'details' in each);
    if (message === undefined || 'kind' in message) throw new Error('there are no details');
    const { slack: _, ...ports } = system.deliverPorts;

    const result = await deliverNotice(ports, { message, attempt: 1 });

    expect(result).toMatchObject({
      kind: 'retry',
      afterSeconds: 300,
      reason: expect.stringContaining('neither SLACK_BOT_TOKEN'),
    });
  });

  it('hold up no notice of the incident', async () => {
    const { system, thread } = await rooted(revoked);

    for (let minute = 0; minute < 17; minute += 1) {
      await deliverFor(system, MINUTE);
      await system.tick();
      while (await system.consumeDiagnose());
    }

    expect(thread()).toMatchObject([
      { broadcast: true, message: { text: expect.stringContaining('not acknowledged') } },
    ]);
    expect(system.world.deliveries.waiting.map(({ group }) => group)).toEqual([
      expect.stringMatching(/ details$/),
      expect.stringMatching(/ details$/),
    ]);
  });

  it('are dropped after the resolve, which is sent at once', async () => {
    const { system, resolve, mend, thread } = await rooted(revoked);
    await deliverFor(system, 6 * MINUTE);
    await resolve();
    mend();

    await deliverFor(system, 6 * MINUTE);

    expect(thread().map(({ message }) => message.text)).toEqual([expect.stringMatching(/^RESOLVED/)]);
    expect(system.world.deliveries.waiting).toEqual([]);
  });

  const rejected: SendOutcome = { kind: 'permanent', reason: 'rejected', detail: 'Slack: invalid_blocks' };

  it('are sent as plain text, with the reason, if Slack refuses their blocks', async () => {
    const { system, asked, thread } = await rooted(rejected, { kind: 'delivered' });

    await deliverFor(system, MINUTE);

    expect(asked()).toHaveLength(2);
    expect(thread().map(({ message }) => message.text)).toEqual([
      expect.stringMatching(/^CRITICAL {2}DatabaseConnectionPoolCritical\nIncident .*\n.*invalid_blocks$/),
    ]);
  });

  it('are dropped, with the reason in the log, if Slack refuses the plain text as well', async () => {
    const { system, asked, log } = await rooted(rejected);

    await deliverFor(system, HOUR);

    expect(asked()).toHaveLength(2);
    expect(system.world.deliveries.waiting).toEqual([]);
    expect(log.lines).toContainEqual({
      level: 'warn',
      message: 'details of an incident were not delivered',
      data: expect.objectContaining({
        destination: `slack:${CRITICAL}`,
        reason: 'rejected',
        detail: 'Slack: invalid_blocks',
      }),
    });
  });
});
