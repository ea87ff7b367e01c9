import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { catalog } from '../support/factories/catalog.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import type { FaultMoment } from '../support/fakes/faults.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const ALERTS = '#cryptofunk-alerts';
const CRITICAL = '#cryptofunk-critical';

/** A Watchdog as Prometheus sends it: it always fires. */
function watchdog(system: FirstResponder, change: Parameters<typeof webhookAlert>[0] | object = {}) {
  return webhookAlert({
    alertname: 'Watchdog',
    labels: { severity: 'none' },
    startsAt: system.now - 100 * MINUTE,
    ...change,
  });
}

async function heartbeats(system: FirstResponder, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await system.receive([watchdog(system)]);
    await system.minute();
  }
}

const incidents = (system: FirstResponder) => [...system.world.incidents.items.values()];
const reasons = (system: FirstResponder) =>
  system.world.effects.sent.map(({ effect }) => `${effect.reason}${effect.ping ? '!' : ''}`);

describe('a Watchdog', () => {
  it('opens no incident, and does not affect other alerts of its webhook', async () => {
    const system = new FirstResponder();

    const result = await system.receive([watchdog(system), webhookAlert({ startsAt: system.now })]);

    expect(result).toMatchObject({ kind: 'accepted', incidents: [{ outcome: 'opened' }], rejected: [] });
    expect(incidents(system).map(({ alertname }) => alertname)).toEqual(['DatabaseConnectionPoolCritical']);
  });

  it('costs one call in a minute, and none for the rest of it', async () => {
    const system = new FirstResponder();
    const costs: Record<string, number>[] = [];

    for (const wait of [0, 20 * SECOND, 39 * SECOND, SECOND]) {
      system.world.clock.advance(wait);
      system.world.faults.reset();
      await system.receive([watchdog(system)]);
      costs.push({ ...system.world.faults.calls });
    }

    expect(costs).toEqual([{ 'heartbeats.note': 1 }, {}, {}, { 'heartbeats.note': 1 }]);
  });

  it('fails the webhook if it could not be recorded; other alerts are accepted all the same', async () => {
    const system = new FirstResponder();
    const alerts = [watchdog(system), webhookAlert({ startsAt: system.now })];
    system.world.faults.failOn('heartbeats.note');

    await expect(system.receive(alerts)).rejects.toThrow(AggregateError);
    const again = await system.receive(alerts);

    expect(again).toMatchObject({ incidents: [{ outcome: 'duplicate' }] });
    expect(await system.world.heartbeats.list()).toHaveLength(1);
  });
});

