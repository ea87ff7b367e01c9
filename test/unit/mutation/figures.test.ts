import { describe, expect, it } from 'vitest';
import { areas } from '../../../scripts/mutation/areas.ts';
import {
  countMutants,
  formatTable,
  getKilledPercent,
  isBelow,
  type MutantStatus,
} from '../../../scripts/mutation/figures.ts';

const many = (count: number, status: MutantStatus) => Array.from({ length: count }, () => status);
const held = { least: 90 };

describe('the figures of mutation testing', () => {
  it('count a mutant as killed when a test failed or the tests no longer ended', () => {
    const figures = countMutants(['Killed', 'Timeout', 'Survived', 'NoCoverage']);

    expect(figures).toEqual({ killed: 2, timedOut: 1, survived: 1, unreached: 1, leftOut: 0 });
    expect(getKilledPercent(figures)).toBe(50);
  });

  it('fall below when a mutant survives that 90 % need', () => {
    const enough = countMutants([...many(90, 'Killed'), ...many(10, 'Survived')]);
    const tooFew = countMutants([...many(89, 'Killed'), ...many(11, 'Survived')]);

    expect(isBelow(held, enough)).toBe(false);
    expect(isBelow(held, tooFew)).toBe(true);
  });

  it('fall below when tests are removed, so that mutants are no longer reached', () => {
    const figures = countMutants([...many(50, 'Killed'), ...many(50, 'NoCoverage')]);

    expect(isBelow(held, figures)).toBe(true);
  });

  it('do not become better by mutants that were left out', () => {
    const figures = countMutants([
      ...many(8, 'Killed'),
      ...many(2, 'Survived'),
      ...many(90, 'Ignored'),
      ...many(90, 'RuntimeError'),
    ]);

    expect(getKilledPercent(figures)).toBe(80);
    expect(isBelow(held, figures)).toBe(true);
  });

  it('are below when nothing was measured', () => {
    expect(isBelow(held, countMutants([]))).toBe(true);
  });

  it('are never shown as more than they are', () => {
    const figures = countMutants([...many(8_996, 'Killed'), ...many(1_004, 'Survived')]);

    const table = formatTable([{ name: 'routing', area: held, figures }]).join('\n');

    expect(table).toContain('89.9 % (below)');
    expect(isBelow(held, figures)).toBe(true);
  });

  it('have no percentage to reach where they are only reported', () => {
    expect(isBelow({}, countMutants(many(3, 'Survived')))).toBe(false);
  });

  it('are held at 90 % in what pages depend on', () => {
    const least = Object.entries(areas).flatMap(([name, area]) =>
      area.least === undefined ? [] : [[name, area.least]],
    );

    expect(least).toEqual([
      ['routing', 90],
      ['escaping', 90],
      ['delivery', 90],
      ['redaction', 90],
      ['state-machine', 90],
    ]);
  });
});
