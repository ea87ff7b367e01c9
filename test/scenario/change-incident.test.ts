import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { acknowledgeIncident, resolveIncident } from '../../lib/flow/incident/change-incident.ts';
import { receiveWebhook } from '../../lib/flow/receive/receive-webhook.ts';
import { catalog } from '../support/factories/catalog.ts';
import { webhookAlert, webhookBody } from '../support/factories/webhook.ts';
import { createMemoryWorld, type MemoryWorld } from '../support/fakes/memory-world.ts';

const portsOf = (world: MemoryWorld) => ({ ...world, catalog: catalog(), backOff: async () => {} });

async function receive(world: MemoryWorld, startsAt: number, pod = 'p1'): Promise<void> {
  const body = webhookBody([webhookAlert({ startsAt, labels: { pod } })]);
  await receiveWebhook(portsOf(world), { source: 'prod', body, now: world.clock.now() });
}

/** A system with one open incident, a minute old. */
async function withOpenIncident(): Promise<{ world: MemoryWorld; id: string; startsAt: number }> {
  const world = createMemoryWorld();
  const startsAt = world.clock.now();
  await receive(world, startsAt);
  world.clock.advance(MINUTE);
  return { world, startsAt, id: [...world.incidents.items.keys()][0] ?? '' };
}

const reasonsOf = (world: MemoryWorld) => world.effects.sent.map(({ effect }) => effect.reason);

describe('acknowledging an incident', () => {
  it('is stored and published with who and why, for one read, write, message and drop', async () => {
    const { world, id } = await withOpenIncident();
    world.faults.reset();

    const result = await acknowledgeIncident(portsOf(world), {
      id,
      by: 'Ana',
      note: 'looking',
      now: world.clock.now(),
    });

    expect(result).toMatchObject({ kind: 'changed', incident: { ack: { by: 'Ana', note: 'looking' } } });
    expect(world.effects.sent.at(-1)?.effect).toMatchObject({
      reason: 'acknowledged',
      userAction: { by: 'Ana', note: 'looking' },
    });
    expect(world.faults.calls).toEqual({
      'incidents.get': 1,
      'incidents.write': 1,
      'effects.hand': 1,
      'incidents.keepEffects': 1,
    });
  });

  it('changes nothing the second time', async () => {
    const { world, id } = await withOpenIncident();
    const input = { id, by: 'Ana', now: world.clock.now() };
    await acknowledgeIncident(portsOf(world), input);

    const again = await acknowledgeIncident(portsOf(world), { ...input, by: 'Ben' });

    expect(again).toMatchObject({ kind: 'unchanged', incident: { ack: { by: 'Ana' } } });
    expect(reasonsOf(world)).toEqual(['opened', 'acknowledged']);
  });

  it('covers only what the version shown to the person contained', async () => {
    const { world, id, startsAt } = await withOpenIncident();
    await receive(world, startsAt, 'p2');

    await acknowledgeIncident(portsOf(world), { id, by: 'Ana', asOf: 1, now: world.clock.now() });

    expect(world.incidents.items.get(id)?.paging.due?.at).toBe(world.clock.now());
  });

  it('wins against a webhook at the same moment, and both count', async () => {
    const { world, id, startsAt } = await withOpenIncident();

    const [result] = await Promise.all([
      acknowledgeIncident(portsOf(world), { id, by: 'Ana', now: world.clock.now() }),
      receive(world, startsAt, 'p2'),
    ]);

    const stored = world.incidents.items.get(id);
    expect(result.kind).toBe('changed');
    expect(stored?.ack?.by).toBe('Ana');
    expect(stored?.alerts).toHaveLength(2);
    expect(stored?.effects).toEqual([]);
  });

  it.each(['', 'nothing.1', '../../etc'])('says not-found for the id "%s"', async (id) => {
    const world = createMemoryWorld();

    const result = await acknowledgeIncident(portsOf(world), { id, by: 'Ana', now: world.clock.now() });

    expect(result).toEqual({ kind: 'not-found' });
  });

  it('publishes effects left by an earlier crash, even when it changes nothing', async () => {
    const world = createMemoryWorld();
    world.effects.acceptOnly(0);
    await expect(receive(world, world.clock.now())).rejects.toThrow(AggregateError);
    const id = [...world.incidents.items.keys()][0] ?? '';
    const input = { id, by: 'Ana', now: world.clock.now() };

    await acknowledgeIncident(portsOf(world), input);

    expect(reasonsOf(world)).toEqual(['opened', 'acknowledged']);
  });
});

describe('resolving an incident by hand', () => {
  it('resolves it and names the person', async () => {
    const { world, id } = await withOpenIncident();

    const result = await resolveIncident(portsOf(world), { id, by: 'Ana', now: world.clock.now() });

    expect(result).toMatchObject({
      kind: 'changed',
      incident: { status: 'resolved', resolution: 'hand', resolvedBy: 'Ana' },
    });
    expect(reasonsOf(world)).toEqual(['opened', 'resolved']);
  });

  it('changes nothing if it is already resolved', async () => {
    const { world, id } = await withOpenIncident();
    const input = { id, by: 'Ana', now: world.clock.now() };
    await resolveIncident(portsOf(world), input);

    expect(await resolveIncident(portsOf(world), input)).toMatchObject({ kind: 'unchanged' });
    expect(await acknowledgeIncident(portsOf(world), input)).toMatchObject({ kind: 'unchanged' });
  });
});
