import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../lib/core/shared/time.ts';
import { findGrowth } from '../../scripts/soak/measure-heap.ts';
import { endLeak, findFault, type soakFaults } from '../../scripts/soak/planted-faults.ts';
import { runSoak } from '../../scripts/soak/run-soak.ts';

// Three hours of a day instead of three months: `npm run soak` plays them all. Each fault can be planted there as well, by PLANTED_FAULT.

const SHORT_SOAK = fileURLToPath(new URL('../support/processes/short-soak.ts', import.meta.url));

function soak(days: number, fault?: string) {
  const plant = findFault(fault);
  if (typeof plant === 'string') throw new Error(plant);
  return runSoak({ days, dayLength: 3 * HOUR, retentionDays: 14, plant, onDay: () => {} });
}

/** What a soak must say of each. */
const findings = {
  leak: /^the heap has grown by \d+\.\d % over the second half$/,
  orphan: /^nothing reaches the item nobody-asks /,
  'child-of-nothing': /^nothing reaches the item gone\d+ \/ timeline/,
  'never-expires': /^the item heartbeat \/ source-\d+ never expires$/,
  'expires-in-milliseconds': /^the item heartbeat \/ source-\d+ never expires$/,
  'due-and-left': /^incident .+ has been due for over 2 ticks$/,
  'stuck-message': /^the message .+ has waited for over an hour$/,
} satisfies Record<keyof typeof soakFaults, RegExp>;

afterEach(endLeak);

describe('a simulated morning', () => {
  it('leaves nothing due, out of reach, without an end or stuck', async () => {
    const result = await soak(1);

    expect(result.findings).toEqual([]);
    expect(result.incidents).toBe(8);
    expect(result.ticks).toBe(3 * 60);
    expect(result.messages).toBeGreaterThan(50);
  });

  it.each(Object.entries(findings).filter(([name]) => name !== 'leak'))(
    'with a planted fault is found out: %s',
    async (name, sentence) => {
      const { findings } = await soak(1, name);

      expect(findings).toContainEqual(expect.stringMatching(sentence));
      expect(findings.filter((each) => !sentence.test(each))).toEqual([]);
    },
  );
});

describe('the heap', () => {
  it.each([
    ['stands still', [90, 100, 101, 99, 100, 100, 99, 101], 0],
    ['grows', [90, 100, 101, 99, 100, 100, 110, 110], 0.1],
  ])('is compared over the second half where it %s', (_, samples, growth) => {
    expect(findGrowth(samples)).toBeCloseTo(growth, 5);
  });

  it.each([
    ['stands still', undefined, []],
    ['grows', 'leak', [expect.stringMatching(findings.leak)]],
  ])('of a process of its own %s where the planted fault is: %s', async (_, fault, expected) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      SHORT_SOAK,
      '4',
      ...(fault ? [fault] : []),
    ]);

    expect(JSON.parse(stdout).findings).toEqual(expected);
  });
});
