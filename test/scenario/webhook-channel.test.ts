import { describe, expect, it } from 'vitest';
import type { WebhookBody } from '../../lib/channels/webhook/body-schema.ts';
import type { SendOutcome } from '../../lib/core/delivery/delivery.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { deliverMessage } from '../../lib/flow/deliver/deliver-message.ts';
import { slackWords } from '../support/assertions/slack-text.ts';
import { catalog } from '../support/factories/catalog.ts';
import { configuredChannels } from '../support/factories/configured-channels.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { deliverFor } from '../support/harness/deliver-for.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

/** A system whose critical incidents are posted to `pager`, and those of agents to `desk`. */
function withPager(): FirstResponder {
  const { routes } = catalog();
  const more = [
    { severity: ['critical' as const], webhook: 'pager' },
    { category: ['agents'], webhook: 'desk' },
    { severity: ['critical' as const], webhook: 'not-configured' },
  ];
  return new FirstResponder({
    catalog: catalog({ routes: [...routes, ...more] }),
    webhooks: ['pager', 'desk'],
  });
}

function bodies(system: FirstResponder): WebhookBody[] {
  return system.webhook.posted.map(({ body }) => JSON.parse(body) as WebhookBody);
}

function notices(system: FirstResponder) {
  return bodies(system).flatMap((body) => (body.kind === 'notice' ? [body] : []));
}

async function fire(system: FirstResponder, labels: Record<string, string> = {}, startsAt = system.now) {
  await system.receive([webhookAlert({ startsAt, labels })]);
  await system.drain();
  return [...system.world.incidents.items.keys()][0] ?? '';
}

const unavailable = { kind: 'retryable', reason: 'unavailable', detail: 'webhook pager: HTTP 503' } as const;

/** Every text that people have received, by Slack and by mail. */
function textsForPeople(system: FirstResponder): string {
  const slack = system.slack.posted.flatMap(({ history }) => history.map(slackWords));
  return [...slack, ...system.mail.sent.map(({ text }) => text)].join('\n');
}

/** A receiver that drops the keys that it has seen, as docs/webhook.md shows; what it has taken. */
function dropRepeats(system: FirstResponder, state: { answers: 'up' | 'lost' | 'down' }): WebhookBody[] {
  const seen = new Set<string>();
  const taken: WebhookBody[] = [];
  system.webhook.post = async ({ key, body }) => {
    if (state.answers === 'down') return unavailable;
    if (!seen.has(key)) taken.push(JSON.parse(body) as WebhookBody);
    seen.add(key);
    return state.answers === 'lost' ? noAnswer : { kind: 'delivered' };
  };
  return taken;
}

const noAnswer = {
  kind: 'retryable',
  reason: 'timeout',
  detail: 'webhook pager: no answer in time',
  mayHaveArrived: true,
} as const;

describe('a receiver that drops what it has seen', () => {
  it('still learns of what was raised between an answer that was lost and the next attempt', async () => {
    const { routes } = catalog();
    const system = new FirstResponder({
      catalog: catalog({ routes: [...routes, { webhook: 'pager' }] }),
      webhooks: ['pager'],
    });
    const state: { answers: 'up' | 'lost' | 'down' } = { answers: 'lost' };
    const taken = dropRepeats(system, state);
    await system.receive([webhookAlert({ startsAt: system.now, labels: { severity: 'warning', pod: 'a' } })]);
    while (await system.consumeDiagnose());
    await deliverFor(system, 10 * SECOND);
    state.answers = 'down';
    await system.receive([
      webhookAlert({ startsAt: system.now, labels: { severity: 'critical', pod: 'b' } }),
    ]);
    while (await system.consumeDiagnose());
    await deliverFor(system, 4 * MINUTE);
    state.answers = 'up';
    await deliverFor(system, 10 * MINUTE);

    const known = taken.flatMap((body) => (body.kind === 'notice' ? [body.incident.severity] : []));
    expect(known[0]).toBe('warning');
    expect(known.at(-1)).toBe('critical');
  });

  it('gets a message again within seconds after a lost answer, and takes it once', async () => {
    const system = withPager();
    const state: { answers: 'up' | 'lost' | 'down' } = { answers: 'lost' };
    const taken = dropRepeats(system, state);
    await system.receive([webhookAlert({ startsAt: system.now })]);
    while (await system.consumeDiagnose());
    await deliverFor(system, 2 * SECOND);
    state.answers = 'up';
    await deliverFor(system, 10 * SECOND);

    expect(taken).toHaveLength(1);
    const [incidentId = ''] = system.world.incidents.items.keys();
    const record = await system.world.destinations.read(incidentId, 'webhook:pager');
    expect(record).toMatchObject({ lastPingSeq: 1 });
  });
});

