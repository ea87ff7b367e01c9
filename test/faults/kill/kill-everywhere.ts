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
 * Strikes a flow at each of its calls in turn: the process dies before or after the call, or only the call fails. How
 * many calls there are, the flow itself shows. Then plays it by two processes at once.
 */
export async function strikeEverywhere(flow: Flow, planted?: PlantedFault): Promise<Strikes> {
  const clean = await play(flow, undefined, planted);
  const wrong: string[] = [];
  const struck: string[] = [];
  for (const kind of kinds) {
    for (const moment of moments) {
      for (let n = 1; ; n += 1) {
        const strike = { kind, n, moment };
        const outcome = await play(flow, strike, planted);
        if (outcome.struck === undefined) break;
        struck.push(outcome.struck);
        wrong.push(...findDifferences(clean, outcome, strike, flow));
      }
    }
  }
  const twice = { kind: 'twice' } as const;
  wrong.push(...findDifferences(clean, await play(flow, twice, planted), twice, flow));
  return { wrong: wrong.map((line) => `${flow.name}, ${line}`), struck };
}
