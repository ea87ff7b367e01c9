import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { addMaintenance, endMaintenance, listMaintenances } from '../../lib/flow/maintenance/maintenances.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import type { FaultMoment } from '../support/fakes/faults.ts';
import { createRecordingLog } from '../support/fakes/recording-log.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = '#cryptofunk-critical';
const POOL = 'DatabaseConnectionPoolCritical';

let made = 0;

/** A maintenance that begins now. */
function maintain(system: FirstResponder, matchers: string, length = HOUR, begins = 0) {
  made += 1;
  const request = {
    matchers,
    from: system.now + begins,
    to: system.now + begins + length,
    by: 'Ana',
    reason: 'database upgrade',
  };
  return addMaintenance(system.world, { request, unique: `unique${made}`, now: system.now });
}

/** Fires and keeps firing, as Alertmanager would confirm. */
async function fire(system: FirstResponder, labels: Record<string, string> = {}, alertname = POOL) {
  await system.receive([webhookAlert({ alertname, startsAt: system.now, labels })]);
  system.alertmanager = incidents(system).flatMap(({ alerts }) => alerts.map((alert) => alert.fingerprint));
  await system.drain();
}

async function resolve(system: FirstResponder, startsAt: number, alertname = POOL) {
  const alert = { alertname, status: 'resolved' as const, startsAt, endsAt: system.now };
  await system.receive([webhookAlert(alert)]);
  await system.drain();
}

const incidents = (system: FirstResponder) => [...system.world.incidents.items.values()];
/** Everything that interrupts or adds a message; edits do not. */
const notified = (system: FirstResponder) => system.slack.posted.length + system.mail.sent.length;
const texts = (system: FirstResponder) => system.slack.posted.map((each) => each.message.text);
const timeline = (system: FirstResponder) =>
  incidents(system).flatMap(({ id }) => system.world.history.timelineOf(id).map((entry) => entry.summary));

