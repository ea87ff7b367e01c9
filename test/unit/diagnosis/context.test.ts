import { describe, expect, test } from 'vitest';
import { selectOtherIncidents } from '../../../lib/core/diagnosis/context/other-incidents.ts';
import {
  chooseUrgentFindings,
  describePreviousEpisode,
  fillUrgentFindings,
  type PastEpisode,
} from '../../../lib/core/diagnosis/context/previous-episode.ts';
import type { OpenIncident } from '../../../lib/core/diagnosis/findings/context.ts';
import { summarizeDiagnosis } from '../../../lib/core/diagnosis/findings/diagnosis-summary.ts';
import type { Diagnosis } from '../../../lib/core/diagnosis/findings/finding.ts';
import { DAY, HOUR, MINUTE } from '../../../lib/core/shared/time.ts';
import { diagnosis, finding } from '../../support/factories/finding.ts';

const NOW = Date.UTC(2026, 10, 24, 3);

function episode(daysAgo: number, change: Partial<PastEpisode> = {}): PastEpisode {
  const openedAt = NOW - daysAgo * DAY;
  return { id: `k.${daysAgo}`, openedAt, resolvedAt: openedAt + 22 * MINUTE, ...change };
}

function urgentOf(diagnoses: Diagnosis[]) {
  return fillUrgentFindings(chooseUrgentFindings(diagnoses.map(summarizeDiagnosis)), diagnoses);
}

describe('the previous episode', () => {
  test('is the newest earlier one, with who acknowledged it and its first urgent findings', () => {
    const episodes = [episode(3, { acknowledgedBy: 'Ana' }), episode(20), episode(40)];
    const diagnoses = [
      diagnosis(1, [
        finding({ stepId: 'pool', sentence: '10 of 10' }),
        finding({ stepId: 'disk', verdict: 'normal' }),
      ]),
      diagnosis(2, [
        finding({ stepId: 'locks', sentence: '3 wait' }),
        finding({ stepId: 'pool', sentence: '9 of 10' }),
      ]),
    ];

    const last = describePreviousEpisode({ incidents: episodes, complete: true }, urgentOf(diagnoses), NOW);

    expect(last).toEqual({
      incidentId: 'k.3',
      openedAt: NOW - 3 * DAY,
      resolvedAt: NOW - 3 * DAY + 22 * MINUTE,
      acknowledgedBy: 'Ana',
      findings: [
        { stepId: 'pool', title: 'pool', sentence: '10 of 10' },
        { stepId: 'locks', title: 'locks', sentence: '3 wait' },
      ],
      recent: { count: 2, atLeast: false },
    });
  });

  test('marks its count as a lower bound if not all episodes were read', () => {
    const read = [episode(1), episode(2)];

    const recent = [
      describePreviousEpisode({ incidents: read, complete: false }, [], NOW)?.recent,
      describePreviousEpisode({ incidents: [...read, episode(31)], complete: false }, [], NOW)?.recent,
    ];

    expect(recent).toEqual([
      { count: 2, atLeast: true },
      { count: 2, atLeast: false },
    ]);
  });

  test('is absent for the first episode', () => {
    expect(describePreviousEpisode({ incidents: [], complete: true }, [], NOW)).toBeUndefined();
  });

  test('has at most five findings', () => {
    const findings = Array.from({ length: 9 }, (_, n) => finding({ stepId: `s${n}` }));

    const last = describePreviousEpisode(
      { incidents: [episode(3)], complete: true },
      urgentOf([diagnosis(1, findings)]),
      NOW,
    );

    expect(last?.findings.map(({ stepId }) => stepId)).toEqual(['s0', 's1', 's2', 's3', 's4']);
  });
});

describe('the other open incidents', () => {
  function open(id: string, change: Partial<OpenIncident & { firing: number }> = {}) {
    return {
      id,
      alertname: `Alert-${id}`,
      group: {},
      severity: 'warning' as const,
      openedAt: NOW,
      firing: 1,
      ...change,
    };
  }

  test('are sorted by severity, then the newest first, without the incident itself', () => {
    const incidents = [
      open('standalone', { severity: 'critical' }),
      open('old', { openedAt: NOW - HOUR }),
      open('new'),
      open('info', { severity: 'info', openedAt: NOW + 1 }),
      open('worst', { severity: 'critical', openedAt: NOW - DAY }),
    ];

    const others = selectOtherIncidents({ incidents, complete: true }, 'standalone');

    expect(others.incidents.map(({ id }) => id)).toEqual(['worst', 'new', 'old', 'info']);
    expect(others.more).toBe(0);
    expect(others.incidents[0]).not.toHaveProperty('firing');
  });

  test('are at most five, and the rest are counted', () => {
    const incidents = Array.from({ length: 12 }, (_, n) => open(`i${n}`));

    const others = [true, false].map((complete) => selectOtherIncidents({ incidents, complete }, 'i0'));

    expect(others.map((each) => each.incidents.length)).toEqual([5, 5]);
    expect(others).toMatchObject([
      { more: 6, atLeast: false },
      { more: 6, atLeast: true },
    ]);
  });

  test('do not include an incident with only unconfirmed firings', () => {
    expect(
      selectOtherIncidents({ incidents: [open('a', { firing: 0 })], complete: true }, 'standalone').incidents,
    ).toEqual([]);
  });

  test('contain no secret and no control character from a label', () => {
    const incidents = [open('a', { group: { service: 'api\n\u001b[2J password=hunter2' } })];

    const [shown] = selectOtherIncidents({ incidents, complete: true }, 'standalone').incidents;

    expect(shown?.group).toEqual({ service: 'api [2J password=[redacted]' });
  });
});
