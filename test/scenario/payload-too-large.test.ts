import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { refusePayload } from '../../lib/flow/receive/refuse-payload.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import type { FaultMoment } from '../support/fakes/faults.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = '#cryptofunk-critical';

function refuse(system: FirstResponder, body = '{"alerts":[') {
  const size = { bytes: 5.5 * 1024 * 1024, maxBytes: 5 * 1024 * 1024 };
  return refusePayload(system.changePorts, { source: 'prod', body, ...size, now: system.now });
}

const incidents = (system: FirstResponder) => [...system.world.incidents.items.values()];
const reasons = (system: FirstResponder) =>
  system.world.effects.sent.map(({ effect }) => `${effect.reason}${effect.ping ? '!' : ''}`);

async function hours(system: FirstResponder, count: number): Promise<void> {
  for (let each = 0; each < count * 6; each += 1) {
    system.world.clock.advance(10 * MINUTE);
    await system.tick();
    await system.drain();
  }
}

describe('a payload over the limit', () => {
  it('pages as a critical incident of its source, and its beginning is quarantined', async () => {
    const system = new FirstResponder();

    const reason = await refuse(system);
    await system.drain();

    expect(reason).toBe('The body has 5767168 bytes; at most 5242880 are accepted.');
    expect(incidents(system)).toMatchObject([
      {
        alertname: 'AlertmanagerPayloadTooLarge',
        source: 'prod',
        group: { source: 'prod' },
        severity: 'critical',
        status: 'open',
      },
    ]);
    expect(system.slack.roots(CRITICAL)[0]?.message.text).toContain('AlertmanagerPayloadTooLarge');
    const [detail] = await system.world.history.details(incidents(system)[0]?.id ?? '');
    expect(detail?.annotations['summary']).toMatch(
      /^A webhook of 5\.50 MB was refused unread; at most 5\.00 MB/,
    );
    expect(await system.world.quarantine.list(10)).toMatchObject([
      { source: 'prod', reason, body: '{"alerts":[' },
    ]);
  });

  it('sends no new page while its incident is open, and is quarantined once if repeated', async () => {
    const system = new FirstResponder();
    await refuse(system);

    for (let each = 0; each < 5; each += 1) {
      system.world.clock.advance(MINUTE);
      await refuse(system);
    }

    expect(reasons(system)).toEqual(['opened!']);
    expect(incidents(system)).toHaveLength(1);
    expect(await system.world.quarantine.list(10)).toHaveLength(1);
  });

  it('resolves 24 h after the last one, by our clock, whatever Alertmanager answers', async () => {
    const system = new FirstResponder();
    system.alertmanager = [];
    await refuse(system);
    system.world.clock.advance(5 * MINUTE);
    await refuse(system);
    const lastAt = system.now;

    await hours(system, 23);
    system.world.clock.set(lastAt + 24 * HOUR - 1);
    await system.tick();
    const before = incidents(system)[0]?.status;
    system.world.clock.set(lastAt + 24 * HOUR);
    await system.tick();
    await system.drain();

    expect([before, incidents(system)[0]?.status]).toEqual(['open', 'resolved']);
    expect(system.asked).toBe(0);
    expect(reasons(system)).toEqual(['opened!', 'reminder!', 'escalated!', 'escalated!', 'resolved']);
    expect(system.world.effects.sent.at(-1)?.effect.summary).toBe('Not seen again for 24 h.');
  });

  it('opens the next incident when another comes later, and reopens the first soon after its end', async () => {
    const system = new FirstResponder();
    await refuse(system);
    await hours(system, 25);
    expect(incidents(system)[0]?.status).toBe('resolved');

    await refuse(system);

    expect(incidents(system).map(({ episode, status }) => [episode, status])).toEqual([
      [1, 'resolved'],
      [2, 'open'],
    ]);
    expect(reasons(system).at(-1)).toBe('opened!');
  });

  it('can be resolved by hand, and pages again after the reopen window', async () => {
    const system = new FirstResponder();
    await refuse(system);
    await system.resolve(incidents(system)[0]?.id ?? '');
    system.world.clock.advance(MINUTE);
    await refuse(system);
    const within = incidents(system)[0]?.status;
    system.world.clock.advance(11 * MINUTE);
    await refuse(system);

    expect([within, incidents(system)[0]?.status]).toEqual(['resolved', 'open']);
    expect(reasons(system)).toEqual(['opened!', 'resolved', 'reopened!']);
  });

  it('is another incident than an alert with the same name', async () => {
    const system = new FirstResponder();
    await refuse(system);

    await system.receive([
      webhookAlert({
        alertname: 'AlertmanagerPayloadTooLarge',
        startsAt: system.now,
        labels: { source: 'prod' },
      }),
    ]);

    expect(incidents(system)).toHaveLength(2);
    expect(incidents(system)[1]?.endsAfter).toBeUndefined();
  });

  it.each(['before', 'after'] as FaultMoment[])(
    'fails as a whole where it dies %s any of its calls, and the repeat pages once',
    async (moment) => {
      for (let call = 1; ; call += 1) {
        const system = new FirstResponder();
        system.world.faults.failAt(call, moment);
        const died = await refuse(system).then(
          () => false,
          () => true,
        );
        if (!died) return expect(call).toBeGreaterThan(4);
        system.world.faults.restart();
        await refuse(system);
        await system.drain();

        expect(reasons(system)).toEqual(['opened!']);
        expect(system.slack.roots(CRITICAL)).toHaveLength(1);
        expect(await system.world.quarantine.list(10)).toHaveLength(1);
      }
    },
  );
});
