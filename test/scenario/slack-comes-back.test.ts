import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { handleAction } from '../../lib/flow/incident/handle-action.ts';
import { configuredChannels } from '../support/factories/configured-channels.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { createMemorySilencer } from '../support/fakes/memory-silencer.ts';
import { deliverFor } from '../support/harness/deliver-for.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const ALERTS = '#cryptofunk-alerts';
const CRITICAL = '#cryptofunk-critical';

/** An incident in a system whose Slack, and nothing else, is down: since before it opened, or since its root stands. */
async function slackDown({ severity = 'critical', since = 'root', mail = true } = {}) {
  const system = new FirstResponder(mail ? {} : { channels: { ...configuredChannels, mail } });
  const { post, reply, update } = system.slack;
  const start = system.now;
  const stop = () => {
    const down = async () => ({ kind: 'retryable', reason: 'unavailable', detail: 'Slack: 503' }) as const;
    Object.assign(system.slack, { post: down, reply: down, update: down });
  };
  const fires = (pod: string, as = severity) =>
    system.receive([webhookAlert({ startsAt: system.now, labels: { pod, severity: as } })]);
  if (since === 'opening') stop();
  await fires('a');
  const [id = ''] = system.world.incidents.items.keys();
  system.alertmanager = [...system.world.incidents.items.values()].flatMap(({ alerts }) =>
    alerts.map(({ fingerprint }) => fingerprint),
  );

  /** Minutes in which everything else works. */
  async function pass(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      while (await system.consumeDiagnose());
      await deliverFor(system, MINUTE);
      await system.tick();
    }
    while (await system.consumeDiagnose());
  }
  await pass(1);
  if (since === 'root') stop();
  let before = system.slack.calls.length;

  return {
    system,
    pass,
    fires,
    acknowledge: () => system.acknowledge(id),
    ends: (...pods: string[]) =>
      system.receive(
        pods.map((pod) =>
          webhookAlert({
            startsAt: start,
            endsAt: system.now,
            status: 'resolved',
            labels: { pod, severity },
          }),
        ),
      ),
    async silence() {
      const ports = {
        ...system.changePorts,
        silencer: createMemorySilencer(),
        publicUrl: 'https://api.example',
        abortAfter: () => new AbortController().signal,
      };
      const asOf = system.world.incidents.items.get(id)?.version ?? 0;
      const slackAction = { kind: 'silence', incidentId: id, asOf, length: HOUR } as const;
      await handleAction(ports, { action: slackAction, by: 'Ben', now: system.now });
    },
    /** The calls to Slack for a channel within ten minutes of its return. */
    async comesBack(to = CRITICAL) {
      Object.assign(system.slack, { post, reply, update });
      before = system.slack.calls.length;
      await deliverFor(system, 10 * MINUTE);
      return system.slack.calls.slice(before).filter(({ channelId }) => channelId === `C${to.slice(1)}`);
    },
    outcomes: (to = CRITICAL) =>
      system.world.destinations
        .deliveriesOf(id)
        .filter(({ destination }) => destination === `slack:${to}`)
        .map(({ reason, outcome }) => `${reason} ${outcome}`),
  };
}

function kindsOf(calls: { kind: string }[]): string[] {
  return calls.map(({ kind }) => kind);
}

function wordsOf(call: { message: { blocks: unknown } } | undefined): string {
  return JSON.stringify(call?.message.blocks);
}

