import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../lib/core/incident/effect-schema.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import type { FaultMoment } from '../support/fakes/faults.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

type Step = {
  what: 'fires' | 'resolves' | 'acknowledge' | 'tick';
  pod: number;
  wait: number;
  /** The call of this step at which the process dies; beyond the last call it survives. */
  dies: number;
  moment: FaultMoment;
};

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('fires', 'fires', 'resolves', 'acknowledge', 'tick'),
  pod: fc.integer({ min: 0, max: 3 }),
  wait: fc.integer({ min: 0, max: 2 }),
  dies: fc.integer({ min: 1, max: 6 }),
  moment: fc.constantFrom('before', 'after'),
});

/** Records every effect that a stored version of an incident ever held. */
function watchStored(system: FirstResponder): Map<string, Effect> {
  const stored = new Map<string, Effect>();
  const { items } = system.world.incidents;
  const set = items.set.bind(items);
  items.set = (id, incident) => {
    for (const effect of incident.effects) stored.set(effect.id, effect);
    return set(id, incident);
  };
  return stored;
}

async function play(system: FirstResponder, { what, pod }: Step): Promise<void> {
  const startsAt = system.now;
  const labels = { pod: `p${pod}` };
  const id = [...system.world.incidents.items.keys()].at(-1);
  if (what === 'tick') await system.tick();
  if (what === 'fires') await system.receive([webhookAlert({ startsAt, labels })]);
  if (what === 'resolves') {
    await system.receive([webhookAlert({ startsAt, labels, status: 'resolved', endsAt: startsAt })]);
  }
  if (what === 'acknowledge' && id !== undefined) await system.acknowledge(id);
}

describe('effects of processes that die at any moment', () => {
  it('are all published under their own ids, in the order they were decided, and none is left', async () => {
    let deaths = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        const system = new FirstResponder();
        const stored = watchStored(system);

        for (const each of steps) {
          system.world.clock.advance(each.wait * MINUTE);
          system.world.faults.failAt(each.dies, each.moment);
          try {
            await play(system, each);
          } catch {
            deaths += 1;
          }
          system.world.faults.restart();
        }
        for (let minute = 0; minute < 2; minute += 1) {
          system.world.clock.advance(MINUTE);
          await system.tick();
        }

        // An effect whose drop was lost for more than SQS's five minutes is sent again; its id identifies the
        // repeat.
        const sent = new Map(system.world.effects.sent.map(({ effect }) => [effect.id, effect]));
        const left = [...system.world.incidents.items.values()].flatMap(({ effects }) => effects);
        expect(left).toEqual([]);
        expect([...sent.keys()].toSorted()).toEqual([...stored.keys()].toSorted());
        for (const own of Map.groupBy(sent.values(), ({ id }) => id.split(':')[0]).values()) {
          const order = own.map(({ seq }) => seq);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 300 },
    );

    expect(deaths).toBeGreaterThan(100);
  });
});
