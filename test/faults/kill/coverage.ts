import type { PlantedFault } from '../planted/planted-fault.ts';
import { FaultySystem } from '../world/faulty-system.ts';
import { flowsOfDeliveries } from './flows-of-deliveries.ts';
import { flowsOfPeople } from './flows-of-people.ts';
import { flowsOfRefusals } from './flows-of-refusals.ts';
import { flowsOfStorms } from './flows-of-storms.ts';
import { flowsOfDiagnoses, flowsOfTicks } from './flows-of-time.ts';
import { flowsOfWebhooks } from './flows-of-webhooks.ts';
import { listPortMethods } from './port-methods.ts';
import { play } from './strike.ts';

const flows = [
  ...flowsOfWebhooks,
  ...flowsOfDeliveries,
  ...flowsOfRefusals,
  ...flowsOfStorms,
  ...flowsOfDiagnoses,
  ...flowsOfTicks,
  ...flowsOfPeople,
];

/** Methods of ports that no flow calls, and so none is struck at. */
export async function listUncalled(planted?: PlantedFault): Promise<string[]> {
  const called = new Set<string>();
  for (const flow of flows) for (const call of (await play(flow, undefined, planted)).calls) called.add(call);
  const methods = await listPortMethods(new FaultySystem({ planted }));
  return methods.filter((name) => !called.has(name));
}
