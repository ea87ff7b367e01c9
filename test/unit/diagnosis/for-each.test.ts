import { describe, expect, test } from 'vitest';
import type { AlertDetail } from '../../../lib/core/alert/alert.ts';
import type { SqlProbe } from '../../../lib/core/diagnosis/checks/probe.ts';
import type { Cell } from '../../../lib/core/diagnosis/findings/finding.ts';
import { runDiagnosis } from '../../../lib/core/diagnosis/run-diagnosis.ts';
import type { SqlStep } from '../../../lib/core/runbook/runbook.ts';
import { SECOND } from '../../../lib/core/shared/time.ts';
import { runbook } from '../../support/factories/catalog.ts';
import { fakeDiagnosisClock } from '../../support/fakes/diagnosis-clock.ts';

const step: SqlStep = {
  id: 'errors',
  title: 'errors',
  kind: 'sql',
  timeout: 4 * SECOND,
  forEach: { label: 'agent', most: 3 },
  query: 'SELECT $1',
  params: ['labels.agent'],
  attention: 'result.first.n > 0',
  sentence: '{{ labels.agent }} has {{ plural(result.first.n, "error") }}',
  normal: '{{ labels.agent }} is calm',
};

function agents(...names: string[]): AlertDetail[] {
  return names.map((agent) => ({
    fingerprint: agent,
    labels: { alertname: 'AgentDown', agent },
    annotations: {},
    generatorURL: '',
    startsAt: 0,
  }));
}

/** Errors by agent; an agent without a number cannot be queried. */
function errors(byAgent: Record<string, number>): { sql: SqlProbe; asked: Cell[] } {
  const asked: Cell[] = [];
  const sql: SqlProbe = {
    query: async (_text, [agent = null]) => {
      asked.push(agent);
      const n = byAgent[String(agent)];
      if (n === undefined) return { kind: 'failed', reason: 'the connection was lost' };
      return { kind: 'ok', value: { columns: ['n'], rows: [[n]], truncated: false } };
    },
    release: async () => {},
  };
  return { sql, asked };
}

function diagnose(sql: SqlProbe, alerts: AlertDetail[]) {
  return runDiagnosis({
    runbook: runbook({
      diagnostics: [step],
      commands: [
        { text: 'Restart it', command: 'kubectl rollout restart deployment/{{ findings.errors.value }}' },
      ],
    }),
    incidentId: 'i',
    effectId: 'i:1',
    seq: 1,
    reason: 'opened',
    source: 'prod',
    alerts,
    probes: { sql },
    clock: fakeDiagnosisClock(0),
    deadline: 10 * SECOND,
  });
}

describe('a step with for_each', () => {
  test('makes one finding per value, and a failed one affects no other', async () => {
    const { sql, asked } = errors({ risk: 0, trend: 7 });

    const { findings } = await diagnose(sql, agents('risk', 'trend', 'news'));

    expect(new Set(asked)).toEqual(new Set(['news', 'risk', 'trend']));
    expect(findings.map(({ stepId, title, sentence }) => [stepId, title, sentence])).toEqual([
      ['errors:trend', 'errors (trend)', 'trend has 7 errors'],
      ['errors:risk', 'errors (risk)', 'risk is calm'],
      ['errors:news', 'errors (news)', 'the connection was lost'],
    ]);
  });

  test('fills commands with the value that needs attention', async () => {
    const { sql } = errors({ risk: 0, trend: 7 });

    const { commands } = await diagnose(sql, agents('risk', 'trend'));

    expect(commands.map(({ command }) => command)).toEqual(['kubectl rollout restart deployment/trend']);
  });

  test('is limited, and names the values that were not checked', async () => {
    const { sql, asked } = errors({ a: 0, b: 0, c: 0 });

    const { findings } = await diagnose(sql, agents('a', 'b', 'c', 'd', 'e'));

    expect(asked).toHaveLength(3);
    expect(findings.at(-1)).toMatchObject({
      verdict: 'unchecked',
      title: 'errors',
      sentence: '2 more not looked at: d, e',
    });
  });
});
