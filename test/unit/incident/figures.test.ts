import { describe, expect, it } from 'vitest';
import { Scenario, T0 } from '../../support/harness/incident-scenario.ts';

const MINUTE = 60_000;

describe('what an incident keeps for the statistics', () => {
  it('is how often the people of each tier were to be interrupted', () => {
    const scenario = new Scenario().fires(0, 'a').run(1, 61, ['a']);

    expect(scenario.notified).toEqual(['opened!', 'reminder!', 'escalated!', 'escalated!']);
    expect(scenario.incident?.pages).toEqual([2, 1, 1]);
  });

  it('is nothing of a notice that is muted', () => {
    const mute = { type: 'muted', maintenance: 'm-1', until: T0 + 90 * MINUTE } as const;

    const scenario = new Scenario().fires(0, 'a').play(1, mute).fires(2, 'b');

    expect(scenario.incident?.pages).toEqual([1, 0, 0]);
  });

  it('is when it was first acknowledged, which no reopen takes back', () => {
    const by = (name: string) => ({ type: 'acknowledged', by: name }) as const;

    const scenario = new Scenario()
      .fires(0, 'a')
      .play(3, by('Ana'))
      .ends(5, 'a')
      .fires(8, 'a')
      .play(9, by('Ben'));

    expect(scenario.incident?.ack).toMatchObject({ by: 'Ben', at: T0 + 9 * MINUTE });
    expect(scenario.incident?.firstAcknowledgedAt).toBe(T0 + 3 * MINUTE);
  });

  it('is that it was flapping, also when it no longer is', () => {
    const scenario = new Scenario().fires(0, 'a');
    for (let minute = 2; minute <= 14; minute += 4) scenario.ends(minute, 'a').fires(minute + 2, 'a');
    const flapping = scenario.incident?.flappingSince;

    scenario.ends(20, 'a').run(21, 60, []);

    expect(flapping).toBeDefined();
    expect(scenario.incident).toMatchObject({ status: 'resolved', flapped: true });
    expect(scenario.incident?.flappingSince).toBeUndefined();
  });
});
