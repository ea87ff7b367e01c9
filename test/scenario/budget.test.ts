import { describe, expect, it } from 'vitest';
import { FirstResponder } from '../support/first-responder.ts';
import { webhookAlert } from '../support/webhook.ts';

/** design.md, "Storage": what a delivery may cost, whatever it holds. */
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

describe('the budget of a delivery', () => {
  it.each([1, 200])(
    'costs one read, one write, one batch and one drop when %i alerts open an incident',
    async (count) => {
      const system = new FirstResponder();

      const cost = await costOf(system, pods(system, count));

      expect(cost).toEqual(ONE_CHANGE);
    },
  );

  it.each([1, 200])('costs one read when %i alerts are repeated', async (count) => {
    const system = new FirstResponder();
    const alerts = pods(system, count);
    await system.receive(alerts);

    const cost = await costOf(system, alerts);

    expect(cost).toEqual({ 'incidents.latest': 1 });
  });

  it('costs one write and no queue call when only lastSeenAt is refreshed', async () => {
    const system = new FirstResponder();
    const alerts = pods(system, 3);
    await system.receive(alerts);
    system.world.clock.advance(16 * 60_000);

    const cost = await costOf(system, alerts);

    expect(cost).toEqual({ 'incidents.latest': 1, 'incidents.write': 1 });
  });

  it('costs the same for each incident that a delivery touches', async () => {
    const system = new FirstResponder();
    const alerts = ['A', 'B', 'C'].map((alertname) => webhookAlert({ alertname, startsAt: system.now }));

    const cost = await costOf(system, alerts);

    expect(cost).toEqual(Object.fromEntries(Object.entries(ONE_CHANGE).map(([call, n]) => [call, 3 * n])));
  });

  it('costs one small write a minute and source when all it holds is a sign of life', async () => {
    const system = new FirstResponder();
    const sign = [webhookAlert({ alertname: 'Watchdog', startsAt: 1 })];

    const first = await costOf(system, sign);
    system.world.clock.advance(59_999);
    const within = await costOf(system, sign);
    system.world.clock.advance(1);
    const after = await costOf(system, sign);

    expect([first, within, after]).toEqual([{ 'heartbeats.note': 1 }, {}, { 'heartbeats.note': 1 }]);
  });

  it('takes 10,000 alerts in within a second', async () => {
    const system = new FirstResponder();
    const alerts = pods(system, 10_000);

    const started = performance.now();
    const cost = await costOf(system, alerts);

    expect(cost).toEqual(ONE_CHANGE);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
