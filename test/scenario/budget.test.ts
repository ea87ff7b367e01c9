import { describe, expect, it } from 'vitest';
import { parseWebhook } from '../../lib/core/alert/parse-webhook.ts';
import { groupAlerts } from '../../lib/core/grouping/group-alerts.ts';
import { transition } from '../../lib/core/incident/state-machine/transition.ts';
import { findPolicy } from '../../lib/core/runbook/find-runbook.ts';
import { webhookAlert, webhookBody } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

/** What a webhook may cost, whatever it holds. */
const ONE_CHANGE = {
  'incidents.latest': 1,
  'incidents.write': 1,
  'effects.hand': 1,
  'incidents.keepEffects': 1,
};

async function costOf(system: FirstResponder, alerts: Record<string, unknown>[]) {
  system.world.faults.reset();
  await system.receive(alerts);
  return { ...system.world.faults.calls };
}

const pods = (system: FirstResponder, count: number) =>
  Array.from({ length: count }, (_, i) => webhookAlert({ startsAt: system.now, labels: { pod: `p${i}` } }));

describe('the cost of a webhook', () => {
  it.each([1, 200])(
    'is one read, one write, one batch and one drop when %i alerts open an incident',
    async (count) => {
      const system = new FirstResponder();

      const cost = await costOf(system, pods(system, count));

      expect(cost).toEqual(ONE_CHANGE);
    },
  );

  it.each([1, 200])('is one read when %i alerts are repeated', async (count) => {
    const system = new FirstResponder();
    const alerts = pods(system, count);
    await system.receive(alerts);

    const cost = await costOf(system, alerts);

    expect(cost).toEqual({ 'incidents.latest': 1 });
  });

  it('is one write and no queue call when only lastSeenAt is refreshed', async () => {
    const system = new FirstResponder();
    const alerts = pods(system, 3);
    await system.receive(alerts);
    system.world.clock.advance(16 * 60_000);

    const cost = await costOf(system, alerts);

    expect(cost).toEqual({ 'incidents.latest': 1, 'incidents.write': 1 });
  });

  it('is the same for each of its incidents', async () => {
    const system = new FirstResponder();
    const alerts = ['A', 'B', 'C'].map((alertname) => webhookAlert({ alertname, startsAt: system.now }));

    const cost = await costOf(system, alerts);

    expect(cost).toEqual(Object.fromEntries(Object.entries(ONE_CHANGE).map(([call, n]) => [call, 3 * n])));
  });

  it('is one small write a minute and source when it holds only a heartbeat', async () => {
    const system = new FirstResponder();
    const sign = [webhookAlert({ alertname: 'Watchdog', startsAt: 1 })];

    const first = await costOf(system, sign);
    system.world.clock.advance(59_999);
    const within = await costOf(system, sign);
    system.world.clock.advance(1);
    const after = await costOf(system, sign);

    expect([first, within, after]).toEqual([{ 'heartbeats.note': 1 }, {}, { 'heartbeats.note': 1 }]);
  });

  it('is the same per incident for 10,000 alerts, and reads no alert more often than among 1,000', async () => {
    const system = new FirstResponder();

    const cost = await costOf(system, pods(system, 10_000));
    const readsEach = [1_000, 10_000].map((count) => readsOf(system, count) / count);

    expect(cost).toEqual(ONE_CHANGE);
    expect(readsEach[0]).toBeGreaterThan(10);
    expect(readsEach[1]).toBeLessThanOrEqual(readsEach[0] ?? 0);
  });
});

/** How many fields of `count` alerts are read until their incident is stored. */
function readsOf(system: FirstResponder, count: number): number {
  let reads = 0;
  const counted = <T extends object>(alert: T): T =>
    new Proxy(alert, {
      get(target, field, receiver) {
        reads += 1;
        return Reflect.get(target, field, receiver);
      },
    });
  const parsed = parseWebhook('prod', webhookBody(pods(system, count)));
  if (parsed.kind === 'malformed') throw new Error(parsed.reason);
  const { alerts, externalURL } = parsed.webhook;

  for (const { identity, alerts: observed } of groupAlerts(system.catalog, alerts.map(counted), {
    externalURL,
  })) {
    const event = { type: 'received', identity, alerts: observed.map(counted) } as const;
    transition(undefined, event, system.now, findPolicy(system.catalog, identity.alertname));
  }
  return reads;
}
