import { describe, expect, test } from 'vitest';
import { runbookCatalog } from '../../../.build/runbook-catalog.ts';
import { evaluateFinding } from '../../../lib/core/diagnosis/checks/evaluate-finding.ts';
import { summarizeLog } from '../../../lib/core/diagnosis/checks/pod-readings.ts';
import type { Step } from '../../../lib/core/runbook/runbook.ts';

const logsOfDeployments = Object.values(runbookCatalog.runbooks).flatMap(({ alertname, diagnostics }) =>
  diagnostics.flatMap((step) =>
    step.kind === 'kubernetes' && step.read === 'logs' && step.deployment !== undefined
      ? [{ name: `${alertname}, ${step.title}`, step }]
      : [],
  ),
);

describe('a log of a deployment without a pod', () => {
  test.each(logsOfDeployments)('needs attention: $name', ({ step }) => {
    const nothing = summarizeLog({ pods: [], unread: 0, lines: [], matched: 0, read: 0 });

    const finding = evaluateFinding(step, { kind: 'ok', value: nothing }, labelsOf(step), 0);

    expect(finding.verdict).toBe('attention');
    expect(finding.sentence).toMatch(/no pod|has none/);
  });
});

describe('a volume without metrics', () => {
  test('is not reported as no longer growing', () => {
    const step = runbookCatalog.runbooks['DiskSpaceWarning']?.diagnostics.find(({ id }) => id === 'full_in');
    if (!step) throw new Error('there is no such step');
    const nothing = { result: { samples: [], count: 0, first: null, value: null } };

    const finding = evaluateFinding(
      step,
      { kind: 'ok', value: nothing },
      { persistentvolumeclaim: 'data' },
      0,
    );

    expect(finding.sentence).toBe('no metric of the growth of data');
  });

  test.each([
    [Number.POSITIVE_INFINITY, 'normal', 'data did not grow in the last hour'],
    [7, 'attention', "at the last hour's growth data is full in 7 h 00 m"],
    [48, 'normal', 'data has room for 2 d 0 h more at this growth'],
  ])('with room for %d hours at its current growth: %s', (value, verdict, sentence) => {
    const step = runbookCatalog.runbooks['DiskSpaceWarning']?.diagnostics.find(({ id }) => id === 'full_in');
    if (!step) throw new Error('there is no such step');
    const sample = { labels: {}, value };
    const reading = { result: { samples: [sample], count: 1, first: sample, value } };

    const finding = evaluateFinding(
      step,
      { kind: 'ok', value: reading },
      { persistentvolumeclaim: 'data' },
      0,
    );

    expect(finding).toMatchObject({ verdict, sentence });
  });
});

function labelsOf(step: Step): Record<string, string> {
  return step.forEach === undefined ? { service: 'api' } : { [step.forEach.label]: 'api', service: 'api' };
}
