import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../lib/core/delivery/delivery.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { deliverMessage } from '../../lib/flow/deliver/deliver-message.ts';
import { catalog } from '../support/factories/catalog.ts';
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

    expect(mails.join()).toContain('Slack does not accept notices');
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

describe('a fault of the configuration, where people read that it fires', () => {
  const CRITICAL = '#cryptofunk-critical';
  const noLogin: SendOutcome = { kind: 'misconfigured', reason: 'unauthorized', detail: 'SMTP: 535' };
  type Call = 'post' | 'reply' | 'update';

  /** A critical incident that both channels have shown for a minute; then these calls meet a revoked token. */
  async function shown(
    broken: Call[],
    options: ConstructorParameters<typeof FirstResponder>[0] = {},
    severity = 'critical',
  ) {
    const system = new FirstResponder(options);
    const { post, reply, update } = system.slack;
    const { send } = system.mail;
    const startsAt = system.now;
    const receive = async (more: object) => {
      await system.receive([webhookAlert({ startsAt, labels: { severity }, ...more })]);
      while (await system.consumeDiagnose());
    };
    const pass = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        await deliverFor(system, MINUTE);
        await system.tick();
        while (await system.consumeDiagnose());
      }
    };
    await receive({});
    await pass(1);
    const down = async () => revoked;
    const breakSlack = (calls: Call[]) =>
      Object.assign(system.slack, Object.fromEntries(calls.map((call) => [call, down])));
    breakSlack(broken);
    return {
      system,
      pass,
      resolve: () => receive({ status: 'resolved', endsAt: system.now }),
      fireAgain: () => receive({ startsAt: system.now }),
      breakSlack,
      breakMail: () => Object.assign(system.mail, { send: async () => noLogin }),
      mend: () => {
        Object.assign(system.slack, { post, reply, update });
        Object.assign(system.mail, { send });
      },
      root: (to = CRITICAL) => system.slack.roots(to)[0]?.message.text,
      thread(to = CRITICAL) {
        const [root] = system.slack.roots(to);
        return root === undefined ? [] : system.slack.replies(root.ref).map(({ message }) => message.text);
      },
      onCritical: () =>
        deliveries(system)
          .filter(({ destination }) => destination === `slack:${CRITICAL}`)
          .map(({ reason, outcome }) => `${reason} ${outcome}`),
    };
  }

  it('keeps the end until it is mended, hours later, and says it once, within 5 min', async () => {
    const { system, pass, resolve, mend, root, thread, onCritical } = await shown([
      'post',
      'reply',
      'update',
    ]);
    await resolve();
    await pass(180);
    const meanwhile = [root(), ...onCritical()];
    mend();

    await pass(6);

    expect(meanwhile).toEqual([expect.stringMatching(/^CRITICAL/), 'opened delivered', 'resolved retrying']);
    expect(root()).toMatch(/^RESOLVED/);
    expect(thread()).toEqual([expect.stringMatching(/^RESOLVED/)]);
    expect(onCritical()).toEqual(['opened delivered', 'resolved delivered']);
    expect(system.world.deliveries.waiting).toEqual([]);
  });

  it('tries the end every 5 min, so that after 100 receives it is a dead letter', async () => {
    const { system, pass, resolve } = await shown(['post', 'reply', 'update']);
    await resolve();

    await pass(60);

    const receives = system.world.deliveries.waiting.map((message) => message.receives);
    expect(receives).toEqual([12, 12]);
  });

  it('brings a root up to date whose end is in its thread already', async () => {
    const { pass, resolve, mend, root, thread } = await shown(['update']);
    await resolve();
    await pass(20);
    const meanwhile = root();
    mend();

    await pass(6);

    expect(meanwhile).toMatch(/^CRITICAL/);
    expect(root()).toMatch(/^RESOLVED/);
    expect(thread()).toEqual([expect.stringMatching(/^RESOLVED/)]);
  });

  it('says the end in the root at once, where only replies meet the fault, and in the thread once it is mended', async () => {
    const { system, pass, resolve, mend, root, thread } = await shown(['reply']);
    await resolve();
    await pass(60);
    const meanwhile = [root(), ...thread()];
    const edits = system.slack.calls.filter(({ kind }) => kind === 'update').length;
    mend();

    await pass(6);

    expect(meanwhile).toEqual([expect.stringMatching(/^RESOLVED/)]);
    expect(edits).toBe(2);
    expect(thread()).toEqual([expect.stringMatching(/^RESOLVED/)]);
    expect(system.world.deliveries.waiting).toEqual([]);
  });

  it('keeps the mail of the end until the mail server takes mails again', async () => {
    const { system, pass, resolve, breakMail, mend } = await shown([]);
    breakMail();
    await resolve();
    await pass(20);
    const meanwhile = system.mail.sent.length;
    mend();

    await pass(6);

    expect(meanwhile).toBe(1);
    expect(system.mail.sent.slice(1).map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^\[RESOLVED\]/),
    ]);
  });

  it('keeps the end of what a digest shows as firing', async () => {
    const { system, pass, resolve, breakSlack, mend } = await shown(
      [],
      { catalog: catalog({ stormAfter: 0 }) },
      'warning',
    );
    const digest = () => JSON.stringify(system.slack.roots('#cryptofunk-alerts')[0]?.message);
    await pass(5);
    breakSlack(['post', 'reply', 'update']);
    await resolve();
    await pass(20);
    const meanwhile = digest();
    mend();

    await pass(6);

    expect(meanwhile).toContain('*1 firing, 0 resolved*');
    expect(digest()).toContain('*0 firing, 1 resolved*');
  });

  it('lets a new page past the end that waits, by the other channel and then in one message', async () => {
    const routes = [{ severity: ['critical' as const], slack: CRITICAL, mention: 'channel' as const }];
    const { system, pass, resolve, fireAgain, mend, root, thread, onCritical } = await shown(
      ['post', 'reply', 'update'],
      { catalog: catalog({ routes }) },
    );
    await resolve();
    await pass(3);
    await fireAgain();
    await pass(2);
    const mails = system.mail.sent.map(({ subject }) => subject);
    mend();

    await pass(6);

    expect(mails).toEqual([expect.stringContaining('[fires again]')]);
    expect(root()).toMatch(/^CRITICAL/);
    expect(thread()).toEqual([expect.stringContaining('fires again')]);
    expect(onCritical()).toEqual(['opened delivered', 'resolved superseded', 'reopened delivered']);
    expect(system.world.deliveries.waiting).toEqual([]);
  });

  it('says one end, where it ended twice meanwhile', async () => {
    const { system, pass, resolve, fireAgain, mend, root, thread } = await shown(['post', 'reply', 'update']);
    await resolve();
    await pass(3);
    await fireAgain();
    await pass(3);
    await system.receive([
      webhookAlert({ status: 'resolved', startsAt: system.now - 3 * MINUTE, endsAt: system.now }),
    ]);
    await pass(8);
    mend();

    await pass(12);

    expect(root()).toMatch(/^RESOLVED/);
    expect(thread()).toEqual([expect.stringMatching(/^RESOLVED/)]);
    expect(system.world.deliveries.waiting).toEqual([]);
  });
});

