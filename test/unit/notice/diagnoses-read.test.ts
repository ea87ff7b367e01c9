import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseUrgentFindings,
  describePreviousEpisode,
  fillUrgentFindings,
} from '../../../lib/core/diagnosis/context/previous-episode.ts';
import { summarizeDiagnosis } from '../../../lib/core/diagnosis/findings/diagnosis-summary.ts';
import type { Diagnosis } from '../../../lib/core/diagnosis/findings/finding.ts';
import { noticeReasons } from '../../../lib/core/incident/effect.ts';
import {
  type ChosenDiagnoses,
  chooseDiagnoses,
  fillChosen,
  listChosen,
} from '../../../lib/core/notice/choose-diagnoses.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { diagnosis, finding } from '../../support/factories/finding.ts';
import { storedAlert, storedIncident } from '../../support/factories/stored-incident.ts';

const firing = storedIncident();
const over = storedIncident({
  status: 'resolved',
  resolution: 'alerts',
  resolvedAt: 8 * MINUTE,
  alerts: [storedAlert({ state: 'resolved' })],
});

const findings = fc.uniqueArray(
  fc.record({
    stepId: fc.constantFrom('pool', 'locks', 'disk', 'logs'),
    verdict: fc.constantFrom('attention', 'normal', 'unchecked'),
    sentence: fc.constantFrom('3 of 10', '10 of 10', '0'),
  }),
  { selector: ({ stepId }) => stepId },
);
const some: fc.Arbitrary<Diagnosis[]> = fc
  .array(fc.option(findings), { maxLength: 12 })
  .map((all) => all.flatMap((each, at) => (each === null ? [] : diagnosis(at + 1, each.map(finding)))));

/** The same choice, compared with every earlier diagnosis instead of the chosen ones. */
function compareWithAll(chosen: ChosenDiagnoses, all: Diagnosis[]): ChosenDiagnoses {
  const shown = all.findIndex(({ id }) => id === chosen.shown);
  return { ...chosen, before: chosen.before && all.slice(0, Math.max(0, shown)).map(({ id }) => id) };
}

/** What needed attention in any of them, as first found. */
function firstUrgent(all: Diagnosis[]) {
  const urgent = all.flatMap((each) => each.findings).filter(({ verdict }) => verdict === 'attention');
  return urgent
    .filter(({ stepId }, at) => urgent.findIndex((each) => each.stepId === stepId) === at)
    .slice(0, 5)
    .map(({ stepId, title, sentence }) => ({ stepId, title, sentence }));
}

describe('the diagnoses read', () => {
  it('for a notice are few, and it shows the same as if all had been read', () => {
    fc.assert(
      fc.property(
        some,
        fc.boolean(),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(...noticeReasons),
        (all, fires, seq, reason) => {
          const incident = fires ? firing : over;
          const cause = { id: `k.1:${seq}`, reason };

          const chosen = chooseDiagnoses(incident, all.map(summarizeDiagnosis), cause);
          const needed = listChosen(chosen);

          expect(needed.length).toBeLessThanOrEqual(8);
          const read = all.filter(({ id }) => needed.includes(id));
          expect(fillChosen(chosen, read)).toEqual(fillChosen(compareWithAll(chosen, all), all));
        },
      ),
    );
  });

  it('for the previous episode are few, and give the same findings', () => {
    fc.assert(
      fc.property(some, (all) => {
        const chosen = chooseUrgentFindings(all.map(summarizeDiagnosis));
        const needed = new Set(chosen.map(({ diagnosisId }) => diagnosisId));

        const read = fillUrgentFindings(
          chosen,
          all.filter(({ id }) => needed.has(id)),
        );
        const episode = { incidents: [{ id: 'k.1', openedAt: 0 }], complete: true };
        expect(needed.size).toBeLessThanOrEqual(5);
        expect(describePreviousEpisode(episode, read, 0)).toEqual(
          describePreviousEpisode(episode, firstUrgent(all), 0),
        );
      }),
    );
  });

  it('are at most eight, however many times the checks last ran', () => {
    const all = Array.from({ length: 300 }, (_, n) => diagnosis(n + 1, [finding({ stepId: `step${n}` })]));
    const last = diagnosis(
      301,
      all.map((_, n) => finding({ stepId: `step${n}`, verdict: 'normal' })),
    );

    const chosen = chooseDiagnoses(over, [...all, last].map(summarizeDiagnosis), {
      id: last.id,
      reason: 'resolved',
    });
    const needed = listChosen(chosen);

    expect(needed).toHaveLength(8);
    expect(needed[0]).toBe(last.id);
  });
});
