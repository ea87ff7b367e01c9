import { describe, expect, it } from 'vitest';
import { checkSlackBlocks } from '../../infra/local/slack/check-slack-blocks.ts';
import { slackRateLimit } from '../../lib/channels/slack/rate-limit.ts';
import type { SlackMessage } from '../../lib/channels/slack/slack-client.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { toThreadSubject } from '../support/assertions/thread-subject.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { deliverFor } from '../support/harness/deliver-for.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const INCIDENTS = 300;
const ALERTS = 10_000;
const DELIVERIES = 10;

/** Every tenth incident is critical, every fourth of the others is info. */
function severityOf(incident: number): 'critical' | 'warning' | 'info' {
  if (incident % 10 === 0) return 'critical';
  return incident % 4 === 0 ? 'info' : 'warning';
}

function nameOf(incident: number): string {
  return `Storm${String(incident).padStart(3, '0')}`;
}

function alertsOf(system: FirstResponder, part: number): Record<string, unknown>[] {
  return Array.from({ length: ALERTS / DELIVERIES }, (_, i) => {
    const incident = (part * INCIDENTS) / DELIVERIES + (i % (INCIDENTS / DELIVERIES));
    return webhookAlert({
      startsAt: system.now,
      labels: { alertname: nameOf(incident), severity: severityOf(incident), instance: `host-${part}-${i}` },
    });
  });
}

/** Everything arrives within 50 s, while the queues are processed. */
async function storm(system: FirstResponder): Promise<void> {
  for (let part = 0; part < DELIVERIES; part += 1) {
    await system.receive(alertsOf(system, part));
    while (await system.consumeDiagnose());
    await deliverFor(system, 5 * SECOND);
  }
}

function incidentsOf(system: FirstResponder) {
  return [...system.world.incidents.items.values()];
}

function digests(system: FirstResponder, to: string) {
  return system.slack.roots(to).filter(({ message }) => message.text.startsWith('STORM'));
}

/** Calls to each channel, and edits over all channels, in any minute at most `most`. */
function mostInAMinute(times: number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE).length));
}

function closest(times: number[]): number {
  return Math.min(...times.slice(1).map((at, i) => at - (times[i] ?? 0)));
}

function timesByChannel(system: FirstResponder): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const { channelId, at } of system.slack.calls) {
    times.set(
      channelId,
      [...(times.get(channelId) ?? []), at].toSorted((a, b) => a - b),
    );
  }
  return times;
}

function isValid(message: SlackMessage): boolean {
  return checkSlackBlocks(message.blocks).kind === 'ok';
}

describe('10,000 alerts in 300 incidents within a minute', () => {
  it('all reach people: critical ones each by a message, the others in a digest, within the rate limits', async () => {
    const system = new FirstResponder({ slackRateLimit });

    await storm(system);
    await deliverFor(system, 7 * MINUTE);

    const incidents = incidentsOf(system);
    expect(incidents).toHaveLength(INCIDENTS);
    expect(incidents.reduce((sum, { alerts }) => sum + alerts.length, 0)).toBe(ALERTS);
    expectRateLimited(system);
    expectEveryCriticalNotified(system);
    expectNothingLost(system);
    expect(system.mail.sent.length).toBeLessThanOrEqual(60);
    expect(digests(system, '#cryptofunk-alerts')[0]?.message.text).toMatch(/^STORM OVER/);
  });

  it('all reach people when Slack asks for pauses again and again, and nobody calls it meanwhile', async () => {
    const system = new FirstResponder({ slackRateLimit });
    const { post } = system.slack;
    let calls = 0;
    system.slack.post = async (to, message) => {
      calls += 1;
      if (calls % 9 !== 0) return post(to, message);
      system.slack.calls.push({ kind: 'post', channelId: `C${to.slice(1)}`, at: system.now, to, message });
      held.push({ channelId: `C${to.slice(1)}`, from: system.now, until: system.now + 7 * SECOND });
      return { kind: 'retryable', reason: 'rate_limited', detail: 'Slack: 429', retryAfterMs: 7 * SECOND };
    };
    const held: { channelId: string; from: number; until: number }[] = [];

    await storm(system);
    await deliverFor(system, 9 * MINUTE);

    expect(held.length).toBeGreaterThan(5);
    for (const { channelId, from, until } of held) {
      const during = system.slack.calls.filter(
        (call) => call.channelId === channelId && call.at > from && call.at < until,
      );
      expect(during, channelId).toEqual([]);
    }
    expectRateLimited(system);
    expectEveryCriticalNotified(system);
    expectNothingLost(system);
  });
});

