import { MINUTE } from '../../../lib/core/shared/time.ts';
import { catalog } from '../../support/factories/catalog.ts';
import { webhookAlert } from '../../support/factories/webhook.ts';
import type { FaultySystem } from '../world/faulty-system.ts';
import { consumeEffects, deliver } from './flows-of-deliveries.ts';
import { critical, firesStill } from './flows-of-webhooks.ts';
import type { Flow } from './strike.ts';

async function warningsOf(system: FaultySystem, names: string[]): Promise<void> {
  const alerts = names.map((alertname) =>
    webhookAlert({ alertname, labels: { severity: 'warning' }, startsAt: system.start }),
  );
  await system.postAlerts(alerts);
  firesStill(system);
  await consumeEffects(system);
}

const stormy = catalog({ stormAfter: 1 });

export const flowsOfStorms: Flow[] = [
  {
    name: 'the begin of a storm',
    options: { catalog: stormy },
    prepare: (system) => warningsOf(system, ['A', 'B']),
    act: deliver,
    settles: 8,
    storm: true,
    // A digest of which only the answer was lost is known to nobody; the one in its place goes on.
    mayDiffer:
      /^(?:(?:kill|fail) after slack\.post|kill before storms\.save): a root adds: \S+ in a storm that goes on$/,
  },
  {
    name: 'the lines of a digest in a storm',
    options: { catalog: stormy },
    prepare: async (system) => {
      await warningsOf(system, ['A', 'B']);
      await system.consumeAll();
      await warningsOf(system, ['D', 'E']);
    },
    act: deliver,
    settles: 8,
    storm: true,
  },
  {
    name: 'an incident of a digest that becomes critical',
    options: { catalog: stormy },
    prepare: async (system) => {
      await warningsOf(system, ['A', 'B', 'D']);
      await system.consumeAll();
      const raised = critical(system, { alertname: 'D', labels: { pod: 'p2' } });
      // The same words whether the details can be read or not.
      await system.postAlerts([{ ...raised, annotations: { summary: 'Every new query waits.' } }]);
      await consumeEffects(system);
    },
    act: deliver,
    settles: 8,
    storm: true,
  },
  {
    name: 'the end of a storm',
    options: { catalog: stormy },
    prepare: async (system) => {
      await warningsOf(system, ['A', 'B', 'D']);
      await system.settle(2);
      system.world.clock.advance(2 * MINUTE);
    },
    act: deliver,
    settles: 8,
    storm: true,
  },
];
