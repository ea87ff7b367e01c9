import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../lib/core/delivery/delivery.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { catalog } from '../support/factories/catalog.ts';
import { type ConfiguredChannels, configuredChannels } from '../support/factories/configured-channels.ts';
import { noChannel, unknownMailbox } from '../support/factories/send-outcomes.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { deliverFor } from '../support/harness/deliver-for.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = '#cryptofunk-critical';
const limited: SendOutcome = {
  kind: 'retryable',
  reason: 'rate_limited',
  detail: 'Slack: 429',
  retryAfterMs: 9_000,
};
const down: SendOutcome = { kind: 'retryable', reason: 'unavailable', detail: 'Slack: HTTP 503' };

/** Critical incidents go to Slack only, so any mail here is a failover. */
const slackOnly = catalog({
  routes: [{ slack: '#cryptofunk-alerts' }, { severity: ['critical'], slack: CRITICAL, mention: 'channel' }],
});

async function opened(
  system: FirstResponder,
  alertname = 'DatabaseConnectionPoolCritical',
  severity = 'critical',
) {
  await system.receive([webhookAlert({ startsAt: system.now, labels: { alertname, severity } })]);
  while (await system.consumeDiagnose());
}

/** Every call to one Slack channel, or to all, returns this outcome; `undefined` ends that. */
function slackAnswers(system: FirstResponder, outcome: SendOutcome | undefined, to?: string): void {
  const { post } = system.slack;
  const original = originals.get(system) ?? post;
  originals.set(system, original);
  system.slack.post = async (where, message) =>
    outcome && (to === undefined || where === to) ? outcome : original(where, message);
}

const originals = new WeakMap<FirstResponder, FirstResponder['slack']['post']>();

function mailsWith(system: FirstResponder, words: string) {
  return system.mail.sent.filter(({ text }) => text.includes(words));
}

function deliveries(system: FirstResponder) {
  const [id = ''] = [...system.world.incidents.items.keys()];
  return system.world.destinations.deliveriesOf(id);
}

describe('a critical page that Slack does not accept', () => {
  it.each([
    ['rate-limits it', limited, '429'],
    ['is down', down, 'HTTP 503'],
  ])('goes by mail after 2 min, with the reason, when Slack %s', async (_, outcome, why) => {
    const system = new FirstResponder({ catalog: slackOnly });
    slackAnswers(system, outcome);
    await opened(system);

    await deliverFor(system, 2 * MINUTE - SECOND);
    const early = system.mail.sent.length;
    await deliverFor(system, 8 * MINUTE);

    expect(early).toBe(0);
    expect(system.mail.sent).toHaveLength(1);
    expect(system.mail.sent[0]?.to).toEqual(['oncall@example.com', 'team@example.com']);
    expect(system.mail.sent[0]?.subject).toMatch(/^\[CRITICAL\] DatabaseConnectionPoolCritical/);
    expect(system.mail.sent[0]?.text).toMatch(/Slack has not accepted this for 2 min: /);
    expect(system.mail.sent[0]?.text).toContain(why);
  });

  it('is still posted once when Slack accepts it in the end', async () => {
    const system = new FirstResponder({ catalog: slackOnly });
    slackAnswers(system, down);
    await opened(system);
    await deliverFor(system, 4 * MINUTE);

    slackAnswers(system, undefined);
    await deliverFor(system, 10 * MINUTE);

    expect(system.slack.roots(CRITICAL)).toHaveLength(1);
    expect(system.mail.sent).toHaveLength(1);
    expect(deliveries(system).map(({ outcome }) => outcome)).not.toContain('retrying');
  });

  it('needs no mail when Slack accepts it within 2 min', async () => {
    const system = new FirstResponder({ catalog: slackOnly });
    slackAnswers(system, down);
    await opened(system);
    await deliverFor(system, MINUTE);
    slackAnswers(system, undefined);

    await deliverFor(system, 10 * MINUTE);

    expect(system.slack.roots(CRITICAL)).toHaveLength(1);
    expect(system.mail.sent).toEqual([]);
  });

  it('goes by mail at once when its channel does not exist, which the incident shows', async () => {
    const system = new FirstResponder({ catalog: slackOnly });
    slackAnswers(system, noChannel, CRITICAL);
    await opened(system);

    await deliverFor(system, SECOND);

    expect(system.mail.sent).toHaveLength(1);
    expect(system.mail.sent[0]?.text).toContain(
      'Slack does not accept notices for #cryptofunk-critical: channel_not_found',
    );
    expect(deliveries(system)).toContainEqual(
      expect.objectContaining({
        destination: `slack:${CRITICAL}`,
        outcome: 'retrying',
        detail: 'not_found: Slack: channel_not_found',
        attempts: 1,
      }),
    );
  });

  it('is mailed again for the next tier while it is stuck', async () => {
    const contacts = {
      ...slackOnly.contacts,
      'senior-engineer': { name: 'senior engineer', slack: '@senior-eng' },
    };
    const system = new FirstResponder({ catalog: { ...slackOnly, contacts } });
    slackAnswers(system, down);
    await opened(system);
    system.alertmanager = [...system.world.incidents.items.values()].flatMap(({ alerts }) =>
      alerts.map((alert) => alert.fingerprint),
    );

    for (let minute = 0; minute < 40; minute += 1) {
      await deliverFor(system, MINUTE);
      await system.tick();
      while (await system.consumeDiagnose());
    }

    expect(mailsWith(system, 'Slack has not accepted this').map(({ subject }) => subject)).toEqual([
      '[CRITICAL] DatabaseConnectionPoolCritical',
      '[CRITICAL] [escalated to L2] DatabaseConnectionPoolCritical',
    ]);
  });

  it("is not mailed again where a mail has it, but Slack's failure is reported once", async () => {
    const system = new FirstResponder();
    slackAnswers(system, down);
    for (let i = 0; i < 12; i += 1) await opened(system, `Broken${i}`);

    await deliverFor(system, 20 * MINUTE);

    const why = mailsWith(system, 'Slack has not accepted this');
    expect(why).toHaveLength(1);
    expect(system.mail.sent).toHaveLength(12 + 1);
    expect(new Set(system.mail.sent.map(({ messageId }) => messageId)).size).toBe(12 + 1);
  });
});

