import { describe, expect, it } from 'vitest';
import type { WebhookBody } from '../../lib/channels/webhook/body-schema.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { deliverMessage } from '../../lib/flow/deliver/deliver-message.ts';
import { catalog } from '../support/factories/catalog.ts';
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

    const said = system.slack.posted.map(({ message }) => JSON.stringify(message)).join();
    expect(said).toContain('The webhook does not accept notices for pager: HTTP 400');
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
