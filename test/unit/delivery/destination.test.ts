import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFiring } from '../../../lib/core/incident/status.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import type { AbilitiesName } from '../../support/factories/configured-channels.ts';
import { LateDestination } from '../../support/factories/late-destination.ts';
import { fingerprintOf, T0 } from '../../support/harness/incident-scenario.ts';

const names = ['a', 'b'];

type Step =
  | { do: 'fires' | 'ends'; name: string; severity: 'warning' | 'critical' }
  | { do: 'acknowledge' | 'resolve by hand' | 'tick' | 'wait' }
  | { do: 'reconcile'; active: string[] }
  | { do: 'deliver'; repeated: boolean }
  | { do: 'break' }
  | { do: 'mend' };

const alert = { name: fc.constantFrom(...names), severity: fc.constantFrom('warning', 'critical') };
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('fires'), ...alert }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ends'), ...alert }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('acknowledge', 'resolve by hand', 'tick', 'wait') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reconcile'), active: fc.subarray(names) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('deliver'), repeated: fc.boolean() }) },
);
/** Three reopens are flapping, which random steps hardly ever produce. */
const anyReopen: fc.Arbitrary<Step[]> = fc
  .record({ name: fc.constant('a'), severity: fc.constant('critical' as const) })
  .map((one) => [
    { do: 'ends', ...one },
    { do: 'fires', ...one },
  ]);
const stepsOf = (step: fc.Arbitrary<Step>) =>
  fc
    .array(
      fc.oneof({ weight: 3, arbitrary: step.map((one) => [one]) }, { weight: 1, arbitrary: anyReopen }),
      {
        minLength: 1,
        maxLength: 30,
      },
    )
    .map((several) => several.flat());
const anySteps = stepsOf(anyStep);
const anyFault = fc.constantFrom<Step>({ do: 'break' }, { do: 'mend' });
const anyStepsWithFaults = stepsOf(
  fc.oneof({ weight: 4, arbitrary: anyStep }, { weight: 1, arbitrary: anyFault }),
);
const anyAbilities = fc.constantFrom<AbilitiesName>('edits', 'posts', 'mails');
const runs = { numRuns: 2_000 };

/** Plays the steps a minute apart, a `wait` sixteen, and delivers in the end whatever has not arrived by then. */
function play(
  abilities: AbilitiesName,
  steps: Step[],
  options: ConstructorParameters<typeof LateDestination>[1] = {},
): LateDestination['episodes'] {
  const destination = new LateDestination(abilities, options);
  const since = new Map<string, number>();
  let minute = 0;
  for (const step of steps) {
    minute += step.do === 'wait' ? 16 : 1;
    if (step.do === 'deliver') destination.deliver(step.repeated, T0 + minute * MINUTE);
    else if (step.do === 'break' || step.do === 'mend') destination.isMisconfigured = step.do === 'break';
    else destination.happens((scenario) => happen(scenario, step, minute, since));
  }
  destination.isMisconfigured = false;
  destination.deliverAll(T0 + (minute + 5) * MINUTE);
  return destination.episodes;
}

function happen(
  scenario: Parameters<Parameters<LateDestination['happens']>[0]>[0],
  step: Exclude<Step, { do: 'deliver' | 'break' | 'mend' }>,
  minute: number,
  since: Map<string, number>,
): void {
  switch (step.do) {
    case 'fires': {
      const start = since.get(step.name) ?? minute;
      since.set(step.name, start);
      scenario.fires(minute, step.name, { since: start, severity: step.severity });
      return;
    }
    case 'ends': {
      const start = since.get(step.name);
      since.delete(step.name);
      if (start !== undefined) scenario.ends(minute, step.name, { since: start, severity: step.severity });
      return;
    }
    case 'acknowledge':
      scenario.acknowledge(minute);
      return;
    case 'resolve by hand':
      scenario.resolveByHand(minute);
      return;
    case 'reconcile': {
      const active = step.active.map((name) => fingerprintOf(name));
      scenario.reconcile(minute, { kind: 'answer', active, suppressed: [] });
      return;
    }
    case 'tick':
    case 'wait':
      scenario.tick(minute);
  }
}

