import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../../lib/core/diagnosis/findings/finding.ts';
import type { NoticeReason } from '../../../lib/core/incident/effect.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { chooseAmong } from '../../../lib/core/notice/choose-diagnoses.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { diagnosis, finding } from '../../support/factories/finding.ts';
import { storedAlert, storedIncident } from '../../support/factories/stored-incident.ts';

const bad = finding({ sentence: '10 of 10' });
const fine = finding({ verdict: 'normal', sentence: '4 of 10' });
const firing = storedIncident();
/** Resolved in minute 3, between the diagnoses of minutes 2 and 4. */
const over = storedIncident({
  status: 'resolved',
  resolution: 'alerts',
  resolvedAt: 3 * MINUTE,
  alerts: [storedAlert({ state: 'resolved' })],
});

function summary(incident: Incident, diagnoses: Diagnosis[], seq: number, reason: NoticeReason) {
  return chooseAmong(incident, diagnoses, { id: `k.1:${seq}`, reason });
}

describe('the diagnosis shown in a notice', () => {
  it('is the one made for it, with the changes since the previous one', () => {
    const diagnoses = [diagnosis(1, [bad]), diagnosis(2, [fine]), diagnosis(4, [bad])];

    const diagnosisSummaries = summary(firing, diagnoses, 2, 'reminder');

    expect(diagnosisSummaries.diagnosis?.id).toBe('k.1:2');
    expect(diagnosisSummaries.progress).toMatchObject({
      since: diagnosis(1, []).finishedAt,
      changes: [{ change: 'better', before: '10 of 10', after: '4 of 10' }],
    });
    expect(diagnosisSummaries.comparison).toEqual([]);
  });

  it('is compared with the last one whose checks ran', () => {
    const diagnoses = [
      diagnosis(1, [bad]),
      diagnosis(2, [], { skipped: 'sent again' }),
      diagnosis(4, [fine]),
    ];

    expect(summary(firing, diagnoses, 4, 'escalated').progress?.since).toBe(diagnosis(1, []).finishedAt);
  });

  it('is not compared if it is the first, or if its checks were skipped', () => {
    const diagnoses = [diagnosis(1, [bad]), diagnosis(2, [], { skipped: 'sent again' })];

    expect(summary(firing, diagnoses, 1, 'opened').progress).toBeUndefined();
    expect(summary(firing, diagnoses, 2, 'escalated').progress).toBeUndefined();
  });

  it('is the newest, without a comparison, for a notice without one of its own', () => {
    const diagnoses = [
      diagnosis(1, [bad]),
      diagnosis(2, [fine]),
      diagnosis(4, [], { skipped: 'sent again' }),
    ];

    const diagnosisSummaries = summary(firing, diagnoses, 5, 'updated');

    expect(diagnosisSummaries.diagnosis?.id).toBe('k.1:2');
    expect(diagnosisSummaries.progress).toBeUndefined();
  });

  it('is compared before and after the resolve, without progress', () => {
    const diagnosisSummaries = summary(over, [diagnosis(1, [bad]), diagnosis(4, [fine])], 4, 'resolved');

    expect(diagnosisSummaries.diagnosis?.id).toBe('k.1:4');
    expect(diagnosisSummaries.comparison).toMatchObject([
      { change: 'better', before: '10 of 10', after: '4 of 10' },
    ]);
    expect(diagnosisSummaries.progress).toBeUndefined();
  });

  it('is never compared in reverse for a page that the resolve superseded', () => {
    const diagnoses = [diagnosis(1, [bad]), diagnosis(4, [fine])];

    const diagnosisSummaries = summary(over, diagnoses, 1, 'opened');

    expect(diagnosisSummaries.diagnosis?.id).toBe('k.1:4');
    expect(diagnosisSummaries.comparison).toMatchObject([{ before: '10 of 10', after: '4 of 10' }]);
  });

  it('says nothing about the time after the resolve without a diagnosis then', () => {
    const diagnosisSummaries = summary(over, [diagnosis(1, [fine]), diagnosis(2, [bad])], 1, 'opened');

    expect(diagnosisSummaries.comparison).toEqual([]);
    expect(diagnosisSummaries.diagnosis?.id).toBe('k.1:1');
  });

  it('gets the previous episode from any diagnosis that could read it', () => {
    const previousEpisode = {
      incidentId: 'k.0',
      openedAt: 0,
      findings: [],
      recent: { count: 1, atLeast: false },
    };
    const diagnoses = [
      diagnosis(1, [bad], { previousEpisode: previousEpisode }),
      diagnosis(2, [bad], { unread: ['earlier episodes'] }),
    ];

    expect(summary(firing, diagnoses, 2, 'reminder').previousEpisode).toEqual(previousEpisode);
  });

  it('is absent when nothing was stored', () => {
    expect(summary(firing, [], 1, 'opened')).toEqual({ comparison: [] });
    expect(summary(over, [], 4, 'resolved')).toEqual({ comparison: [] });
  });
});