describe('a maintenance', () => {
  it('mutes every notice of the incidents it covers, through all tiers, and keeps their history', async () => {
    const system = new FirstResponder();
    const { id } = await maintain(system, `alertname="${POOL}"`, 2 * HOUR);

    await fire(system);
    await system.minutes(115);

    expect(notified(system)).toBe(0);
    const [incident] = incidents(system);
    expect(incident).toMatchObject({ status: 'open', severity: 'critical', tiers: { highest: 1 } });
    expect(timeline(system)).toEqual([
      `Opened by 1 alert. Nobody was notified: muted by maintenance ${id} (database upgrade, Ana).`,
    ]);
    const record = await system.world.history.record(incident?.id ?? '');
    expect(new Set(record?.deliveries.map(({ outcome }) => outcome))).toEqual(new Set(['superseded']));
    expect(record?.diagnoses).toHaveLength(1);
    const { maintenances } = await listMaintenances(system.world, system.now);
    expect(maintenances).toMatchObject([{ id, state: 'active', muted: [incident?.id] }]);
  });

  it('does not mute what it does not cover, nor anything before or after it', async () => {
    const system = new FirstResponder();
    await maintain(system, 'alertname="Other"');
    await maintain(system, `alertname="${POOL}"`, HOUR, HOUR);

    await fire(system);

    expect(system.slack.roots(CRITICAL)).toHaveLength(1);
  });

  it('stops muting when an alert joins that it does not cover: that pages', async () => {
    const system = new FirstResponder();
    await maintain(system, 'env="test"');
    await fire(system, { env: 'test' });
    const before = notified(system);

    await fire(system, { env: 'prod' });

    expect(before).toBe(0);
    expect(system.slack.roots(CRITICAL)).toHaveLength(1);
    expect(JSON.stringify(system.slack.posted)).toContain('<!channel>');
    expect(system.mail.sent).toHaveLength(1);
    expect(incidents(system)[0]).not.toHaveProperty('muted');
  });

  it('that cannot be compared with an alert that joins a muted incident does not keep it muted', async () => {
    const system = new FirstResponder();
    await maintain(system, 'env="test"');
    await fire(system, { env: 'test' });
    system.world.faults.failOn('history.details');

    await fire(system, { env: 'prod' });

    expect(JSON.stringify(system.slack.posted)).toContain('<!channel>');
    expect(incidents(system)[0]).not.toHaveProperty('muted');
  });

  it('that no longer covers all pages once, whether the alert outside it raises the severity or fires again', async () => {
    const raised = new FirstResponder();
    await maintain(raised, 'env="test"');
    await fire(raised, { env: 'test', severity: 'warning' });
    const reopened = new FirstResponder();
    await maintain(reopened, 'env="test"');
    await fire(reopened, { env: 'test' });
    const ended = { status: 'resolved' as const, labels: { env: 'test' } };
    await reopened.receive([webhookAlert({ ...ended, startsAt: reopened.now, endsAt: reopened.now })]);
    await reopened.drain();

    for (const system of [raised, reopened]) {
      system.world.clock.advance(MINUTE);
      await fire(system, { env: 'prod' });
    }

    for (const system of [raised, reopened]) {
      const critical = system.slack.posted.filter(({ to }) => to === CRITICAL);
      expect(critical).toHaveLength(1);
      expect(JSON.stringify(critical)).toContain('<!channel>');
      expect(system.mail.sent).toHaveLength(1);
    }
  });

  it('covers an incident together with another maintenance', async () => {
    const system = new FirstResponder();
    await maintain(system, 'env="a"');
    await maintain(system, 'env=~"b|c"');

    for (const env of ['a', 'b']) await fire(system, { env });

    expect(notified(system)).toBe(0);
  });

  it('with a pattern that would try again from each position holds no page up', async () => {
    const system = new FirstResponder();
    await maintain(system, 'service=~"(a|a)*c"');

    // Twice the time for each more a: much longer, and a failure would never end.
    await fire(system, { service: `${'a'.repeat(32)}b` });

    expect(system.slack.roots(CRITICAL)).toHaveLength(1);
    expect(system.mail.sent).toHaveLength(1);
  });

  it('that cannot be compared in time mutes nothing, and the log says why', async () => {
    const system = new FirstResponder();
    const log = createRecordingLog();
    system.log = log;
    for (const [n, pod] of ['b', 'c', 'd', 'a'].entries()) {
      await maintain(system, `pod=~"${pod}.*"`, HOUR + n * MINUTE);
    }
    await system.receive([webhookAlert({ alertname: POOL, startsAt: system.now, labels: { pod: 'a-1' } })]);
    const { clock } = system.world;
    const standing = clock.now;
    clock.now = () => {
      clock.advance(400);
      return standing();
    };

    await system.drain();

    expect(system.slack.roots(CRITICAL)).toHaveLength(1);
    expect(log.lines.map(({ message }) => message)).toContain(
      'a notice is sent because its alerts could not be compared with all maintenances in time',
    );
  });

  it('sends the resolve only of incidents whose firing was sent', async () => {
    const system = new FirstResponder();
    const start = system.now;
    await fire(system);
    const before = notified(system);
    await maintain(system, 'alertname=~".*Critical|Other"');
    await system.minute();
    await fire(system, {}, 'Other');
    await resolve(system, start);

    const heard = texts(system);
    await resolve(system, start + MINUTE, 'Other');

    expect(before).toBeGreaterThan(0);
    expect(heard.length).toBeGreaterThan(before - system.mail.sent.length);
    expect(system.slack.roots(CRITICAL)[0]?.message.text).toMatch(/resolved/i);
    expect(texts(system)).toEqual(heard);
    expect(heard.join()).not.toContain('Other');
  });

  it('keeps muted the close of what nobody has heard of, in the tick in which it is over itself', async () => {
    const system = new FirstResponder();
    const start = system.now;
    await maintain(system, `alertname="${POOL}"`, MINUTE);
    await fire(system);
    system.alertmanager = [];

    for (const minutes of [20, 38, 39, 40]) {
      system.world.clock.set(start + minutes * MINUTE);
      await system.tick();
      await system.drain();
    }

    expect(incidents(system)).toMatchObject([{ status: 'resolved', resolution: 'vanished' }]);
    expect(incidents(system)[0]?.muted).toBeUndefined();
    expect(texts(system).filter((text) => !text.startsWith('Maintenance over'))).toEqual([]);
  });

  it('mutes nothing when the maintenances cannot be read', async () => {
    const system = new FirstResponder();
    await maintain(system, `alertname="${POOL}"`);
    system.world.faults.failOn('maintenances.endingAfter');

    await fire(system);

    expect(system.slack.roots(CRITICAL)).toHaveLength(1);
  });

  it('costs a webhook nothing, and a notice one read in 15 s while there is none', async () => {
    const system = new FirstResponder();
    system.world.faults.reset();

    await system.receive([webhookAlert({ startsAt: system.now })]);
    const received = Object.keys(system.world.faults.calls).filter((call) => call.startsWith('maint'));
    await system.drain();
    await fire(system, {}, 'Other');

    expect(received).toEqual([]);
    expect(system.world.faults.calls['maintenances.endingAfter']).toBe(1);
  });
});