describe('a destination, however late its notices arrive and however often they repeat', () => {
  it('never receives the same notice twice', () => {
    fc.assert(
      fc.property(anyAbilities, anySteps, (abilities, steps) => {
        const episodes = play(abilities, steps);

        for (const { words } of episodes) {
          expect(new Set(words.map((word) => word.seq)).size).toBe(words.length);
        }
      }),
      runs,
    );
  });

  it('has a true last message: firing while it fires, resolved after the resolve', () => {
    fc.assert(
      fc.property(anyAbilities, anySteps, (abilities, steps) => {
        const episodes = play(abilities, steps);

        for (const { incident, words } of episodes) {
          // An unconfirmed report is no news yet, and during flapping people know that messages are
          // suppressed.
          const unconfirmed = incident.status === 'open' && !isFiring(incident);
          if (unconfirmed || incident.neverFired || incident.flapping.since !== undefined) continue;
          expect(words.at(-1)?.firing).toBe(isFiring(incident));
        }
      }),
      runs,
    );
  });

  it('receives the resolve again after a late reopen, even if a resolve was sent before that', () => {
    const a = { name: 'a', severity: 'critical' } as const;
    const late = { do: 'deliver', repeated: false } as const;
    const steps: Step[] = [
      { do: 'fires', ...a },
      late,
      { do: 'ends', ...a },
      { do: 'fires', ...a },
      { do: 'ends', ...a },
      late,
      { do: 'fires', ...a },
      late,
      { do: 'ends', ...a },
    ];

    const [episode] = play('edits', steps);

    expect(episode?.words.map((word) => word.firing)).toEqual([true, false, true, false]);
  });

  it('receives the notice of flapping whenever that suppresses others', () => {
    fc.assert(
      fc.property(anyAbilities, anySteps, (abilities, steps) => {
        const episodes = play(abilities, steps);

        for (const { incident, words } of episodes) {
          if (incident.flapping.since === undefined) continue;
          expect(words.map((word) => word.reason)).toContain('flapping');
        }
      }),
      runs,
    );
  });

  it('receives the last page while it fires, unless that is a reminder', () => {
    fc.assert(
      fc.property(anyAbilities, anySteps, (abilities, steps) => {
        const episodes = play(abilities, steps);

        for (const { incident, notices, record } of episodes) {
          const page = notices.findLast(({ ping }) => ping);
          if (page === undefined || page.reason === 'reminder' || !isFiring(incident)) continue;
          expect(incident.paging.lastNews?.seq).toBeGreaterThanOrEqual(page.seq);
          expect(record.lastPingSeq).toBeGreaterThanOrEqual(page.seq);
        }
      }),
      runs,
    );
  });

  it('never reads twice that it is over, without a firing or flapping between', () => {
    fc.assert(
      fc.property(anyAbilities, anySteps, (abilities, steps) => {
        const episodes = play(abilities, steps);

        for (const { words } of episodes) {
          const ends = words.map(({ says }) => says === 'RESOLVED' || says === 'FLAPPING OVER');
          expect(ends.some((end, i) => end && ends[i + 1])).toBe(false);
        }
      }),
      runs,
    );
  });

  it('reads that the flapping is over, and no second "resolved", after 15 calm minutes', () => {
    const a = { name: 'a', severity: 'critical' } as const;
    const late = { do: 'deliver', repeated: true } as const;
    const reopen: Step[] = [{ do: 'ends', ...a }, late, { do: 'fires', ...a }, late];
    const steps: Step[] = [{ do: 'fires', ...a }, late, ...reopen, ...reopen, { do: 'ends', ...a }, late];
    const flapping: Step[] = [{ do: 'fires', ...a }, { do: 'ends', ...a }, late, { do: 'wait' }, late];

    for (const abilities of ['edits', 'posts', 'mails'] as const) {
      const [episode] = play(abilities, [...steps, ...flapping]);
      const says = episode?.words.map((word) => word.says).slice(-3);

      expect(says).toEqual(['RESOLVED', 'FLAPPING', 'FLAPPING OVER']);
    }
  });

  it('shows the current state in a message that can be edited', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const episodes = play('edits', steps);

        for (const { notices, record } of episodes) {
          const newest = notices.at(-1);
          const called = newest?.reason === 'reminder' || newest?.reason === 'escalated';
          if (newest && !called) expect(record.lastSeq).toBeGreaterThanOrEqual(newest.seq);
        }
      }),
      runs,
    );
  });
});

describe('a destination whose configuration is broken and mended', () => {
  it('shows the end, once the last fault is mended, wherever it showed that it fires', () => {
    fc.assert(
      fc.property(anyAbilities, anyStepsWithFaults, (abilities, steps) => {
        const episodes = play(abilities, steps);

        for (const { incident, words, record } of episodes) {
          const open = incident.status === 'open' || incident.flapping.since !== undefined;
          if (open || !words.some((word) => word.firing)) continue;
          expect(words.at(-1)?.firing).toBe(false);
          expect(record.lastShownFiring).toBe(false);
        }
      }),
      runs,
    );
  });
});

describe('a destination that takes nothing until an outage is over', () => {
  const outage = anySteps.map((steps) => steps.filter((step) => step.do !== 'deliver'));

  it.each([true, false])('interrupts people once at most, called elsewhere: %s', (calledElsewhere) => {
    fc.assert(
      fc.property(anyAbilities, outage, (abilities, steps) => {
        const episodes = play(abilities, steps, { catchUp: { calledElsewhere } });

        for (const { incident, words } of episodes) {
          if (incident.flapping.since !== undefined) continue;
          expect(words.filter((word) => word.ping && word.firing).length).toBeLessThanOrEqual(1);
        }
      }),
      runs,
    );
  });

  it('hears of no tier of a clock that has begun again since', () => {
    const a = { name: 'a', severity: 'critical' } as const;
    const wait = { do: 'wait' } as const;
    const steps: Step[] = [
      { do: 'ends', ...a },
      { do: 'fires', ...a },
      wait,
      wait,
      { do: 'resolve by hand' },
      wait,
      { do: 'fires', ...a, severity: 'warning' },
    ];

    const [episode] = play('edits', steps, { catchUp: { calledElsewhere: false } });

    expect(episode?.notices.map(({ reason }) => reason)).toContain('escalated');
    expect(episode?.words).toHaveLength(1);
  });

  it('calls nobody for a warning who was called elsewhere while it was critical', () => {
    fc.assert(
      fc.property(outage, (steps) => {
        const [episode] = play('edits', steps, { catchUp: { calledElsewhere: true } });

        if (episode?.incident.severity !== 'warning' || !isFiring(episode.incident)) return;
        for (const { calls } of episode.words) expect(calls).not.toContain('<!channel>');
      }),
      runs,
    );
  });
});