describe('a critical page that the mail server does not accept', () => {
  it('goes to the loudest channel of the incident, in its thread and with its mention', async () => {
    const system = new FirstResponder();
    const send = system.mail.send;
    system.mail.send = async () => ({ kind: 'retryable', reason: 'unavailable', detail: 'SMTP: 421 busy' });
    await opened(system);

    await deliverFor(system, 5 * MINUTE);

    const [root] = system.slack.roots(CRITICAL);
    const replies = root ? system.slack.replies(root.ref) : [];
    expect(replies).toHaveLength(1);
    expect(JSON.stringify(replies[0]?.message)).toContain(
      'The mail server has not accepted this for 2 min: 421 busy',
    );
    expect(replies[0]?.broadcast).toBe(true);
    system.mail.send = send;
    await deliverFor(system, 6 * MINUTE);
    expect(system.mail.sent).toHaveLength(1);
  });
});

describe('a destination that refuses for good', () => {
  it('is reported to a working destination once a day, however many incidents it affects', async () => {
    const system = new FirstResponder();
    slackAnswers(system, noChannel, '#cryptofunk-ops');
    for (let i = 0; i < 15; i += 1) await opened(system, `Warning${i}`, 'warning');

    await deliverFor(system, 3 * MINUTE);

    const notified = system.slack.posted.filter(
      ({ threadTs, message }) =>
        threadTs && JSON.stringify(message).includes('Slack does not accept notices for #cryptofunk-ops'),
    );
    expect(notified.map(({ to }) => to)).toEqual(['#cryptofunk-alerts']);
    expect(JSON.stringify(notified[0]?.message)).not.toContain('<!channel>');
    system.world.clock.advance(25 * 60 * MINUTE);
    await opened(system, 'NextDay', 'warning');
    await deliverFor(system, MINUTE);
    expect(
      system.slack.posted.filter(
        ({ threadTs, message }) => threadTs && JSON.stringify(message).includes('#cryptofunk-ops'),
      ),
    ).toHaveLength(2);
  });

  it("is named in its incident's later notices at the working destinations", async () => {
    const system = new FirstResponder();
    slackAnswers(system, noChannel, '#cryptofunk-ops');
    await opened(system, 'Warning', 'warning');
    await deliverFor(system, MINUTE);
    const start = system.now - MINUTE;

    await system.receive([
      webhookAlert({
        status: 'resolved',
        startsAt: start,
        endsAt: system.now,
        labels: { alertname: 'Warning', severity: 'warning' },
      }),
    ]);
    while (await system.consumeDiagnose());
    await deliverFor(system, MINUTE);

    expect(system.mail.sent.at(-1)?.text).toContain(
      'Not delivered to #cryptofunk-ops: Slack: channel_not_found',
    );
  });

  it('is reported in Slack when it is a mailbox', async () => {
    const system = new FirstResponder();
    system.mail.send = async () => unknownMailbox;
    await opened(system, 'Warning', 'warning');

    await deliverFor(system, MINUTE);

    const notified = system.slack.posted.filter(({ threadTs }) => threadTs !== undefined);
    expect(notified).toHaveLength(1);
    expect(JSON.stringify(notified[0]?.message)).toContain(
      'The mail server does not accept notices: 550 5.1.1 no such user',
    );
  });

  it('is reported within 5 min after another destination recovers', async () => {
    const system = new FirstResponder();
    slackAnswers(system, noChannel);
    system.mail.send = async () => unknownMailbox;
    await opened(system, 'First', 'warning');
    await deliverFor(system, MINUTE);
    slackAnswers(system, noChannel, '#cryptofunk-ops');

    await opened(system, 'Second', 'warning');
    await deliverFor(system, 5 * MINUTE);

    expect(JSON.stringify(system.slack.posted.map(({ message }) => message))).toContain(
      'Slack does not accept notices for #cryptofunk-ops',
    );
  });
});

