import { fillCommands } from '../../../lib/core/diagnosis/fill-commands.ts';
import type { Finding } from '../../../lib/core/diagnosis/findings/finding.ts';
import type { Notice } from '../../../lib/core/notice/notice.ts';
import { SAMPLE_OPENED_AT, sampleNotice } from '../../support/factories/sample-notice.ts';

/** A notice that has one text in every place that text from outside can reach, names of labels included. */
export function hostileNotice(text: string): Notice {
  const labels = { [text]: text, service: text };
  return sampleNotice({
    alertname: text,
    source: text,
    group: { service: text },
    summary: text,
    impact: text,
    happened: text,
    notDiagnosed: text,
    unverified: text,
    countedAs: { firing: text, resolved: text },
    alerts: {
      firing: 2,
      total: 2,
      common: labels,
      shown: [true, false].map((firing) => ({
        labels,
        severity: 'critical' as const,
        text,
        description: text,
        firing,
        startsAt: SAMPLE_OPENED_AT,
      })),
      omitted: 1,
    },
    findings: hostileFindings(text),
    commands: fillCommands([{ text, command: 'kubectl get pod {{ labels.value }}', caution: text }], {
      labels: { value: text },
      findings: {},
    }),
    response: [text],
    comparison: [{ stepId: 's', title: text, before: text, after: text, change: 'still' }],
    acknowledged: { by: text, at: SAMPLE_OPENED_AT, note: text },
    notified: { names: [text] },
    silenced: { by: text, until: SAMPLE_OPENED_AT },
    around: {
      otherIncidents: {
        incidents: [
          { id: 'k.1', alertname: text, group: labels, severity: 'critical', openedAt: SAMPLE_OPENED_AT },
        ],
        more: 1,
        atLeast: false,
      },
      previousEpisode: {
        incidentId: 'k.1',
        openedAt: SAMPLE_OPENED_AT,
        acknowledgedBy: text,
        findings: [{ stepId: 's', title: text, sentence: text }],
        recent: { count: 2, atLeast: false },
      },
      unread: [text],
    },
    missingData: text,
  });
}

/** A finding of each kind of evidence. */
export function hostileFindings(text: string): Finding[] {
  const base = { title: text, kind: 'sql', verdict: 'attention', sentence: text, tookMs: 1 } as const;
  const points: [number, number][] = [1, 5].map((value) => [SAMPLE_OPENED_AT + value * 60_000, value]);
  return [
    {
      ...base,
      stepId: 'table',
      evidence: { kind: 'table', columns: [text, 'n'], rows: [[text, '1']], omitted: 1 },
    },
    { ...base, stepId: 'text', evidence: { kind: 'text', lines: [text, text], omitted: 1 } },
    {
      ...base,
      stepId: 'series',
      evidence: { kind: 'series', points, min: 1, max: 5, last: 5, unit: text, label: text, omitted: 1 },
    },
  ];
}
