import { describe, expect, test } from 'vitest';
import type { AlertDetail } from '../../../lib/core/alert/alert.ts';
import { planSteps, toRunStep } from '../../../lib/core/diagnosis/plan-steps.ts';
import type { Runbook, SqlStep } from '../../../lib/core/runbook/runbook.ts';
import { SECOND } from '../../../lib/core/shared/time.ts';
import { runbook } from '../../support/factories/catalog.ts';

function step(id: string, change: Partial<SqlStep> = {}): SqlStep {
  return {
    id,
    title: id,
    kind: 'sql',
    timeout: SECOND,
    query: 'SELECT 1',
    params: [],
    sentence: 'x',
    ...change,
  };
}

function alerts(...labels: Record<string, string>[]): AlertDetail[] {
  return labels.map((each, at) => ({
    fingerprint: String(at),
    labels: { alertname: 'X', ...each },
    annotations: {},
    generatorURL: '',
    startsAt: 0,
  }));
}

function planned(change: Partial<Runbook>, about: AlertDetail[], reason: 'opened' | 'resolved' = 'opened') {
  const { runs, beyond } = planSteps(runbook(change), reason, about);
  return {
    runs: runs.map((run) => [toRunStep(run).id, run.labels]),
    beyond: beyond.map(({ values }) => values),
  };
}

describe('the plan for an incident', () => {
  test('includes a step whose matchers apply, with the labels of the matching alerts', () => {
    const diagnostics = [
      step('exchange', { when: [{ label: 'service', operator: '=', value: 'exchange' }] }),
      step('database', { when: [{ label: 'service', operator: '=', value: 'database' }] }),
      step('always'),
    ];

    const { runs } = planned(
      { diagnostics },
      alerts({ service: 'exchange', venue: 'kraken' }, { service: 'llm', venue: 'none' }),
    );

    expect(runs).toEqual([
      ['exchange', { alertname: 'X', service: 'exchange', venue: 'kraken' }],
      ['always', { alertname: 'X' }],
    ]);
  });

  test('includes a step once per value, the most frequent first, up to its limit', () => {
    const diagnostics = [step('log', { forEach: { label: 'agent', most: 2 } })];

    const { runs, beyond } = planned(
      { diagnostics },
      alerts({ agent: 'c' }, { agent: 'b' }, { agent: 'a', zone: '1' }, { agent: 'a', zone: '2' }, {}),
    );

    expect(runs).toEqual([
      ['log:a', { alertname: 'X', agent: 'a' }],
      ['log:b', { alertname: 'X', agent: 'b' }],
    ]);
    expect(beyond).toEqual([['c']]);
  });

  test('omits a step for each value of a label that no alert has', () => {
    const diagnostics = [step('log', { forEach: { label: 'agent', most: 2 } })];

    expect(planned({ diagnostics }, alerts({}))).toEqual({ runs: [], beyond: [] });
  });

  test('has only the verification steps on a resolve', () => {
    const diagnostics = [step('cause'), step('state')];

    const { runs } = planned({ diagnostics, verification: ['state'] }, alerts({}), 'resolved');

    expect(runs.map(([id]) => id)).toEqual(['state']);
  });

  test('names a run after its value, without control characters', () => {
    const diagnostics = [step('log', { forEach: { label: 'agent', most: 1 } })];
    const [run] = planSteps(runbook({ diagnostics }), 'opened', alerts({ agent: 'a\u202e\nb' })).runs;

    expect(run && toRunStep(run).title).toBe('log (a b)');
  });
});