describe('a missing Watchdog', () => {
  it('does not claim that nothing else was heard when that cannot be read', async () => {
    const system = new FirstResponder();
    await system.receive([watchdog(system), webhookAlert({ startsAt: system.now })]);
    system.world.clock.advance(11 * MINUTE);
    system.world.faults.failOn('history.open');

    await system.tick();
    await system.drain();

    const [root] = system.slack
      .roots(CRITICAL)
      .filter(({ message }) => message.text.includes('HeartbeatMissing'));
    expect(root?.message.text).toContain('whether other alerts of it were heard is not known');
  });

  it('opens a critical incident after its interval, which pages like any other and resolves when it returns', async () => {
    const system = new FirstResponder();
    await heartbeats(system, 3);
    const before = system.slack.posted.length;

    await system.minutes(9);
    const inTime = system.slack.posted.length;
    await system.minutes(1);
    const [missing] = incidents(system);
    const roots = [system.slack.roots(ALERTS)[0], system.slack.roots(CRITICAL)[0]].map(
      (root) => root?.message.text,
    );
    await heartbeats(system, 2);

    expect([before, inTime]).toEqual([0, 0]);
    expect(missing).toMatchObject({
      alertname: 'HeartbeatMissing',
      source: 'prod',
      group: { source: 'prod' },
      severity: 'critical',
      status: 'open',
    });
    for (const text of roots) expect(text).toMatch(/HeartbeatMissing/);
    expect(incidents(system)[0]?.status).toBe('resolved');
    expect(reasons(system)).toEqual(['opened!', 'resolved']);
    expect(system.slack.roots(CRITICAL)[0]?.message.text).toMatch(/resolved/i);
  });

  it('says when the last heartbeat came, and when another alert did', async () => {
    const system = new FirstResponder();
    await system.receive([watchdog(system)]);
    system.world.clock.advance(4 * MINUTE);
    await system.receive([webhookAlert({ startsAt: system.now })]);

    await system.minutes(8);

    const missing = incidents(system).find(({ alertname }) => alertname === 'HeartbeatMissing');
    const [detail] = await system.world.history.details(missing?.id ?? '');
    expect(detail?.annotations).toEqual({
      summary:
        'The last Watchdog of prod came at 2026-11-24 03:00 UTC; other alerts were heard at 2026-11-24 03:04 UTC.',
    });
  });

  it('is not expected of a source that never sent one', async () => {
    const system = new FirstResponder();
    await system.receive([webhookAlert({ startsAt: system.now })]);

    await system.minutes(60);

    expect(incidents(system)).toHaveLength(1);
  });

  it('counts as missing when it is reported resolved, which is no heartbeat', async () => {
    const system = new FirstResponder();
    await system.receive([watchdog(system)]);

    for (let minute = 0; minute < 12; minute += 1) {
      await system.minute();
      await system.receive([watchdog(system, { status: 'resolved', endsAt: system.now })]);
    }

    expect(incidents(system).map(({ alertname }) => alertname)).toEqual(['HeartbeatMissing']);
  });

  it('reaches every tier, and is not closed although Alertmanager does not know it', async () => {
    const system = new FirstResponder();
    system.alertmanager = [];
    await heartbeats(system, 1);

    await system.minutes(12 * 60);

    expect(incidents(system)).toMatchObject([{ status: 'open', tiers: { highest: 3 } }]);
    expect(reasons(system)).toEqual(['opened!', 'reminder!', 'escalated!', 'escalated!']);
    expect(system.asked).toBe(0);
  });

  it('is tracked per source, each with its own name and interval', async () => {
    const base = catalog();
    const slow = { alertname: 'DeadMansSwitch', interval: 30 * MINUTE, watch: true };
    const heartbeat = { ...base.heartbeat, sources: { staging: slow, lab: { ...slow, watch: false } } };
    const system = new FirstResponder({ catalog: catalog({ heartbeat }) });
    await system.receive([watchdog(system)]);
    for (const source of ['staging', 'lab']) {
      await system.receive([watchdog(system, { alertname: 'DeadMansSwitch' })], undefined, source);
    }

    await system.minutes(20);
    const early = incidents(system).map(({ source }) => source);
    await system.minutes(20);

    expect(early).toEqual(['prod']);
    expect(incidents(system).map(({ source }) => source)).toEqual(['prod', 'staging']);
  });

  it('opens one incident, however late, doubled or overlapping the ticks are', async () => {
    const system = new FirstResponder();
    await system.receive([watchdog(system)]);
    system.world.clock.advance(70 * MINUTE);

    await Promise.all([system.tick(), system.tick(), system.tick()]);
    await system.tick();

    expect(reasons(system)).toEqual(['opened!']);
  });

  it('stays quiet after a person resolved it, until a heartbeat came and stopped again', async () => {
    const system = new FirstResponder();
    await heartbeats(system, 1);
    await system.minutes(11);
    await system.resolve(incidents(system)[0]?.id ?? '');

    await system.minutes(24 * 60);
    const quiet = reasons(system);
    await heartbeats(system, 3);
    await system.minutes(12);

    expect(quiet).toEqual(['opened!', 'resolved']);
    expect(reasons(system).slice(2)).toEqual(['opened!']);
  });

  it('is not reported because the clocks of two peers differ', async () => {
    const system = new FirstResponder();

    for (let minute = 0; minute < 60; minute += 1) {
      await system.receive([watchdog(system, { startsAt: system.now - 3 * MINUTE })]);
      await system.receive([watchdog(system, { startsAt: system.now + 5 * MINUTE })]);
      await system.minute();
    }

    expect(incidents(system)).toEqual([]);
  });
});

describe('a tick that dies while a heartbeat is missing or back', () => {
  const moments: FaultMoment[] = ['before', 'after'];

  it.each(['missing', 'back'])('neither loses nor repeats a notice: %s', async (phase) => {
    let deaths = 0;
    for (const moment of moments) {
      for (let n = 1; ; n += 1) {
        const system = new FirstResponder();
        await heartbeats(system, 1);
        system.world.clock.advance(11 * MINUTE);
        if (phase === 'back') {
          await system.tick();
          await system.drain();
          await system.receive([watchdog(system)]);
        }
        system.world.faults.failAt(n, moment);
        await system.tick().catch(() => undefined);
        const died = system.world.faults.crashed;
        system.world.faults.restart();
        if (!died) break;
        deaths += 1;
        await system.minutes(3);
        const expected = phase === 'missing' ? ['opened!'] : ['opened!', 'resolved'];
        expect(reasons(system), `${moment} call ${n}`).toEqual(expected);
      }
    }
    expect(deaths).toBeGreaterThanOrEqual(8);
  });
});
