import { describe, expect, it } from 'vitest';
import { fingerprintOf, Scenario, T0 } from '../../support/harness/incident-scenario.ts';

const HOUR = 3_600_000;
const silenced = { type: 'silenced', by: 'Ana', id: 's-1', until: T0 + HOUR, covered: 2, firing: 3 } as const;

describe('a silence created in Alertmanager', () => {
  it('is announced quietly, with its author, its end and the number of alerts covered', () => {
    const scenario = new Scenario().fires(0, 'a').play(1, silenced);

    expect(scenario.notified).toEqual(['opened!', 'updated']);
    expect(scenario.effects.at(-1)).toMatchObject({
      userAction: { by: 'Ana' },
      summary:
        'Silenced in Alertmanager until 2026-11-24 04:00 UTC by Ana: 2 of 3 firing alerts (silence s-1).',
    });
    expect(scenario.incident?.silence).toEqual({ id: 's-1', by: 'Ana', at: T0 + 60_000, until: T0 + HOUR });
  });

  it('is recorded once, and again when its end moves', () => {
    const scenario = new Scenario().fires(0, 'a').play(1, silenced).play(2, silenced);
    const changedAgain = scenario.last?.changed;

    scenario.play(3, { ...silenced, until: T0 + 4 * HOUR });

    expect(changedAgain).toBe(false);
    expect(scenario.notified).toEqual(['opened!', 'updated', 'updated']);
  });

  it('goes only to the history if the incident resolved meanwhile', () => {
    const scenario = new Scenario().fires(0, 'a').ends(1, 'a').play(2, silenced);

    expect(scenario.notified).toEqual(['opened!', 'resolved']);
    expect(scenario.effects.at(-1)).toMatchObject({ kind: 'record', userAction: { by: 'Ana' } });
  });

  it('does not pause the tiers by itself', () => {
    const scenario = new Scenario().fires(0, 'a').play(1, silenced).run(2, 31, ['a']);

    expect(scenario.count('escalated')).toBe(1);
  });

  it('pauses the tiers once Alertmanager confirms it', () => {
    const scenario = new Scenario().fires(0, 'a').play(1, silenced);

    for (let minute = 2; minute < 50; minute += 1) {
      scenario
        .reconcile(minute, { kind: 'answer', active: [], suppressed: [fingerprintOf('a')] })
        .tick(minute);
    }

    expect(scenario.count('escalated')).toBe(0);
  });
});

describe('resolving by hand from an old message', () => {
  it('changes nothing if an alert joined or the severity rose since', () => {
    const joined = new Scenario().fires(0, 'a').fires(1, 'b');
    const raised = new Scenario()
      .fires(0, 'a', { severity: 'warning' })
      .fires(1, 'a2', { severity: 'critical' });

    for (const scenario of [joined, raised]) {
      scenario.play(2, { type: 'resolved-by-hand', by: 'Ana', asOf: 1 });

      expect(scenario.incident?.status).toBe('open');
      expect(scenario.last?.changed).toBe(false);
    }
  });

  it('resolves the incident if the changes since are not news', () => {
    const scenario = new Scenario().fires(0, 'a').fires(1, 'b').ends(2, 'b', { since: 1 });

    scenario.play(3, { type: 'resolved-by-hand', by: 'Ana', asOf: 2 });

    expect(scenario.incident?.status).toBe('resolved');
  });
});
