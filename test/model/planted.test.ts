import { describe, expect, it } from 'vitest';
import { checkHistories, QUICK_RUNS } from './check-histories.ts';
import { plantedFaults } from './planted-faults.ts';

describe('a planted fault', () => {
  it.each(Object.entries(plantedFaults))('is found within the quick runs: %s', async (_, plant) => {
    const { story } = await checkHistories({ runs: QUICK_RUNS / 2, seed: 1, plant, shrink: false });

    expect(story).toMatch(/expected: .+\n +happened: .+/);
  });
});
