import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = '#cryptofunk-critical';
const FINGERPRINT = 'aaaaaaaaaaaaaaaa';

/** One critical alert that fires and resolves, as two Alertmanagers report it. */
class OneAlert {
  readonly system = new FirstResponder();
  startsAt = this.system.now;

  async fires(): Promise<void> {
    this.startsAt = this.system.now;
    await this.reportsFiring();
  }

  /** The known firing again, from a late peer. */
  async reportsFiring(): Promise<void> {
    await this.system.receive([webhookAlert({ fingerprint: FINGERPRINT, startsAt: this.startsAt })]);
    await this.system.drain();
  }

  async resolves(endsAt = this.system.now): Promise<void> {
    const { startsAt } = this;
    await this.system.receive([
      webhookAlert({ fingerprint: FINGERPRINT, startsAt, status: 'resolved', endsAt }),
    ]);
    await this.system.drain();
  }

  get incident() {
    const incident = [...this.system.world.incidents.items.values()].at(-1);
    if (incident === undefined) throw new Error('no incident is stored');
    return incident;
  }

  get subjects(): string[] {
    return this.system.mail.sent.map(({ subject }) => subject);
  }

  get root(): string {
    return this.system.slack.roots(CRITICAL)[0]?.message.text ?? '';
  }
}

describe('a firing that was paged as unverified', () => {
  it('ends with its own resolve although the clock of its sender was set back by an hour', async () => {
    const alert = new OneAlert();
    const { system } = alert;
    await alert.fires();
    await system.minutes(20);
    await alert.resolves();
    await system.minutes(20);
    alert.startsAt = system.now - HOUR;
    await alert.reportsFiring();
    await system.minutes(7);
    expect(alert.subjects.at(-1)).toContain('not confirmed');

    await alert.resolves(system.now - HOUR);
    await system.minutes(90);

    expect(alert.incident).toMatchObject({ status: 'resolved', tiers: { highest: 1 } });
    expect(alert.subjects.at(-1)).toContain('[RESOLVED]');
  });

  it('is shown as resolved when its own resolve comes, and calls no later tier', async () => {
    const alert = new OneAlert();
    const { system } = alert;
    await alert.fires();
    system.world.clock.advance(90_000);
    const endsAt = alert.startsAt + MINUTE;
    await alert.resolves(endsAt);
    system.world.clock.advance(MINUTE);
    await alert.reportsFiring();
    await system.minutes(7);
    expect(alert.subjects.at(-1)).toContain('not confirmed');

    await alert.resolves(endsAt);
    await system.minutes(90);

    expect(alert.incident.status).toBe('resolved');
    expect(alert.root).toMatch(/^RESOLVED/);
    expect(alert.subjects.at(-1)).toContain('[RESOLVED]');
    expect(alert.subjects.filter((subject) => subject.includes('escalated'))).toEqual([]);
  });
});

describe('resolving a flapping, silently reopened incident by hand', () => {
  it('is announced, because its last resolve was suppressed', async () => {
    const alert = new OneAlert();
    const { system } = alert;
    await alert.fires();
    for (let reopens = 0; reopens < 3; reopens += 1) {
      await system.minute();
      await alert.resolves();
      await system.minute();
      await alert.fires();
    }
    await system.minute();
    await alert.resolves();
    await system.minute();
    await alert.reportsFiring();
    expect(alert.root).toMatch(/^CRITICAL.*flapping/);

    await system.resolve(alert.incident.id);
    await system.minutes(20);

    expect(alert.root).toMatch(/^RESOLVED/);
    expect(alert.subjects.filter((subject) => subject.includes('[RESOLVED]')).at(-1)).toBe(
      alert.subjects.at(-1),
    );
  });
});

describe('a critical alert that returns while a warning kept the incident open', () => {
  const warning = (startsAt: number) =>
    webhookAlert({ labels: { severity: 'warning' }, fingerprint: 'bbbbbbbbbbbbbbbb', startsAt });

  async function criticalForFiveMinutes(): Promise<OneAlert> {
    const alert = new OneAlert();
    const { system } = alert;
    system.alertmanager = [FINGERPRINT, 'bbbbbbbbbbbbbbbb'];
    await system.receive([warning(system.now)]);
    await alert.fires();
    await system.minutes(5);
    await alert.resolves();
    return alert;
  }

  it('pages the first tier and restarts its clock', async () => {
    const alert = await criticalForFiveMinutes();
    const { system } = alert;
    await system.minutes(70);
    const before = alert.subjects.length;

    await alert.fires();
    await system.minutes(29);

    expect(alert.subjects.slice(before)).toEqual([
      expect.stringContaining('raised to critical'),
      expect.stringContaining('not acknowledged'),
    ]);
    await system.minutes(1);
    expect(alert.subjects.at(-1)).toContain('escalated to L2');
  });

  it('pages although somebody acknowledged its first firing', async () => {
    const alert = new OneAlert();
    const { system } = alert;
    system.alertmanager = [FINGERPRINT, 'bbbbbbbbbbbbbbbb'];
    await system.receive([warning(system.now)]);
    await alert.fires();
    await system.acknowledge(alert.incident.id);
    await system.drain();
    await system.minutes(5);
    await alert.resolves();
    await system.minutes(70);

    await alert.fires();

    expect(alert.subjects.at(-1)).toContain('raised to critical');
    await system.minutes(15);
    expect(alert.subjects.at(-1)).toContain('not acknowledged');
  });

  it('keeps its tier clock if it was away for less than the reopen window', async () => {
    const alert = await criticalForFiveMinutes();
    const { system } = alert;
    await system.minutes(8);

    await alert.fires();
    await system.minutes(17);

    expect(alert.subjects.at(-1)).toContain('escalated to L2');
  });
});