describe('both channels, which take nothing for an hour', () => {
  const unreachable: SendOutcome = { kind: 'retryable', reason: 'unavailable', detail: 'HTTP 503' };
  const noLogin: SendOutcome = { kind: 'misconfigured', reason: 'unauthorized', detail: 'SMTP: 535' };

  /** A critical incident that both have shown; then both are out while it is escalated twice. */
  async function bothOut() {
    const system = new FirstResponder();
    const { post, reply, update } = system.slack;
    const { send } = system.mail;
    const pass = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        await deliverFor(system, MINUTE);
        await system.tick();
        while (await system.consumeDiagnose());
      }
    };
    await opened(system);
    system.alertmanager = [...system.world.incidents.items.values()].flatMap(({ alerts }) =>
      alerts.map(({ fingerprint }) => fingerprint),
    );
    await pass(1);
    const down = async () => unreachable;
    Object.assign(system.slack, { post: down, reply: down, update: down });
    system.mail.send = async () => noLogin;
    await pass(70);
    const mails = system.mail.sent.length;
    return {
      system,
      pass,
      slackIsDown: () => void Object.assign(system.slack, { post: down, reply: down, update: down }),
      slackIsBack: () => void Object.assign(system.slack, { post, reply, update }),
      mailIsBack: () => void Object.assign(system.mail, { send }),
      mails: () => system.mail.sent.slice(mails),
      replies: () =>
        system.slack.roots(CRITICAL).flatMap((root) => system.slack.replies(root.ref).map((each) => each)),
    };
  }

  it.each(['Slack first', 'mail first', 'at once'])(
    'say the newest state in one message each when they are back: %s',
    async (order) => {
      const { pass, slackIsBack, mailIsBack, mails, replies } = await bothOut();
      if (order !== 'mail first') slackIsBack();
      if (order !== 'Slack first') mailIsBack();
      await pass(7);
      slackIsBack();
      mailIsBack();

      await pass(7);

      expect(mails().map(({ subject }) => subject)).toEqual([expect.stringContaining('[escalated to L3]')]);
      expect(replies().map(({ message }) => message.text)).toEqual([
        expect.stringContaining('escalated to L3'),
      ]);
    },
  );

  it('are reported again at the next outage, where nobody was told of this one', async () => {
    const { system, pass, slackIsDown, slackIsBack, mailIsBack, mails } = await bothOut();
    slackIsBack();
    await pass(7);
    mailIsBack();
    await pass(7);
    const before = mails().length;
    slackIsDown();
    await opened(system, 'Second');

    await pass(5);

    const reports = mails().filter(({ text }) => text.includes('Slack has not accepted this for 2 min'));
    expect(before).toBe(1);
    expect(reports.map(({ subject }) => subject)).toEqual([expect.stringContaining('Second')]);
  });

  it('say which channel is still out in the one message of the other', async () => {
    const { pass, mailIsBack, mails } = await bothOut();
    mailIsBack();

    await pass(7);

    expect(mails().map(({ subject }) => subject)).toEqual([expect.stringContaining('[escalated to L3]')]);
    expect(mails()[0]?.text).toContain('Not delivered to #cryptofunk-critical: HTTP 503');
  });
});

describe('a mail that is refused for some', () => {
  const partly = {
    kind: 'delivered',
    refused: 'refused for oncall@example.com: SMTP: 550 no such user',
  } as const;

  it('counts as delivered, and the refused recipients are reported', async () => {
    const system = new FirstResponder();
    system.mail.script(partly);
    await opened(system);

    await deliverFor(system, MINUTE);

    expect(
      deliveries(system).find(({ destination, seq }) => destination === 'email' && seq === 1),
    ).toMatchObject({
      outcome: 'delivered',
      detail: partly.refused,
    });
    expect(JSON.stringify(system.slack.posted.map(({ message }) => message))).toContain(
      'refused for oncall@example.com',
    );
  });

  it('is sent again only to the recipients whom the server deferred', async () => {
    const system = new FirstResponder();
    system.mail.script({
      kind: 'retryable',
      reason: 'unavailable',
      detail: 'refused for oncall@example.com: SMTP: 450 later',
      taken: ['team@example.com'],
    });
    await opened(system);

    await deliverFor(system, MINUTE);

    expect(system.mail.calls.map(({ to }) => to)).toEqual([
      ['oncall@example.com', 'team@example.com'],
      ['oncall@example.com'],
    ]);
  });
});

describe('a system with one channel', () => {
  it('keeps retrying there, and logs that there is no other channel', async () => {
    const channels: ConfiguredChannels = { ...configuredChannels, mail: false };
    const system = new FirstResponder({ catalog: slackOnly, channels });
    slackAnswers(system, down);
    await opened(system);
    await deliverFor(system, 10 * MINUTE);
    slackAnswers(system, undefined);

    await deliverFor(system, 10 * MINUTE);

    expect(system.slack.roots(CRITICAL)).toHaveLength(1);
  });
});