function expectRateLimited(system: FirstResponder): void {
  for (const [channel, times] of timesByChannel(system)) {
    expect(mostInAMinute(times), channel).toBeLessThanOrEqual(60);
    expect(closest(times), channel).toBeGreaterThanOrEqual(SECOND);
  }
  const edits = system.slack.calls.filter(({ kind }) => kind === 'update').map(({ at }) => at);
  expect(mostInAMinute(edits)).toBeLessThanOrEqual(50);
  expect(system.slack.calls.every(({ message }) => isValid(message))).toBe(true);
}

function expectEveryCriticalNotified(system: FirstResponder): void {
  for (const { alertname } of incidentsOf(system).filter(({ severity }) => severity === 'critical')) {
    for (const to of ['#cryptofunk-critical', '#cryptofunk-alerts']) {
      const own = system.slack
        .roots(to)
        .filter(({ message }) => message.text.includes(alertname) && !message.text.startsWith('STORM'));
      expect(own, alertname).toHaveLength(1);
    }
  }
  expect(digests(system, '#cryptofunk-critical')).toEqual([]);
}

/** Each delivery succeeded, and every incident in a digest is counted there. */
function expectNothingLost(system: FirstResponder): void {
  const outcomes = incidentsOf(system).map((incident) => ({
    incident,
    deliveries: system.world.destinations.deliveriesOf(incident.id),
  }));
  for (const { incident, deliveries } of outcomes) {
    expect(deliveries.length, incident.alertname).toBeGreaterThanOrEqual(2);
    for (const { outcome, detail } of deliveries) {
      // A planned failover became needless: its first channel had accepted it, or the other had it already.
      const needless = outcome === 'superseded' && /taken after all|has it already/.test(detail ?? '');
      expect(needless || outcome === 'delivered' || outcome === 'digest', `${outcome} ${detail}`).toBe(true);
    }
  }
  for (const to of ['#cryptofunk-alerts', '#cryptofunk-ops']) {
    const inDigest = outcomes.filter(({ deliveries }) =>
      deliveries.some(({ destination, outcome }) => destination === `slack:${to}` && outcome === 'digest'),
    );
    expect(inDigest.length, to).toBeGreaterThan(200);
    expect(digests(system, to), to).toHaveLength(1);
    expect(digests(system, to)[0]?.message.text).toContain(`${inDigest.length} incidents`);
    const own = system.slack.roots(to).length - 1;
    expect(own + inDigest.length, to).toBe(INCIDENTS);
  }
}

const ALERTS_CHANNEL = '#cryptofunk-alerts';

/** `count` warnings open at once; afterwards all but the first few are in the digest. */
async function inDigest(count = 30, severity = 'warning'): Promise<FirstResponder> {
  const system = new FirstResponder();
  await system.receive(many(system, count, severity));
  while (await system.consumeDiagnose());
  await deliverFor(system, 20 * SECOND);
  return system;
}

function many(system: FirstResponder, count: number, severity: string, startsAt = system.now) {
  return Array.from({ length: count }, (_, i) =>
    webhookAlert({ startsAt, labels: { alertname: nameOf(i), severity, instance: 'a' } }),
  );
}

async function deliver(system: FirstResponder, alerts: Record<string, unknown>[], length = 20 * SECOND) {
  await system.receive(alerts);
  while (await system.consumeDiagnose());
  await deliverFor(system, length);
}

function digestOf(system: FirstResponder): string {
  return JSON.stringify(digests(system, ALERTS_CHANNEL)[0]?.message);
}

function ownRoots(system: FirstResponder, alertname: string) {
  return system.slack.roots(ALERTS_CHANNEL).filter(({ message }) => message.text.includes(` ${alertname}`));
}

function notifiedIn(system: FirstResponder, id: string, outcomes: string[]): boolean {
  return system.world.destinations
    .deliveriesOf(id)
    .some(
      ({ destination, outcome }) => destination === `slack:${ALERTS_CHANNEL}` && outcomes.includes(outcome),
    );
}

