import type { FaultMoment } from '../../support/fakes/faults.ts';
import type { PlantedFault } from '../planted/planted-fault.ts';
import { findDifferences } from './compare.ts';
import { type Flow, play } from './strike.ts';

const kinds = ['kill', 'fail'] as const;
const moments: FaultMoment[] = ['before', 'after'];

export type Strikes = {
  /** Everything that was wrong afterwards, one line each. */
  wrong: string[];
  /** Full names of the calls that were struck, each as often as it was. */
  struck: string[];
};

/**
 * Strikes a flow at each of its calls in turn: the process dies before or after the call, or only the call fails. Which
 * calls there are, the flow itself shows. Then plays it by two processes at once.
 */
export async function strikeEverywhere(flow: Flow, planted?: PlantedFault): Promise<Strikes> {
  const clean = await play(flow, undefined, planted);
  const wrong: string[] = [];
  const struck: string[] = [];
  for (const strike of listStrikes(clean.calls)) {
    const outcome = await play(flow, strike, planted);
    wrong.push(...findDifferences(clean, outcome, strike, flow));
    if (outcome.struck === undefined) wrong.push(`${strike.kind} ${strike.moment} call ${strike.n}: not met`);
    else struck.push(outcome.struck);
  }
  const twice = { kind: 'twice' } as const;
  wrong.push(...findDifferences(clean, await play(flow, twice, planted), twice, flow));
  return { wrong: wrong.map((line) => `${flow.name}, ${line}`), struck };
}

/**
 * All strikes at these calls. A death before a call leaves the same behind as one after the call before it, so that it
 * is played once for each method.
 */
function listStrikes(calls: string[]) {
  return kinds.flatMap((kind) =>
    moments.flatMap((moment) =>
      calls
        .map((name, at) => ({ name, strike: { kind, moment, n: at + 1 } }))
        .filter(({ name, strike }) => {
          return kind !== 'kill' || moment !== 'before' || calls.indexOf(name) === strike.n - 1;
        })
        .map(({ strike }) => strike),
    ),
  );
}