describe('webhooks and people', () => {
  const broken = (name: string, outcome: SendOutcome) => async (request: { name: string }) =>
    request.name === name ? outcome : ({ kind: 'delivered' } as const);

  it('hear of each webhook that is broken, for they are servers of their own', async () => {
    const { routes } = catalog();
    const critical = ['critical' as const];
    const system = new FirstResponder({
      catalog: catalog({
        routes: [
          ...routes,
          { severity: critical, webhook: 'pager' },
          { severity: critical, webhook: 'desk' },
        ],
      }),
      webhooks: ['pager', 'desk'],
    });
    system.webhook.post = broken('desk', unavailable);
    await system.receive([webhookAlert({ startsAt: system.now, labels: { alertname: 'First' } })]);
    while (await system.consumeDiagnose());
    await deliverFor(system, 10 * MINUTE);
    system.webhook.post = broken('pager', unavailable);
    await system.receive([webhookAlert({ startsAt: system.now, labels: { alertname: 'Second' } })]);
    while (await system.consumeDiagnose());
    await deliverFor(system, 10 * MINUTE);

    expect(textsForPeople(system)).toContain('The webhook desk has not accepted this for 2 min');
    expect(textsForPeople(system)).toContain('The webhook pager has not accepted this for 2 min');
  });

  it('hear of a refusal themselves, and not another webhook', async () => {
    const { routes } = catalog();
    const more = ['pager', 'desk'].map((webhook) => ({ severity: ['critical' as const], webhook }));
    const system = new FirstResponder({
      catalog: catalog({ routes: [...routes, ...more] }),
      webhooks: ['pager', 'desk'],
    });
    const id = await fire(system);
    system.webhook.post = broken('pager', {
      kind: 'permanent',
      reason: 'rejected',
      detail: 'webhook pager: HTTP 422',
    });
    await system.acknowledge(id);
    await system.drain();

    expect(textsForPeople(system)).toContain('The webhook pager does not accept notices: HTTP 422');
  });

  it('are notified as before when a webhook is added', async () => {
    const mailAlone = { ...configuredChannels, slack: 'none' as const };
    const system = new FirstResponder({
      catalog: catalog({
        routes: [{ severity: ['critical'], email: ['ALERT_EMAIL_TO'] }, { webhook: 'desk' }],
      }),
      channels: mailAlone,
      webhooks: ['desk'],
    });

    await fire(system, { alertname: 'Other', severity: 'warning' });

    expect(system.mail.sent).toHaveLength(1);
    expect(system.webhook.posted).toHaveLength(1);
  });

  it('have no program carry for them what Slack does not accept', async () => {
    const { routes } = catalog();
    const system = new FirstResponder({
      catalog: catalog({ routes: [...routes, { severity: ['critical'], webhook: 'pager' }] }),
      channels: { ...configuredChannels, mail: false },
      webhooks: ['pager'],
    });
    system.slack.script(
      ...Array.from(
        { length: 9 },
        () => ({ kind: 'misconfigured', reason: 'unauthorized', detail: 'x' }) as const,
      ),
    );
    await system.receive([webhookAlert({ startsAt: system.now })]);
    while (await system.consumeDiagnose());
    await deliverFor(system, 3 * MINUTE);

    expect(system.webhook.posted).toHaveLength(1);
  });
});

