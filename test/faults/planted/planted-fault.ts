import type { MemoryWorld } from '../../support/fakes/memory-world.ts';

/*
 * Faults of the kind that this suite is there to find. test/faults/planted/*.test.ts show that each is found, and
 *
 *     PLANTED_FAULT=<name> npm run test:faults
 *
 * makes the suite red with one of them, for whoever does not believe it.
 */
export const plantedFaults = {
  'answer-before-write': 'the webhook is answered with success while its incident is still being stored',
  'queue-error-swallowed': 'an effect that the diagnose queue did not accept counts as accepted',
  'delivery-error-swallowed': 'a notice that the deliver queue did not accept counts as accepted',
  'claim-not-stored': 'a run works on a destination as if it had the claim, and stores none',
  'record-forgotten': 'what a destination was notified is not stored',
  'message-deleted-first': 'a consumer takes its message off the queue before it has processed it',
  'history-error-swallowed': 'an entry of the timeline that could not be stored is left out',
  'effects-dropped-first': 'effects leave the incident before the queue has accepted them',
  'port-never-called': 'a store has a method that no flow calls',
  'adapter-without-deadline': 'the clients of the channels and the probes wait as long as a server likes',
} as const;

export type PlantedFault = keyof typeof plantedFaults;

function isPlantedFault(name: string): name is PlantedFault {
  return Object.hasOwn(plantedFaults, name);
}

/** The fault that whoever started the suite asks for. Throws when there is none of that name. */
export function plantedFromOutside(): PlantedFault | undefined {
  const name = process.env['PLANTED_FAULT'];
  if (name === undefined || name === '') return undefined;
  if (!isPlantedFault(name)) {
    throw new Error(`PLANTED_FAULT=${name} is none of ${Object.keys(plantedFaults).join(', ')}`);
  }
  return name;
}

/** Plants those faults that lie in a port of the memory world. */
export function plantFault(world: MemoryWorld, fault: PlantedFault | undefined): void {
  const { incidents, effects, deliveries, destinations, history, heartbeats } = world;
  const { write, dropPublishedEffects } = incidents;
  const { publish } = effects;
  const { send } = deliveries;
  const { addTimeline } = history;
  switch (fault) {
    case 'answer-before-write':
      incidents.write = async (...args) => {
        void write(...args).catch(() => undefined);
        return 'written';
      };
      break;
    case 'queue-error-swallowed':
      effects.publish = (incident, all) => publish(incident, all).catch(() => all.length);
      break;
    case 'delivery-error-swallowed':
      deliveries.send = (messages) => send(messages).catch(() => undefined);
      break;
    case 'claim-not-stored':
      destinations.claim = async (incidentId, destination) => destinations.read(incidentId, destination);
      break;
    case 'record-forgotten':
      destinations.save = async () => true;
      break;
    case 'history-error-swallowed':
      history.addTimeline = (...args) => addTimeline(...args).catch(() => undefined);
      break;
    case 'effects-dropped-first':
      effects.publish = async (incident, all) => {
        const stored = incidents.items.get(incident.id);
        if (stored !== undefined) await dropPublishedEffects(stored, [], undefined);
        return publish(incident, all);
      };
      break;
    case 'port-never-called':
      Object.assign(heartbeats, {
        forget: () => world.faults.port('heartbeats').run('forget', () => undefined),
      });
      break;
    // These two are planted where messages are consumed and clients are built.
    case 'message-deleted-first':
    case 'adapter-without-deadline':
    case undefined:
      break;
    default:
      fault satisfies never;
  }
}
