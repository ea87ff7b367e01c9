import type { Faults } from '../../support/fakes/faults.ts';
import type { FaultySystem } from '../world/faulty-system.ts';

/**
 * Full names of all methods of all ports of a system, found by calling each function once in a process that is dead:
 * what is a port's, dies with its name. What a fake has for tests does not. The system is of no use afterwards.
 */
export async function listPortMethods(system: FaultySystem): Promise<string[]> {
  const { faults } = system.world;
  const { slack, mail, webhook, silencer, tickPorts } = system;
  const found = new Set<string>();
  const objects: unknown[] = [system.world, { slack, mail, webhook, silencer }, tickPorts.alertmanager];
  const seen = new Set<unknown>([faults, system.world.clock]);
  while (objects.length > 0) {
    const object = objects.pop();
    if (typeof object !== 'object' || object === null || seen.has(object)) continue;
    seen.add(object);
    for (const member of Object.values(object)) {
      if (typeof member !== 'function') objects.push(member);
      else for (const name of await callDead(faults, member)) found.add(name);
    }
  }
  return [...found].toSorted();
}

/** The names of the calls that the function begins. */
async function callDead(faults: Faults, member: unknown): Promise<string[]> {
  if (typeof member !== 'function') return [];
  faults.restart();
  const called = faults.log.length;
  faults.failAt(1, 'before');
  try {
    const result: unknown = await Reflect.apply(member, undefined, [{}, {}, {}]);
    if (isGenerator(result)) await result.next();
  } catch {
    // Dead, or called with nothing of use: a function for tests.
  }
  return faults.log.slice(called);
}

function isGenerator(value: unknown): value is AsyncGenerator {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