describe('when Slack comes back, one reply and an edit say what happened meanwhile', () => {
  it('an acknowledgement, then L2: the escalation, which calls people and says who acknowledged', async () => {
    const down = await slackDown();
    await down.pass(4);
    await down.acknowledge();
    await down.pass(30);

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    expect(calls[0]).toMatchObject({ broadcast: true });
    for (const words of ['escalated to L2', '@senior-eng', 'Acknowledged by Ana'])
      expect(wordsOf(calls[0])).toContain(words);
    expect(wordsOf(calls[1])).toContain('Acknowledged by Ana');
    expect(down.outcomes()).toEqual(['opened delivered', 'acknowledged superseded', 'escalated delivered']);
  });

  it('a reminder, an acknowledgement, L2 and L3: the escalation to L3, which calls both tiers', async () => {
    const down = await slackDown();
    await down.pass(17);
    await down.acknowledge();
    await down.pass(50);

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    for (const words of ['it was escalated to L3', '@senior-eng', '@eng-lead', 'Acknowledged by Ana'])
      expect(wordsOf(calls[0])).toContain(words);
    expect(down.outcomes()).toEqual([
      'opened delivered',
      'reminder superseded',
      'acknowledged superseded',
      'escalated delivered',
      'escalated superseded',
    ]);
  });

  it('an acknowledgement, then the end: the end, which says who acknowledged', async () => {
    const down = await slackDown();
    await down.pass(4);
    await down.acknowledge();
    await down.pass(5);
    await down.ends('a');
    await down.pass(1);

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    expect(calls[0]?.message.text).toMatch(/^RESOLVED/);
    expect(wordsOf(calls[0])).toContain('Acknowledged by Ana');
    expect(down.outcomes()).toEqual(['opened delivered', 'acknowledged superseded', 'resolved delivered']);
  });

  it('an alert that joined, then the end: the end', async () => {
    const down = await slackDown();
    await down.pass(3);
    await down.fires('b');
    await down.pass(3);
    await down.ends('a', 'b');
    await down.pass(1);

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    expect(calls[1]?.message.text).toMatch(/^RESOLVED.*All alerts resolved\.$/);
    expect(down.outcomes()).toEqual(['opened delivered', 'joined superseded', 'resolved delivered']);
  });

  it('a reminder, then the end: the end, which interrupts nobody', async () => {
    const down = await slackDown();
    await down.pass(17);
    await down.ends('a');
    await down.pass(1);

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    expect(wordsOf(calls[0])).not.toMatch(/@oncall|<!channel>/);
    expect(down.outcomes()).toEqual(['opened delivered', 'reminder superseded', 'resolved delivered']);
  });

  it('the end, then it fires again: that it fires again, and not that it ended', async () => {
    const down = await slackDown();
    await down.pass(4);
    await down.ends('a');
    await down.pass(4);
    await down.fires('a');
    await down.pass(4);

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    expect(calls[0]).toMatchObject({ broadcast: true });
    expect(calls[0]?.message.text).toContain('fires again');
    expect(down.outcomes()).toEqual(['opened delivered', 'resolved superseded', 'reopened delivered']);
  });

  it('raised, then acknowledged: that it was raised, which says who acknowledged', async () => {
    const down = await slackDown({ severity: 'warning' });
    await down.pass(4);
    await down.fires('b', 'critical');
    await down.pass(3);
    await down.acknowledge();
    await down.pass(3);

    const calls = await down.comesBack(ALERTS);

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    expect(calls[0]).toMatchObject({ broadcast: true });
    expect(wordsOf(calls[0])).toContain('min late; meanwhile Ana has acknowledged it.');
    expect(down.outcomes(ALERTS)).toEqual([
      'opened delivered',
      'raised delivered',
      'acknowledged superseded',
    ]);
    expect(
      kindsOf(down.system.slack.calls.filter(({ channelId }) => channelId === `C${CRITICAL.slice(1)}`)),
    ).toEqual(['post']);
  });

  it('acknowledged, joined, then raised: that it was raised, which interrupts', async () => {
    const down = await slackDown({ severity: 'warning' });
    await down.pass(4);
    await down.acknowledge();
    await down.pass(1);
    await down.fires('b');
    await down.pass(7);
    await down.fires('c', 'critical');
    await down.pass(7);

    const calls = await down.comesBack(ALERTS);

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    expect(calls[0]).toMatchObject({ broadcast: true });
    expect(calls[0]?.message.text).toContain('raised to critical');
    expect(wordsOf(calls[0])).toContain('late; meanwhile it was raised to critical.');
    expect(down.outcomes(ALERTS)).toEqual([
      'opened delivered',
      'acknowledged superseded',
      'joined delivered',
      'raised superseded',
    ]);
  });

  it('two pages that call nobody by name: the first, with what the second has to say', async () => {
    const down = await slackDown({ severity: 'warning' });
    await down.acknowledge();
    await down.pass(1);
    await down.fires('b');
    await down.pass(7);
    await down.fires('c');
    await down.pass(7);

    const calls = await down.comesBack(ALERTS);

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    expect(calls[0]?.message.text).toContain('3 alerts');
    expect(down.outcomes(ALERTS).slice(1)).toEqual([
      'acknowledged superseded',
      'joined delivered',
      'joined superseded',
    ]);
  });

  it('acknowledged before its root could be sent: the root', async () => {
    const down = await slackDown({ since: 'opening' });
    await down.pass(4);
    await down.acknowledge();
    await down.pass(2);

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['post']);
    for (const words of ['<!channel>', 'Acknowledged by Ana']) expect(wordsOf(calls[0])).toContain(words);
    expect(down.outcomes()).toEqual(['opened delivered', 'acknowledged superseded']);
  });

  it('acknowledged and silenced, and nothing else: both, in one quiet line after the edit', async () => {
    const down = await slackDown();
    await down.pass(3);
    await down.acknowledge();
    await down.pass(1);
    await down.silence();
    await down.pass(3);

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['update', 'reply']);
    expect(calls[1]).toMatchObject({ broadcast: false });
    expect(wordsOf(calls[1])).toMatch(/Acknowledged by \*Ana\* at .*Silenced for 1 h by \*Ben\* at /);
  });

  it('silenced, reminded, then acknowledged: who did what, although no reminder is due any more', async () => {
    const down = await slackDown();
    await down.pass(3);
    await down.silence();
    await down.pass(14);
    await down.acknowledge();
    await down.pass(3);

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['update', 'reply']);
    expect(wordsOf(calls[1])).toMatch(
      /Silenced for 1 h by \*Ben\* at .*, until .*Acknowledged by \*Ana\* at /,
    );
    expect(down.outcomes()).toContain('reminder superseded');
  });
});

