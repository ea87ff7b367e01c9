import { HOUR, MINUTE } from '../../../lib/core/shared/time.ts';
import { addMaintenance } from '../../../lib/flow/maintenance/maintenances.ts';
import { webhookAlert } from '../../support/factories/webhook.ts';
import type { FaultySystem } from '../world/faulty-system.ts';
import { mutedUntilEnd } from './flows-of-deliveries.ts';
import { critical, firesStill, opened } from './flows-of-webhooks.ts';
import type { Flow } from './strike.ts';

async function tick(system: FaultySystem): Promise<undefined> {
  await system.tick().catch(() => undefined);
  return undefined;
}

/** One effect of the diagnose queue. */
async function diagnose(system: FaultySystem): Promise<undefined> {
  await system.consumeDiagnose().catch(() => undefined);
  return undefined;
}

/** An incident that is open for so long, with no tick in the last 15 min. */
async function untilMinute(system: FaultySystem, minute: number): Promise<void> {
  await opened(system);
  if (minute > 20) {
    system.world.clock.set(system.start + 14 * MINUTE);
    await system.settle(1);
  }
  system.world.clock.set(system.start + minute * MINUTE);
}

export const flowsOfTicks: Flow[] = [
  { name: 'the tick of a reminder', prepare: (system) => untilMinute(system, 15), act: tick },
  { name: 'the tick of an escalation', prepare: (system) => untilMinute(system, 30), act: tick },
  {
    name: 'the tick that finds that nothing fires any more',
    prepare: async (system) => {
      await opened(system);
      system.alertmanager = [];
      system.world.clock.advance(15 * MINUTE);
    },
    act: tick,
    settles: 25,
    // An Alertmanager that does not answer confirms nothing, so people are reminded until it does.
    mayDiffer:
      /^fail (?:before|after) alertmanager\.alerts: (?:notified 8 min late: .*(?:RESOLVED|notice closed)|notified 1 times: .*(?:not acknowledged|notice reminder)|the history adds: \S+ (?:timeline|diagnosis of|delivery \S+) reminder)/,
  },
  {
    name: 'the tick of an incident that nobody confirms',
    prepare: async (system) => {
      await opened(system);
      system.alertmanager = { down: 'connection refused' };
      system.world.clock.advance(9 * HOUR);
    },
    act: tick,
  },
  {
    name: 'the tick of the outbox',
    prepare: async (system) => {
      system.world.faults.failOn('effects.hand');
      await system.postAlerts([critical(system)]);
      firesStill(system);
      system.world.clock.advance(2 * MINUTE);
    },
    act: tick,
  },
  {
    name: 'the tick that takes in what a truncated webhook left out',
    prepare: async (system) => {
      await system.postAlerts([critical(system)], { truncatedAlerts: 2 });
      firesStill(system);
      const labels = { alertname: 'HighErrorRate', severity: 'critical' };
      const cutOff = { labels, annotations: {}, startsAt: system.start, state: 'active' as const };
      if (Array.isArray(system.alertmanager)) {
        system.alertmanager.push({ ...cutOff, fingerprint: 'cccccccccccccccc' });
      }
      system.world.clock.advance(2 * MINUTE);
    },
    act: tick,
  },
  {
    name: 'the tick at the end of a maintenance',
    prepare: mutedUntilEnd,
    act: tick,
  },
  {
    name: 'the tick of the summary of a maintenance',
    prepare: async (system) => {
      await mutedUntilEnd(system);
      await system.tick();
      system.world.clock.advance(MINUTE);
    },
    act: tick,
  },
  {
    name: 'the tick of a missing heartbeat',
    prepare: async (system) => {
      await opened(system);
      const watchdog = { alertname: 'Watchdog', labels: { severity: 'none' }, startsAt: system.start };
      await system.postAlerts([webhookAlert(watchdog)]);
      await system.settle(9);
      system.world.clock.advance(2 * MINUTE);
    },
    act: tick,
  },
  {
    name: 'the tick that counts an hour',
    prepare: async (system) => {
      await opened(system);
      system.world.clock.advance(10 * MINUTE);
    },
    act: tick,
  },
];

export const flowsOfDiagnoses: Flow[] = [
  {
    name: 'the diagnosis of a new incident',
    prepare: (system) => system.postAlerts([critical(system)]),
    act: diagnose,
    checks: true,
  },
  {
    name: 'the diagnosis of a resolve',
    prepare: async (system) => {
      await opened(system);
      await system.postAlerts([critical(system, { status: 'resolved', endsAt: system.now })]);
    },
    act: diagnose,
    checks: true,
  },
  {
    name: 'the effect that is only recorded',
    prepare: async (system) => {
      await opened(system);
      await system.postAlerts([critical(system), critical(system, { labels: { pod: 'p2' } })]);
    },
    act: diagnose,
    checks: true,
  },
  {
    name: 'the diagnosis of what a maintenance mutes',
    prepare: async (system) => {
      const { now } = system;
      const request = {
        matchers: 'severity="critical"',
        from: now,
        to: now + 2 * MINUTE,
        by: 'Ana',
        reason: 'work',
      };
      await addMaintenance(system.world, { request, unique: 'unique1', now });
      await system.postAlerts([critical(system)]);
      firesStill(system);
    },
    act: diagnose,
    checks: true,
    settles: 6,
    // Where maintenances cannot be read, the page goes out at once and not at the end: one page, as without the fault,
    // and nothing is left for a summary. Where only the answer to the mute was lost, it goes out then and at the end.
    mayDiffer:
      /^fail after incidents\.write: notified (?:2 times: (?:mail|webhook)|1 times: slack \S+ reply)|^fail (?:before|after) \w+\.\w+: (?:(?:not notified|a root lacks): .*(?:maintenance over|maintenance-summary)|the history (?:lacks|adds): \S+ (?:timeline opened|diagnosis of opened))/i,
  },
  {
    name: 'the diagnosis of what a maintenance no longer mutes',
    prepare: async (system) => {
      const { now } = system;
      const request = { matchers: 'pod="p1"', from: now, to: now + HOUR, by: 'Ana', reason: 'work' };
      await addMaintenance(system.world, { request, unique: 'unique1', now });
      await system.postAlerts([critical(system, { labels: { pod: 'p1' } })]);
      firesStill(system);
      await system.settle(1);
      await system.postAlerts([critical(system, { labels: { pod: 'p2' } })]);
    },
    act: diagnose,
    checks: true,
  },
  {
    name: 'a dead letter of the diagnose queue',
    prepare: async (system) => {
      await system.postAlerts([critical(system)]);
      for (const message of system.world.effects.waiting) message.receives = 4;
    },
    act: diagnose,
    checks: true,
    // History must not cost the last attempt at a notice.
    mayDiffer:
      /^fail (?:before|after) history\.add(?:Timeline|Details): the history lacks: \S+ (?:timeline|detail) /,
  },
];
