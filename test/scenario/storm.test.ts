import { describe, expect, it } from 'vitest';
import { checkSlackBlocks } from '../../infra/local/check-slack-blocks.ts';
import { slackPace } from '../../lib/core/delivery/pace.ts';
import type { SlackMessage } from '../../lib/core/notice/message.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { deliverFor } from '../support/deliver-for.ts';
import { FirstResponder } from '../support/first-responder.ts';
import { webhookAlert } from '../support/webhook.ts';

const INCIDENTS = 300;
const ALERTS = 10_000;
const DELIVERIES = 10;

/** Every tenth incident is critical, every fourth of the others is only for information. */
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

/** Everything arrives within 50 s, while the queues are worked off. */
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

/** All text that stands in a channel at the end. */
function textIn(system: FirstResponder, to: string): string {
  return system.slack
    .roots(to)
    .map(({ message }) => JSON.stringify(message))
    .join('\n');
}

function digests(system: FirstResponder, to: string) {
  return system.slack.roots(to).filter(({ message }) => message.text.startsWith('STORM'));
}

/** Calls to each channel, and over all channels those that edit, in no minute more than `most`. */
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
  it('all come to people: critical ones each by a message, the others in a digest, and never too fast', async () => {
    const system = new FirstResponder({ slackPace });
    await storm(system);
    const withinTheMinute = mostInAMinute(
      system.slack.calls.filter(({ channelId }) => channelId === 'Ccryptofunk-alerts').map(({ at }) => at),
    );
    await deliverFor(system, 4 * MINUTE);

    const incidents = incidentsOf(system);
    expect(incidents).toHaveLength(INCIDENTS);
    expect(incidents.reduce((sum, { alerts }) => sum + alerts.length, 0)).toBe(ALERTS);
    expect(withinTheMinute).toBeLessThanOrEqual(60);
    for (const [channel, times] of timesByChannel(system)) {
      expect(mostInAMinute(times), channel).toBeLessThanOrEqual(60);
      expect(closest(times), channel).toBeGreaterThanOrEqual(SECOND);
    }
    const edits = system.slack.calls.filter(({ kind }) => kind === 'update').map(({ at }) => at);
    expect(mostInAMinute(edits)).toBeLessThanOrEqual(50);
    expect(system.slack.calls.every(({ message }) => isValid(message))).toBe(true);
    for (const incident of incidents.filter(({ severity }) => severity === 'critical')) {
      for (const to of ['#cryptofunk-critical', '#cryptofunk-alerts']) {
        const roots = system.slack
          .roots(to)
          .filter(({ message }) => message.text.includes(incident.alertname));
        expect(
          roots.filter(({ message }) => !message.text.startsWith('STORM')),
          incident.alertname,
        ).toHaveLength(1);
      }
    }
    expect(digests(system, '#cryptofunk-critical')).toEqual([]);
    expectNothingLost(system);
  });
});

/** Each delivery ended well, and what went into a digest is counted there. */
function expectNothingLost(system: FirstResponder): void {
  const outcomes = incidentsOf(system).map((incident) => ({
    incident,
    deliveries: system.world.destinations.deliveriesOf(incident.id),
  }));
  for (const { incident, deliveries } of outcomes) {
    expect(deliveries.length, incident.alertname).toBeGreaterThanOrEqual(2);
    for (const { outcome } of deliveries) expect(['delivered', 'digest']).toContain(outcome);
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
  expect(textIn(system, '#cryptofunk-alerts')).toContain('STORM');
}
