import { describe, expect, it } from 'vitest';
import { Scenario, T0 } from '../../support/harness/incident-scenario.ts';

const MINUTE = 60_000;

describe('an incident records for the statistics', () => {
  it('how often it interrupted the people of each tier', () => {
    const scenario = new Scenario().fires(0, 'a').run(1, 61, ['a']);

    expect(scenario.notified).toEqual(['opened!', 'reminder!', 'escalated!', 'escalated!']);
    expect(scenario.incident?.paging.counts).toEqual([2, 1, 1]);
  });

  it('no page for a muted notice', () => {
    const mute = { type: 'muted', maintenance: 'm-1', until: T0 + 90 * MINUTE } as const;

    const scenario = new Scenario().fires(0, 'a').play(1, mute).fires(2, 'b');

    expect(scenario.incident?.paging.counts).toEqual([1, 0, 0]);
  });

  it('when it was first acknowledged, even after a reopen', () => {
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

  it('that it flapped, even after the flapping ended', () => {
    const scenario = new Scenario().fires(0, 'a');
    for (let minute = 2; minute <= 14; minute += 4) scenario.ends(minute, 'a').fires(minute + 2, 'a');
    const flapping = scenario.incident?.flapping.since;

    scenario.ends(20, 'a').run(21, 60, []);

    expect(flapping).toBeDefined();
    expect(scenario.incident).toMatchObject({ status: 'resolved', flapping: { ever: true } });
    expect(scenario.incident?.flapping.since).toBeUndefined();
  });
});
