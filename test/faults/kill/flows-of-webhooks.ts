import { MINUTE } from '../../../lib/core/shared/time.ts';
import { webhookAlert, webhookBody } from '../../support/factories/webhook.ts';
import type { FaultySystem } from '../world/faulty-system.ts';
import type { Flow } from './strike.ts';

/** One critical alert, as it fires since the start of the world. */
export function critical(system: FaultySystem, change: Partial<Parameters<typeof webhookAlert>[0]> = {}) {
  return webhookAlert({ startsAt: system.start, ...change });
}

/** The same, over by now. */
function ended(system: FaultySystem) {
  return critical(system, { status: 'resolved', endsAt: system.now });
}

/** People have been notified that the alert fires, and Alertmanager says so as well. */
export async function opened(system: FaultySystem): Promise<string> {
  await system.postAlerts([critical(system)]);
  firesStill(system);
  await system.settle(1);
  return [...system.world.incidents.items.keys()][0] ?? '';
}

/** From now on Alertmanager's API lists everything that fires by now. */
export function firesStill(system: FaultySystem): void {
  system.alertmanager = [...system.world.incidents.items.values()].flatMap(({ alerts }) =>
    alerts.map(({ fingerprint }) => fingerprint),
  );
}

function watchdog(system: FaultySystem) {
  return webhookAlert({
    alertname: 'Watchdog',
    labels: { severity: 'none' },
    startsAt: system.start - 100 * MINUTE,
  });
}

const TOO_LARGE = `{"alerts":[${'"x",'.repeat(1_400_000)}`;

export const flowsOfWebhooks: Flow[] = [
  { name: 'a webhook that is new', act: (system) => system.postAlerts([critical(system)]) },
  {
    name: 'a webhook that is repeated',
    prepare: opened,
    act: (system) => system.postAlerts([critical(system)]),
  },
  {
    name: 'a webhook with one more alert, and one of another incident',
    prepare: opened,
    act: (system) =>
      system.postAlerts([
        critical(system),
        critical(system, { labels: { pod: 'p2' } }),
        critical(system, { alertname: 'HighErrorRate' }),
      ]),
  },
  { name: 'a webhook that resolves', prepare: opened, act: (system) => system.postAlerts([ended(system)]) },
  {
    name: 'a webhook that fires again',
    prepare: async (system) => {
      await opened(system);
      await system.postAlerts([ended(system)]);
      system.alertmanager = [];
      await system.settle(1);
    },
    act: (system) => system.postAlerts([critical(system, { startsAt: system.now })]),
  },
  {
    name: 'a webhook that was truncated',
    act: (system) => system.postAlerts([critical(system)], { truncatedAlerts: 3 }),
  },
  {
    name: 'a webhook with a heartbeat and an alert',
    act: (system) => system.postAlerts([watchdog(system), critical(system)]),
  },
  { name: 'a webhook that is too large', act: (system) => system.post(TOO_LARGE) },
  { name: 'a webhook that cannot be read', act: (system) => system.post('{"alerts":[') },
  {
    name: 'a webhook of which one alert cannot be read',
    act: (system) => system.post(webhookBody([critical(system), { status: 'firing', labels: 'none' }])),
  },
];