describe('the end of a maintenance', () => {
  const SUMMARY = /^Maintenance over: 2 fired meanwhile, 1 still fires$/;

  async function ended(how: 'as planned' | 'early'): Promise<FirstResponder> {
    const system = new FirstResponder();
    const { id } = await maintain(system, `alertname=~"${POOL}|Other"`);
    const start = system.now;
    await fire(system);
    await fire(system, {}, 'Other');
    await system.minutes(20);
    await resolve(system, start, 'Other');
    if (how === 'early') await endMaintenance(system.world, { id, now: system.now });
    else await system.minutes(39);
    return system;
  }

  it.each(['as planned', 'early'] as const)(
    'pages for what still fires, restarts its tiers, and sends one summary: %s',
    async (how) => {
      const system = await ended(how);
      const before = notified(system);

      await system.minutes(4);
      const summaries = system.slack.roots().filter(({ message }) => SUMMARY.test(message.text));
      const roots = system.slack.roots(CRITICAL).map(({ message }) => message.text);
      await system.minutes(35);

      expect(before).toBe(0);
      expect(summaries.map(({ to }) => to).toSorted()).toEqual(
        ['#cryptofunk-alerts', CRITICAL, '#cryptofunk-ops'].toSorted(),
      );
      expect(JSON.stringify(summaries[0]?.message.blocks)).toMatch(
        /Still firing.*CRITICAL DatabaseConnectionPoolCritical.*Over by itself.*CRITICAL Other/,
      );
      expect(JSON.stringify(summaries)).not.toContain('<!channel>');
      expect(roots.filter((text) => text.includes(POOL))).toHaveLength(1);
      const mails = system.mail.sent.map(({ subject }) => subject);
      expect(mails.filter((subject) => subject.startsWith('[MAINTENANCE OVER]'))).toEqual([
        '[MAINTENANCE OVER] 2 fired meanwhile, 1 still fires',
      ]);
      const reasons = system.world.effects.sent
        .filter(({ incidentId }) => incidentId === incidents(system)[0]?.id)
        .map(({ effect }) => effect.reason);
      expect(reasons).toEqual(['opened', 'opened', 'reminder', 'escalated']);
    },
  );

  it('does not interrupt for an incident acknowledged meanwhile', async () => {
    const system = new FirstResponder();
    await maintain(system, `alertname="${POOL}"`);
    await fire(system);
    await system.acknowledge(incidents(system)[0]?.id ?? '');
    await system.drain();

    await system.minutes(61);

    expect(texts(system).filter((text) => text.includes(POOL)).length).toBeGreaterThan(0);
    expect(JSON.stringify(system.slack.posted)).not.toContain('<!channel>');
  });

  it('leaves muted what another maintenance still covers', async () => {
    const system = new FirstResponder();
    await maintain(system, `alertname="${POOL}"`);
    await maintain(system, 'severity="critical"', 3 * HOUR);
    await fire(system);

    await system.minutes(90);

    expect(texts(system).filter((text) => text.includes(POOL))).toEqual([]);
  });

  it('has no summary when nothing fired', async () => {
    const system = new FirstResponder();
    await maintain(system, `alertname="${POOL}"`);

    await system.minutes(70);

    expect(notified(system)).toBe(0);
  });

  it('is summed up once everywhere, however much later a revoked token is mended', async () => {
    const system = await ended('as planned');
    const { post } = system.slack;
    system.slack.post = async () => ({ kind: 'misconfigured', reason: 'unauthorized', detail: 'revoked' });
    await system.minutes(60);
    const meanwhile = texts(system);
    system.slack.post = post;

    await system.minutes(20);

    const summaries = system.slack.roots().filter(({ message }) => SUMMARY.test(message.text));
    expect(meanwhile).toEqual([]);
    expect(new Set(summaries.map(({ to }) => to)).size).toBe(3);
    expect(summaries).toHaveLength(3);
  });

  it('is made good by whichever tick comes, an hour late or three at once', async () => {
    const system = await ended('as planned');
    system.world.clock.advance(HOUR);

    await Promise.all([system.tick(), system.tick(), system.tick()]);
    await system.drain();
    await system.minutes(8);

    expect(system.slack.roots(CRITICAL).map(({ message }) => message.text)).toHaveLength(2);
  });

  it('neither loses nor repeats anything when the process dies at any moment', async () => {
    const moments: FaultMoment[] = ['before', 'after'];
    let deaths = 0;
    for (const moment of moments) {
      for (let n = 1; n < 60; n += 1) {
        const system = await ended('early');
        system.world.clock.advance(2 * MINUTE);
        system.world.faults.failAt(n, moment);
        await system.tick().catch(() => undefined);
        const died = system.world.faults.crashed;
        system.world.faults.restart();
        if (!died) break;
        deaths += 1;
        await system.drain();
        await system.minutes(10);
        const roots = system.slack.roots(CRITICAL).map(({ message }) => message.text);
        expect(
          roots.filter((text) => SUMMARY.test(text)),
          `${moment} call ${n}`,
        ).toHaveLength(1);
        expect(
          roots.filter((text) => text.includes(POOL)),
          `${moment} call ${n}`,
        ).toHaveLength(1);
      }
    }
    expect(deaths).toBeGreaterThanOrEqual(15);
  });
});

describe('a diagnosis that dies while it mutes', () => {
  it('neither sends nor loses the notice', async () => {
    for (let n = 1; n < 40; n += 1) {
      const system = new FirstResponder();
      await maintain(system, `alertname="${POOL}"`);
      await system.receive([webhookAlert({ startsAt: system.now })]);
      system.alertmanager = incidents(system).flatMap(({ alerts }) =>
        alerts.map((alert) => alert.fingerprint),
      );
      system.world.faults.failAt(n, 'after');
      await system.consumeDiagnose().catch(() => undefined);
      const died = system.world.faults.crashed;
      system.world.faults.restart();
      if (!died) break;
      await system.drain();
      await system.minutes(50);
      expect(notified(system), `call ${n}`).toBe(0);
      await system.minutes(15);
      expect(
        system.slack.roots(CRITICAL).filter(({ message }) => message.text.includes(POOL)),
        `call ${n}`,
      ).toHaveLength(1);
    }
  });
});