describe('a webhook', () => {
  it('is told of each notice of the incidents that its routes name, with their version', async () => {
    const system = withPager();
    const startsAt = system.now;
    const id = await fire(system);
    await system.acknowledge(id);
    await system.drain();
    await system.receive([webhookAlert({ startsAt, status: 'resolved', endsAt: system.now + 1 })]);
    await system.drain();

    expect(system.webhook.posted.map(({ name }) => name)).toEqual(['pager', 'pager', 'pager']);
    expect(notices(system)).toMatchObject([
      { seq: 1, reason: 'opened', interrupts: true, incident: { id, state: 'firing', severity: 'critical' } },
      { seq: 2, reason: 'acknowledged', interrupts: false, incident: { acknowledged: { by: 'Ana' } } },
      { seq: 3, reason: 'resolved', interrupts: false, incident: { state: 'resolved' } },
    ]);
  });

  it('is not told of what no route sends there', async () => {
    const system = withPager();

    await fire(system, { alertname: 'Other', severity: 'warning' });

    expect(system.webhook.calls).toEqual([]);
    expect(system.slack.roots()).not.toEqual([]);
  });

  it('gets every attempt of a message under one key, and every message under a key of its own', async () => {
    const system = withPager();
    system.webhook.script(unavailable, 'hang');

    const id = await fire(system);
    await deliverFor(system, 10 * MINUTE);
    await system.acknowledge(id);
    await system.drain();

    const keys = system.webhook.calls.map(({ key }) => key);
    expect(keys).toHaveLength(4);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it('is not told of a quiet change that a later page tells, after an outage', async () => {
    const system = withPager();
    const id = await fire(system);
    system.webhook.script(...Array.from({ length: 30 }, () => unavailable));
    await system.acknowledge(id);
    while (await system.consumeDiagnose());
    await deliverFor(system, 5 * MINUTE);
    await system.receive([webhookAlert({ startsAt: system.now, labels: { pod: 'b' } })]);
    while (await system.consumeDiagnose());
    system.webhook.recover();
    await deliverFor(system, 10 * MINUTE);

    expect(notices(system).map(({ reason }) => reason)).toEqual(['opened', 'joined']);
    expect(notices(system)[1]?.incident.acknowledged).toMatchObject({ by: 'Ana' });
  });

  it('that refuses a critical page for good has it carried by a channel with people', async () => {
    const system = withPager();
    system.webhook.script({ kind: 'permanent', reason: 'rejected', detail: 'webhook pager: HTTP 400' });

    await fire(system);

    const said = system.slack.posted.map(({ message }) => slackWords(message)).join();
    expect(said).toContain('The webhook pager does not accept notices: HTTP 400');
  });

  it('keeps its notice on the queue while it is not configured', async () => {
    const system = withPager();
    await system.receive([webhookAlert({ startsAt: system.now })]);
    while (await system.consumeDiagnose());
    const ports = { ...system.deliverPorts, channels: system.openChannels({ without: ['webhook'] }) };
    const message = system.world.deliveries.waiting.find(({ body }) => body.target.channel === 'webhook');
    if (message === undefined) throw new Error('nothing waits');

    const result = await deliverMessage(ports, { message: message.body, attempt: 1 });

    expect(result).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('NOTIFY_WEBHOOKS is not set'),
    });
  });

  it('is told the least of an incident whose notice cannot be written out', async () => {
    const system = withPager();
    const broken = system.deliverPorts;
    const channels = broken.channels.map((channel) =>
      channel.channel === 'webhook'
        ? { ...channel, render: () => Promise.reject(new Error('broken')) }
        : channel,
    );
    await system.receive([webhookAlert({ startsAt: system.now })]);
    while (await system.consumeDiagnose());
    for (const { body: message } of system.world.deliveries.waiting)
      await deliverMessage({ ...broken, channels }, { message, attempt: 1 });

    expect(bodies(system)).toMatchObject([
      { kind: 'plain', seq: 1, interrupts: true, why: 'broken', incident: { severity: 'critical' } },
    ]);
  });

  it('gets one digest for a storm of warnings', async () => {
    const { routes } = catalog();
    const system = new FirstResponder({
      catalog: catalog({ routes: [...routes, { webhook: 'desk' }], stormAfter: 3 }),
      webhooks: ['desk'],
    });
    for (let n = 0; n < 12; n += 1)
      await system.receive([
        webhookAlert({ startsAt: system.now, labels: { alertname: `Storm${n}`, severity: 'warning' } }),
      ]);
    while (await system.consumeDiagnose());
    await deliverFor(system, 2 * MINUTE);

    const digests = bodies(system).flatMap((body) => (body.kind === 'digest' ? [body] : []));
    expect(digests.length).toBeGreaterThan(0);
    expect(digests.at(-1)?.incidents.length).toBe(9);
    expect(notices(system)).toHaveLength(3);
  });
});