describe('when Slack comes back to an incident that was lowered meanwhile', () => {
  /** Critical, then for ten minutes a warning; `until`: for how long it was critical while Slack was down. */
  async function lowered(
    until: number,
    { mailUntil = until, ...options }: Parameters<typeof slackDown>[0] & { mailUntil?: number } = {},
  ) {
    const down = await slackDown(options);
    const { system } = down;
    await down.fires('b', 'warning');
    await down.pass(1);
    const isWarning = ({ severity }: { severity: string }) => severity === 'warning';
    const alerts = [...system.world.incidents.items.values()].flatMap((incident) => incident.alerts);
    system.alertmanager = alerts.map(({ fingerprint }) => fingerprint);
    await down.pass(mailUntil);
    if (mailUntil < until)
      system.mail.send = async () => ({ kind: 'retryable', reason: 'unavailable', detail: 'SMTP: 421' });
    await down.pass(until - mailUntil);
    await down.ends('a');
    system.alertmanager = alerts.filter(isWarning).map(({ fingerprint }) => fingerprint);
    await down.pass(10);
    return down;
  }

  it('one message says it, and calls nobody whom mail has called at the higher severity', async () => {
    const down = await lowered(32);

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    expect(calls[0]).toMatchObject({ broadcast: true });
    expect(wordsOf(calls[0])).not.toContain('Not delivered');
    expect(wordsOf(calls[0])).toMatch(/late; meanwhile .*lowered to warning, and it was escalated to L2/);
    expect(wordsOf(calls[0])).not.toMatch(/<!channel>|@oncall|@senior-eng/);
    expect(down.outcomes()).toEqual([
      'opened delivered',
      'joined superseded',
      'reminder delivered',
      'escalated superseded',
      'updated superseded',
    ]);
  });

  it('calls nobody in the channel that is the loudest for a warning either', async () => {
    const down = await lowered(32);

    const calls = await down.comesBack(ALERTS);

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    expect(wordsOf(calls[0])).not.toMatch(/<!channel>|@oncall|@senior-eng/);
  });

  it('calls everybody whom the tiers called, in one message, where no mail is configured', async () => {
    const down = await lowered(32, { mail: false });

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    for (const name of ['<!channel>', '@oncall', '@senior-eng']) expect(wordsOf(calls[0])).toContain(name);
  });

  it('calls the later tier alone, where mail had the first page but not that tier', async () => {
    const down = await lowered(32, { mailUntil: 20 });

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['reply', 'update']);
    expect(wordsOf(calls[0])).toContain('@senior-eng');
    expect(wordsOf(calls[0])).not.toMatch(/<!channel>|@oncall/);
  });

  it('calls by name those who have no mail address, and nobody else again', async () => {
    const down = await lowered(65, { since: 'opening' });

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['post']);
    for (const name of ['@eng-lead', '@pm']) expect(wordsOf(calls[0])).toContain(name);
    expect(wordsOf(calls[0])).not.toMatch(/<!channel>|@oncall|@senior-eng/);
  });

  it('calls everybody, and the channel, where mail has reached nobody', async () => {
    const down = await lowered(32, { mailUntil: 0 });

    const calls = await down.comesBack();

    for (const name of ['<!channel>', '@oncall', '@senior-eng']) expect(wordsOf(calls[0])).toContain(name);
  });

  it('a root that could not be sent before calls nobody either', async () => {
    const down = await lowered(5, { since: 'opening' });

    const calls = await down.comesBack();

    expect(kindsOf(calls)).toEqual(['post']);
    expect(calls[0]?.message.text).toMatch(/^WARNING/);
    expect(wordsOf(calls[0])).not.toMatch(/<!channel>|@oncall/);
  });
});

describe('what waits behind an acknowledgement that Slack does not take', () => {
  it('is carried by mail after 2 min as any other page', async () => {
    const down = await slackDown();
    await down.pass(4);
    await down.acknowledge();
    await down.pass(31);

    const mails = down.system.mail.sent.filter(({ subject }) => subject.includes('[escalated to L2]'));

    expect(mails.map(({ to }) => to.includes('senior@example.com'))).toContain(true);
    expect(mails.map(({ text }) => text).join()).toContain('Slack has not accepted this for');
  });
});
