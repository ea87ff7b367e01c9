import { DAY, HOUR } from '../../../lib/core/shared/time.ts';
import { listQuarantine } from '../../../lib/flow/history/list-quarantine.ts';
import {
  addMaintenance,
  endMaintenance,
  listMaintenances,
} from '../../../lib/flow/maintenance/maintenances.ts';
import type { FaultySystem } from '../world/faulty-system.ts';
import { critical, firesStill, opened } from './flows-of-webhooks.ts';
import type { Flow } from './strike.ts';

const upgrade = { matchers: 'severity="critical"', by: 'Ana', reason: 'database upgrade' };

/** A person's request: what it does is stored when it is answered. */
async function answered(work: Promise<unknown>): Promise<number> {
  await work;
  return 200;
}

function onlyIncident({ world }: FaultySystem): string {
  return [...world.incidents.items.keys()][0] ?? '';
}

/** A maintenance that mutes an incident, for an hour. */
async function muted(system: FaultySystem): Promise<void> {
  const { now, start } = system;
  const request = { ...upgrade, from: now, to: start + HOUR };
  await addMaintenance(system.world, { request, unique: 'unique1', now });
  await opened(system);
}

async function maintenanceId({ world }: FaultySystem): Promise<string> {
  const [first] = await world.maintenances.endingAfter(0);
  return first?.id ?? '';
}

/** Everything that the console reads. */
async function look(system: FaultySystem): Promise<void> {
  const { history, quarantine } = system.world;
  const { incidents } = await history.list({ from: 0, to: system.now + DAY, limit: 20 });
  for (const { id } of incidents) await history.record(id);
  await listQuarantine({ quarantine }, 20);
  await listMaintenances(system.world, system.now);
  await system.statistics();
}

export const flowsOfPeople: Flow[] = [
  {
    name: 'an acknowledgement',
    prepare: opened,
    act: (system) => answered(system.acknowledge(onlyIncident(system))),
  },
  {
    name: 'a resolve by hand',
    prepare: opened,
    act: (system) => answered(system.resolve(onlyIncident(system))),
  },
  {
    name: 'the button Acknowledge',
    prepare: opened,
    act: (system) =>
      answered(system.press({ kind: 'acknowledge', incidentId: onlyIncident(system), asOf: 1 })),
  },
  {
    name: 'the button Resolve',
    prepare: opened,
    act: (system) => answered(system.press({ kind: 'resolve', incidentId: onlyIncident(system), asOf: 1 })),
  },
  {
    name: 'the button Silence',
    prepare: opened,
    act: async (system) => {
      const incidentId = onlyIncident(system);
      const reply = await system.press({ kind: 'silence', incidentId, asOf: 1, length: HOUR });
      return JSON.stringify(reply).includes('no answer within') ? 503 : 200;
    },
  },
  {
    name: 'a new maintenance',
    act: (system) => {
      const request = { ...upgrade, from: system.start, to: system.start + HOUR };
      return answered(addMaintenance(system.world, { request, unique: 'unique1', now: system.now }));
    },
  },
  {
    name: 'a maintenance that a person ends',
    prepare: muted,
    act: async (system) =>
      answered(endMaintenance(system.world, { id: await maintenanceId(system), now: system.now })),
  },
  {
    name: 'a look at the history',
    prepare: async (system) => {
      await system.post('no json');
      await system.postAlerts([critical(system)]);
      firesStill(system);
      await system.settle(1);
    },
    act: (system) => answered(look(system)),
  },
];
