import { describe, expect, it } from 'vitest';
import { storedIncident } from '../support/factories/stored-incident.ts';
import { Crash } from '../support/fakes/faults.ts';
import { createMemoryWorld } from '../support/fakes/memory-world.ts';

describe('the crash hook of the memory world', () => {
  it('crashes before a call takes effect, and everything after it', async () => {
    const world = createMemoryWorld();
    const incident = storedIncident();
    world.faults.failAt(2, 'before');

    await world.incidents.latest(incident.key);
    await expect(world.incidents.write(incident, 0)).rejects.toThrow(Crash);
    await expect(world.effects.publish(incident, [])).rejects.toThrow(Crash);

    expect(world.incidents.items.size).toBe(0);
    expect(world.faults.crashed).toBe(true);
  });

  it('crashes after a call took effect, and what was stored outlives the restart', async () => {
    const world = createMemoryWorld();
    const incident = storedIncident();
    world.faults.failAt(1, 'after');

    await expect(world.incidents.write(incident, 0)).rejects.toThrow(Crash);
    world.faults.restart();

    expect(await world.incidents.get(incident.id)).toEqual(incident);
  });

  it('fails one named call and then works again', async () => {
    const world = createMemoryWorld();
    const incident = storedIncident();
    world.faults.failOn('incidents.write', { error: new Error('throttled') });

    await expect(world.incidents.write(incident, 0)).rejects.toThrow('throttled');

    expect(await world.incidents.write(incident, 0)).toBe('written');
    expect(world.faults.calls).toEqual({ 'incidents.write': 2 });
    expect(world.incidents.calls).toEqual({ write: 2 });
  });
});
