import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { catalog, runbook } from '../support/factories/catalog.ts';
import { webhookAlert, webhookBody } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

function firing(system: FirstResponder, more: Record<string, string> = {}) {
  return webhookAlert({ startsAt: system.now, labels: more });
}

describe('an alert on its way to people', () => {
  it('becomes one root message for each target and one mail, with @channel where it is critical', async () => {
    const system = new FirstResponder();

    await system.receive([firing(system)]);
    await system.drain();

    expect(system.slack.roots().map((root) => root.to)).toEqual([
      '#cryptofunk-alerts',
      '#cryptofunk-critical',
    ]);
    expect(JSON.stringify(system.slack.roots('#cryptofunk-critical')[0]?.message)).toContain('<!channel>');
    expect(JSON.stringify(system.slack.roots('#cryptofunk-alerts')[0]?.message)).not.toContain('<!channel>');
    expect(system.mail.sent).toHaveLength(1);
    expect(system.mail.sent[0]?.to).toEqual(['oncall@example.com', 'team@example.com']);
    expect(system.mail.sent[0]?.text).toContain('10 of 10 connections in use.');
  });

  it('adds no message when the same payload is posted 20 times more', async () => {
    const system = new FirstResponder();
    const alerts = [firing(system)];
    await system.receive(alerts);
    await system.drain();
    const before = system.slack.calls.length;

    for (let i = 0; i < 20; i += 1) {
      await system.receive(alerts);
      await system.drain();
    }

    expect(system.slack.calls).toHaveLength(before);
    expect(system.mail.sent).toHaveLength(1);
  });

  it('joins, partly resolves, resolves: the root is edited in place and gets one reply', async () => {
    const system = new FirstResponder();
    const start = system.now;
    await system.receive([firing(system, { pod: 'a' }), firing(system, { pod: 'b' })]);
    await system.drain();
    system.world.clock.advance(MINUTE);
    await system.receive([webhookAlert({ startsAt: system.now, labels: { pod: 'c' } })]);
    await system.drain();
    for (const pod of ['a', 'b', 'c']) {
      system.world.clock.advance(MINUTE);
      const startsAt = pod === 'c' ? start + MINUTE : start;
      await system.receive([
        webhookAlert({ status: 'resolved', startsAt, endsAt: system.now, labels: { pod } }),
      ]);
      await system.drain();
    }

    const [root] = system.slack.roots('#cryptofunk-critical');
    expect(system.slack.roots()).toHaveLength(2);
    expect(root?.history.length).toBeGreaterThanOrEqual(4);
    expect(root?.message.text).toMatch(/resolved/i);
    expect(system.slack.replies(root?.ref as never)).toHaveLength(1);
    expect(system.mail.sent.map((mail) => mail.subject.slice(0, 10))).toEqual(['[CRITICAL]', '[RESOLVED]']);
  });

  it('is shown as resolved, without a mention, if it resolved before its first notice', async () => {
    const system = new FirstResponder();
    const start = system.now;
    await system.receive([firing(system)]);
    system.world.clock.advance(MINUTE);
    await system.receive([webhookAlert({ status: 'resolved', startsAt: start, endsAt: system.now })]);
    await system.drain();

    const [root] = system.slack.roots('#cryptofunk-critical');
    expect(JSON.stringify(root?.message)).not.toContain('<!channel>');
    expect(root?.message.text).toMatch(/resolved/i);
    expect(system.mail.sent.map((mail) => mail.subject)).toEqual([expect.stringContaining('[RESOLVED]')]);
  });

  it('escalates through the tiers, even with late ticks, and stops at the resolve', async () => {
    const system = new FirstResponder();
    const start = system.now;
    await system.receive([firing(system)]);
    await system.drain();
    system.alertmanager = [...system.world.incidents.items.values()].flatMap((incident) =>
      incident.alerts.map((alert) => alert.fingerprint),
    );

    await system.minutes(65);
    await system.receive([webhookAlert({ status: 'resolved', startsAt: start, endsAt: system.now })]);
    await system.drain();
    await system.minutes(30);

    const [root] = system.slack.roots('#cryptofunk-critical');
    const replies = system.slack.replies(root?.ref as never).map((reply) => JSON.stringify(reply.message));
    expect(replies).toHaveLength(4);
    expect(replies[0]).toContain('@oncall');
    expect(replies[1]).toContain('@senior-eng');
    expect(replies[2]).toContain('@eng-lead');
    expect(replies[3]).toMatch(/resolved/i);
    expect(system.mail.sent.at(-2)?.to).toContain('oncall@example.com');
    expect(system.asked).toBeLessThan(40);
  });

  it('says unverified at a tier when Alertmanager does not answer', async () => {
    const system = new FirstResponder();
    await system.receive([firing(system)]);
    await system.drain();

    await system.minutes(31);

    expect(system.mail.sent.at(-1)?.text).toContain('connection refused');
  });

  it('is notified even when the diagnosis throws', async () => {
    const system = new FirstResponder();
    system.diagnose = async () => {
      throw new Error('the pool is gone');
    };

    await system.receive([firing(system)]);
    await system.drain();

    expect(system.slack.roots()).toHaveLength(2);
    expect(system.mail.sent).toHaveLength(1);
  });

  it('posts only what is worth a message through an incoming webhook, with all mentions', async () => {
    const system = new FirstResponder({ canEdit: false });
    const start = system.now;
    await system.receive([firing(system, { pod: 'a' })]);
    await system.receive([firing(system, { pod: 'b' })]);
    await system.drain();
    system.world.clock.advance(MINUTE);
    for (const pod of ['a', 'b']) {
      await system.receive([
        webhookAlert({ status: 'resolved', startsAt: start, endsAt: system.now, labels: { pod } }),
      ]);
      await system.drain();
    }

    expect(system.slack.posted).toHaveLength(2);
    expect(JSON.stringify(system.slack.posted[0]?.message)).toContain('<!channel>');
    expect(system.slack.posted[1]?.message.text).toMatch(/resolved/i);
  });

  it('waits as long as Slack asks and loses nothing', async () => {
    const system = new FirstResponder();
    await system.receive([firing(system)]);
    system.slack.script({
      kind: 'retryable',
      reason: 'rate_limited',
      detail: 'ratelimited',
      retryAfterMs: 30_000,
    });

    await system.drain();
    expect(system.slack.roots()).toHaveLength(1);
    system.world.clock.advance(30_000);
    await system.drain();

    expect(system.slack.roots()).toHaveLength(2);
    const records = [...system.world.incidents.items.keys()].flatMap((id) =>
      system.world.destinations.deliveriesOf(id),
    );
    expect(records.every((record) => record.outcome === 'delivered')).toBe(true);
  });

  it('records a permanent failure and still notifies the other targets', async () => {
    const system = new FirstResponder();
    await system.receive([firing(system)]);
    system.slack.script({ kind: 'permanent', reason: 'not_found', detail: 'channel_not_found' });

    await system.drain();

    const [id] = [...system.world.incidents.items.keys()];
    const records = system.world.destinations.deliveriesOf(id as string);
    const routed = records.filter(({ key }) => key !== system.world.deliveries.sent.at(-1)?.key);
    expect(routed.map((record) => record.outcome).toSorted()).toEqual(['delivered', 'delivered', 'failed']);
    expect(records.find((record) => record.outcome === 'failed')?.detail).toContain('channel_not_found');
  });

  it('posts a new root when Slack says that the old one cannot be edited', async () => {
    const system = new FirstResponder();
    const start = system.now;
    await system.receive([firing(system)]);
    await system.drain();
    for (const root of system.slack.roots()) system.slack.forget(root.ref);
    system.world.clock.advance(MINUTE);

    await system.receive([webhookAlert({ status: 'resolved', startsAt: start, endsAt: system.now })]);
    await system.drain();

    expect(system.slack.roots().map((root) => root.message.text)).toEqual([
      expect.stringMatching(/resolved/i),
      expect.stringMatching(/resolved/i),
    ]);
  });

  it('edits once for a burst of quiet updates', async () => {
    const system = new FirstResponder();
    const start = system.now;
    const pods = Array.from({ length: 41 }, (_, i) => `pod-${i}`);
    await system.receive(pods.map((pod) => firing(system, { pod })));
    await system.drain();
    const before = system.slack.calls.length;
    system.world.clock.advance(MINUTE);

    for (const pod of pods.slice(1)) {
      await system.receive([
        webhookAlert({ status: 'resolved', startsAt: start, endsAt: system.now, labels: { pod } }),
      ]);
    }
    await system.drain();

    expect(system.slack.calls.slice(before).map((call) => call.kind)).toEqual(['update', 'update']);
  });

  it('routes by category and by the severity that is in the label', async () => {
    const system = new FirstResponder({
      catalog: catalog({}, [runbook({ alertname: 'AgentDown', severity: 'warning', category: 'agents' })]),
    });

    await system.receive([
      webhookAlert({ alertname: 'AgentDown', startsAt: system.now, labels: { severity: 'Ticket' } }),
    ]);
    await system.drain();

    expect(system.slack.roots().map((root) => root.to)).toEqual(['#cryptofunk-alerts', '#cryptofunk-agents']);
    expect(system.mail.sent[0]?.to).toEqual(['team@example.com']);
  });

  it('never turns label text into a mention, a header or markup', async () => {
    const system = new FirstResponder();
    const hostile = '<!channel> *bold*\r\nBcc: x@example.com';

    await system.receive([
      webhookAlert({ alertname: hostile, startsAt: system.now, labels: { severity: 'info', pod: hostile } }),
    ]);
    await system.drain();

    expect(JSON.stringify(system.slack.posted)).not.toContain('<!channel>');
    expect(system.slack.posted).toHaveLength(2);
  });
});

describe('an unacceptable webhook', () => {
  it('has its one bad alert rejected and its other alerts kept', async () => {
    const system = new FirstResponder();
    const bad = { ...firing(system), labels: 'none' };

    const result = await system.receive([firing(system), bad]);

    expect(result).toMatchObject({
      kind: 'accepted',
      incidents: [{ outcome: 'opened' }],
      rejected: [{ index: 1, reason: expect.stringContaining('labels') }],
    });
  });

  it('is quarantined when it is unreadable, with the position of the error', async () => {
    const system = new FirstResponder();

    const result = await system.receive([], webhookBody([], { alerts: 'none' }));

    expect(result).toMatchObject({ kind: 'malformed', path: 'alerts' });
    expect(await system.world.quarantine.list(10)).toHaveLength(1);
  });
});
