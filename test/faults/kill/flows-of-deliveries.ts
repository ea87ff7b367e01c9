import { MINUTE } from '../../../lib/core/shared/time.ts';
import { addMaintenance } from '../../../lib/flow/maintenance/maintenances.ts';
import { finding } from '../../support/factories/finding.ts';
import type { FaultySystem } from '../world/faulty-system.ts';
import { critical, firesStill, opened } from './flows-of-webhooks.ts';
import type { Flow } from './strike.ts';

/** Everything on the deliver queue, by one process. */
export async function deliver(system: FaultySystem): Promise<undefined> {
  await system.consumeAll();
  return undefined;
}

export async function consumeEffects(system: FaultySystem): Promise<void> {
  while (await system.consumeDiagnose());
}

/** The first page waits on the deliver queue. */
export async function paged(system: FaultySystem): Promise<void> {
  await system.postAlerts([critical(system)]);
  firesStill(system);
  await consumeEffects(system);
}

/** A tick at that minute of an open incident; what it decides waits on the deliver queue. */
async function openSince(system: FaultySystem, minutes: number): Promise<void> {
  await opened(system);
  if (minutes > 20) await jump(system, 15);
  system.world.clock.set(system.start + minutes * MINUTE);
  await system.tick();
  await consumeEffects(system);
}

/** The world at that minute, with a tick then and none in between. */
export async function jump(system: FaultySystem, minute: number): Promise<void> {
  system.world.clock.set(system.start + (minute - 1) * MINUTE);
  await system.settle(1);
}

/** More findings than fit into a root, so that the thread has the rest. */
const manyFindings = Array.from({ length: 30 }, (_, at) =>
  finding({ stepId: `step-${at}`, sentence: `${at} of 30 connections wait for a lock of another one.` }),
);

export const flowsOfDeliveries: Flow[] = [
  { name: 'the delivery of a first page', prepare: paged, act: deliver },
  {
    name: 'the delivery of a page with more than fits into it',
    prepare: (system) => {
      system.found = manyFindings;
      return paged(system);
    },
    act: deliver,
  },
  { name: 'the delivery of a reminder', prepare: (system) => openSince(system, 15), act: deliver },
  { name: 'the delivery of an escalation', prepare: (system) => openSince(system, 30), act: deliver },
  {
    name: 'the delivery of a resolve',
    prepare: async (system) => {
      await opened(system);
      await system.postAlerts([critical(system, { status: 'resolved', endsAt: system.now })]);
      await consumeEffects(system);
    },
    act: deliver,
  },
  {
    name: 'the delivery of what a person did',
    prepare: async (system) => {
      await system.acknowledge(await opened(system));
      await consumeEffects(system);
    },
    act: deliver,
  },
  {
    name: 'the summary of a maintenance',
    prepare: async (system) => {
      await mutedUntilEnd(system);
      system.world.clock.advance(2 * MINUTE);
      await system.tick();
      await consumeEffects(system);
    },
    act: deliver,
  },
];

/** A maintenance of 5 min mutes the alert; the clock stands at its end. */
export async function mutedUntilEnd(system: FaultySystem): Promise<void> {
  const request = {
    matchers: 'severity="critical"',
    from: system.now,
    to: system.now + 5 * MINUTE,
    by: 'Ana',
    reason: 'database upgrade',
  };
  await addMaintenance(system.world, { request, unique: 'unique1', now: system.now });
  await opened(system);
  await system.settle(3);
  system.world.clock.advance(MINUTE);
}
