import { marshall } from '../../lib/adapters/dynamodb/table/marshall.ts';
import { putIf } from '../../lib/adapters/dynamodb/table/verbs.ts';
import { DAY } from '../../lib/core/shared/time.ts';
import type { SoakSystem } from './soak-system.ts';

/** What never comes free again. */
const leaked: string[] = [];
let days = 0;

/** Faults that a soak must find, by name; each is planted into the system once a simulated day. */
export const soakFaults: Readonly<Record<string, (soak: SoakSystem) => Promise<void> | void>> = {
  leak: () => {
    // Some code unit, so that a repetition is no shared text.
    for (let n = 0; n < 40; n += 1) leaked.push(Buffer.alloc(200_000, `${(days += 1)} `).toString());
  },
  orphan: (soak) => put(soak, { pk: 'nobody-asks', sk: `${soak.system.now}` }, 10 * DAY),
  'child-of-nothing': (soak) =>
    put(soak, { pk: `gone${soak.system.now}`, sk: 'timeline#000001#0000000001' }, 10 * DAY),
  'never-expires': (soak) => put(soak, { pk: 'heartbeat', sk: `source-${soak.system.now}` }),
  'expires-in-milliseconds': (soak) =>
    put(soak, { pk: 'heartbeat', sk: `source-${soak.system.now}` }, 1_000 * soak.system.now),
  'due-and-left': ({ system }) => {
    const { incidents } = system.world;
    const { due } = incidents;
    // The tick, which asks for many, hears of nothing.
    incidents.due = (now, limit) => (limit > 1 ? Promise.resolve([]) : due(now, limit));
  },
  'stuck-message': ({ system }) => {
    const { deliveries } = system.world;
    const { receive } = deliveries;
    let stuck: string | undefined;
    deliveries.receive = (skipped = new Set()) => {
      stuck ??= deliveries.waiting[0]?.group;
      return receive(stuck === undefined ? skipped : new Set([...skipped, stuck]));
    };
  },
};

async function put(
  { dynamo, system }: SoakSystem,
  key: { pk: string; sk: string },
  lasts?: number,
): Promise<void> {
  const expiresAt = lasts === undefined ? {} : { expiresAt: Math.ceil((system.now + lasts) / 1_000) };
  await putIf(
    dynamo,
    marshall({ ...key, schema: 1, seenAt: 0, externalURL: '', ...expiresAt }),
    'attribute_not_exists(pk)',
  );
}

/** Lets go of what `leak` has kept. */
export function endLeak(): void {
  leaked.length = 0;
}

/** The fault of that name, nothing without a name, or a sentence for a name that there is not. */
export function findFault(name: string | undefined) {
  if (!name) return undefined;
  const fault = Object.hasOwn(soakFaults, name) ? soakFaults[name] : undefined;
  return fault ?? `There is no planted fault ${name}, only ${Object.keys(soakFaults).join(', ')}.`;
}