describe('a thread that takes no reply', () => {
  const CRITICAL = '#cryptofunk-critical';
  const locked: SendOutcome = {
    kind: 'permanent',
    reason: 'not_found',
    detail: 'Slack: restricted_action_thread_locked',
  };

  /** A critical incident whose first roots are answered with `outcome` from now on, and no other thread. */
  async function unanswerable(outcome: SendOutcome) {
    const system = new FirstResponder();
    const startsAt = system.now;
    const { reply } = system.slack;
    const receive = async (more: object) => {
      await system.receive([webhookAlert({ startsAt, ...more })]);
      while (await system.consumeDiagnose());
    };
    const pass = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        await deliverFor(system, MINUTE);
        await system.tick();
        while (await system.consumeDiagnose());
      }
    };
    await receive({});
    await pass(1);
    const first = new Set(system.slack.roots().map(({ ref }) => ref.ts));
    system.slack.reply = async (ref, ...rest) => (first.has(ref.ts) ? outcome : reply(ref, ...rest));
    return {
      system,
      pass,
      resolve: () => receive({ status: 'resolved', endsAt: system.now }),
      roots: () => system.slack.roots(CRITICAL).map(({ message }) => message.text),
      onCritical: () =>
        deliveries(system)
          .filter(({ destination }) => destination === `slack:${CRITICAL}`)
          .map(({ reason, outcome }) => `${reason} ${outcome}`),
    };
  }
  const resolved = expect.stringMatching(/^RESOLVED/);

  it('gets the end as a new root, and in the root that stands', async () => {
    const { system, pass, resolve, roots, onCritical } = await unanswerable(locked);
    await resolve();

    await pass(2);

    expect(roots()).toEqual([resolved, resolved]);
    expect(onCritical()).toEqual(['opened delivered', 'resolved delivered']);
    expect(system.world.deliveries.waiting).toEqual([]);
  });

  it('gets a page as a new root that calls people; the end is in both roots', async () => {
    const { system, pass, resolve, roots } = await unanswerable(locked);
    await pass(17);
    const page = JSON.stringify(system.slack.roots(CRITICAL)[1]?.message);
    await resolve();

    await pass(2);

    expect(page).toContain('<!channel>');
    expect(page).toContain('not acknowledged');
    expect(roots()).toEqual([resolved, resolved]);
  });

  it('gets the end in the root that stands, once Slack takes edits again', async () => {
    const { system, pass, resolve, roots, onCritical } = await unanswerable(locked);
    const { update } = system.slack;
    system.slack.update = async () => ({ kind: 'retryable', reason: 'unavailable', detail: 'Slack: 503' });
    await resolve();
    await pass(2);
    const meanwhile = roots();
    system.slack.update = update;

    await pass(10);

    expect(meanwhile).toEqual([expect.stringMatching(/^CRITICAL/), resolved]);
    expect(roots()).toEqual([resolved, resolved]);
    expect(onCritical()).toEqual(['opened delivered', 'resolved delivered']);
  });

  it.each<[string, SendOutcome]>([
    [
      'for a reason that is not known',
      { kind: 'permanent', reason: 'rejected', detail: 'Slack: of_next_year' },
    ],
    [
      'as no message may be posted',
      { kind: 'misconfigured', reason: 'not_found', detail: 'restricted_action' },
    ],
  ])('says the end in its root, %s', async (_, outcome) => {
    const { system, pass, resolve, roots } = await unanswerable(outcome);
    system.slack.post = async () => outcome;
    await resolve();

    await pass(2);

    expect(roots()).toEqual([resolved]);
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
    const message = system.world.deliveries.sent.find(({ kind }) => kind === 'details');
    if (message === undefined) throw new Error('there are no details');
    const ports = { ...system.deliverPorts, channels: system.openChannels({ without: ['slack'] }) };

    const result = await deliverMessage(ports, { message, attempt: 1 });

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