describe('an incident in a digest', () => {
  const last = nameOf(29);

  it('shares one message with the others that opened after the twentieth', async () => {
    const system = await inDigest();

    expect(digests(system, ALERTS_CHANNEL)).toHaveLength(1);
    expect(digests(system, ALERTS_CHANNEL)[0]?.message.text).toMatch(
      /^STORM 10 incidents, 10 alerts, 10 firing/,
    );
    expect(system.slack.roots(ALERTS_CHANNEL)).toHaveLength(21);
  });

  it('is shown there as resolved, without a message of its own', async () => {
    const system = await inDigest();
    const start = system.now - 20 * SECOND;
    const posted = system.slack.posted.length;

    await deliver(system, [
      webhookAlert({
        status: 'resolved',
        startsAt: start,
        endsAt: system.now,
        labels: { alertname: last, severity: 'warning', instance: 'a' },
      }),
    ]);

    expect(digestOf(system)).toContain('9 firing, 1 resolved');
    expect(system.slack.posted).toHaveLength(posted);
  });

  it('gets a message of its own when it becomes critical', async () => {
    const system = await inDigest();

    await deliver(system, [
      webhookAlert({
        startsAt: system.now,
        labels: { alertname: last, severity: 'critical', instance: 'b' },
      }),
    ]);

    expect(ownRoots(system, last)).toHaveLength(1);
    expect(system.slack.roots('#cryptofunk-critical').at(-1)?.message.text).toContain(last);
    await deliver(system, [
      webhookAlert({
        status: 'resolved',
        startsAt: system.now - 60 * SECOND,
        endsAt: system.now,
        labels: { alertname: nameOf(28), severity: 'warning', instance: 'a' },
      }),
    ]);
    expect(digestOf(system)).toContain('1 with a message of their own since');
  });

  it('gets a message of its own when nobody acknowledged it in time', async () => {
    const system = await inDigest();
    system.alertmanager = incidentsOf(system).flatMap(({ alerts }) =>
      alerts.map((alert) => alert.fingerprint),
    );

    for (let minute = 0; minute < 62; minute += 1) {
      system.world.clock.advance(40 * SECOND);
      await system.tick();
      while (await system.consumeDiagnose());
      await deliverFor(system, 20 * SECOND);
    }

    expect(ownRoots(system, last)).toHaveLength(1);
    expect(ownRoots(system, nameOf(0))).toHaveLength(1);
  });

  it('gives later incidents messages of their own after the storm, which the digest says', async () => {
    const system = await inDigest();
    await deliverFor(system, 4 * MINUTE);

    await deliver(system, [
      webhookAlert({
        startsAt: system.now,
        labels: { alertname: 'Later', severity: 'warning', instance: 'a' },
      }),
    ]);

    expect(digests(system, ALERTS_CHANNEL)[0]?.message.text).toMatch(/^STORM OVER 10 incidents/);
    expect(ownRoots(system, 'Later')).toHaveLength(1);
  });

  it("is mailed in one conversation: only the subject's brackets change", async () => {
    const system = await inDigest();
    await deliverFor(system, 10 * MINUTE);

    const mails = system.mail.sent.filter(({ subject }) => subject.startsWith('[STORM'));
    expect(mails.length).toBeGreaterThan(1);
    expect(mails.at(-1)?.subject).toBe(
      '[STORM OVER] [10 incidents, 10 alerts] Many incidents since 2026-11-24 03:00 UTC',
    );
    expect(new Set(mails.map(({ subject }) => toThreadSubject(subject))).size).toBe(1);
    expect(new Set(mails.map(({ references }) => references?.join())).size).toBe(1);
  });

  it('is shown once when processes die at every call', async () => {
    for (let death = 1; death <= 60; death += 1) {
      const system = new FirstResponder();
      await system.receive(many(system, 24, 'warning'));
      while (await system.consumeDiagnose());
      system.world.faults.failAt(death * 7, death % 2 === 0 ? 'before' : 'after');
      await deliverFor(system, 5 * SECOND).catch(() => undefined);
      // Every run dies at once, each with at most one message that Slack has accepted and the table does not
      // record.
      const inFlight = incidentsOf(system).filter(
        ({ id, alertname }) =>
          ownRoots(system, alertname).length > 0 && !notifiedIn(system, id, ['delivered']),
      );
      system.world.faults.restart();
      system.world.clock.advance(MINUTE);
      await deliverFor(system, 2 * MINUTE);

      const incidents = incidentsOf(system);
      const notified = incidents.filter(({ id }) => notifiedIn(system, id, ['delivered', 'digest']));
      expect(notified, `death ${death}`).toHaveLength(24);
      const repeated = incidents.filter(({ alertname }) => ownRoots(system, alertname).length > 1);
      expect(repeated.length, `death ${death}`).toBeLessThanOrEqual(inFlight.length);
    }
  });
});
