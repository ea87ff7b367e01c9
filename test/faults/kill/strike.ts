import { SECOND } from '../../../lib/core/shared/time.ts';
import type { FaultMoment } from '../../support/fakes/faults.ts';
import type { PlantedFault } from '../planted/planted-fault.ts';
import { FaultySystem } from '../world/faulty-system.ts';
import { type Ending, observe, rememberNotified } from '../world/observe.ts';

/** One invocation of a function, up to which `prepare` brings the world. */
export type Flow = {
  name: string;
  options?: ConstructorParameters<typeof FaultySystem>[0];
  prepare?(system: FaultySystem): Promise<unknown>;
  /**
   * The invocation. A status is an answer over HTTP: whoever asked does so again unless it is below 500. `undefined`: a
   * queue or the clock began it, and does so again by itself. It then throws nothing.
   */
  act(system: FaultySystem): Promise<number | undefined>;
  /** Minutes that the world goes on afterwards; 4 when absent. */
  settles?: number;
  /** It makes the diagnosis, which is skipped when its first attempt does not finish. */
  checks?: true;
  /** Its warnings may share a digest or have messages of their own. */
  storm?: true;
  /** What may differ from the world without the fault, by the line that says so; absent: nothing. */
  mayDiffer?: RegExp;
};

/** `kill`: the process is gone. `fail`: the call fails and the process goes on. `twice`: two processes at once. */
export type Strike =
  | { kind: 'kill' | 'fail'; n: number; moment: FaultMoment }
  | { kind: 'twice' }
  | undefined;

export type Outcome = Ending & {
  /** The call that was struck; absent: the flow makes fewer calls. */
  struck: string | undefined;
  /** Full names of the calls of the invocation, in order. */
  calls: string[];
  /** What people were notified by the invocation that was struck. */
  inFlight: string[];
  /** The statuses of the invocation and its repeats; 0: none. */
  statuses: number[];
};

/** Where every world is when its flow has ended, however long its calls took. */
const ACT_TAKES = 58 * SECOND;
const MOST_REPEATS = 3;

/** Plays the flow once in a new world and lets the world go on, as a deployment would. */
export async function play(flow: Flow, strike: Strike, planted?: PlantedFault): Promise<Outcome> {
  const system = new FaultySystem({ ...flow.options, planted });
  const { faults, clock } = system.world;
  const notified = rememberNotified(system);
  await flow.prepare?.(system);
  const before = notified.length;
  const startedAt = system.now;
  const called = faults.log.length;
  if (strike !== undefined && strike.kind !== 'twice') {
    faults.failAt(strike.n, strike.moment, { alone: strike.kind === 'fail' });
  }
  const invoked = strike?.kind === 'twice' ? await twice(flow, system) : await invoke(flow, system);
  const { struck } = faults;
  const calls = faults.log.slice(called);
  faults.restart();
  const inFlight = notified.slice(before).map(({ line }) => line);
  const statuses = [...invoked];
  for (let repeat = 0; mustRepeat(statuses) && repeat < MOST_REPEATS; repeat += 1) {
    statuses.push(...(await invoke(flow, system)));
  }
  clock.set(Math.max(system.now, startedAt + ACT_TAKES));
  await system.settle(flow.settles ?? 4);
  return { ...(await observe(system, notified)), struck, calls, inFlight, statuses };
}

/** The status of one invocation: none when a queue began it, 0 when its process died. */
async function invoke({ act }: Flow, system: FaultySystem): Promise<number[]> {
  try {
    const status = await act(system);
    if (status === undefined) return [];
    return [system.world.faults.crashed ? 0 : status];
  } catch {
    return system.world.faults.crashed ? [0] : [500];
  }
}

async function twice(flow: Flow, system: FaultySystem): Promise<number[]> {
  const both = await Promise.all([invoke(flow, system), invoke(flow, system)]);
  return both.flat().toSorted((a, b) => b - a);
}

function mustRepeat(statuses: number[]): boolean {
  const last = statuses.at(-1);
  return last !== undefined && (last === 0 || last >= 500);
}
