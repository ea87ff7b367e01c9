import { describe, expect, it } from 'vitest';
import { flowsOfStorms } from './flows-of-storms.ts';
import { strikeEverywhere } from './kill-everywhere.ts';

describe('struck at each of its calls, a delivery in a storm', () => {
  it.each(flowsOfStorms)(
    '$name: nothing is lost, nothing is repeated, and the history is whole',
    async (flow) => {
      const { wrong, struck } = await strikeEverywhere(flow);

      expect(wrong).toEqual([]);
      expect(struck.length).toBeGreaterThan(0);
    },
  );
});
