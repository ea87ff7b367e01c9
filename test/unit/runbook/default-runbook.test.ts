import { describe, expect, test } from 'vitest';
import type { AlertDetail } from '../../../lib/core/alert/alert.ts';
import type { ActiveAlert, PrometheusProbe } from '../../../lib/core/diagnosis/checks/probe.ts';
import type { Diagnosis } from '../../../lib/core/diagnosis/findings/finding.ts';
import { planSteps, toRunStep } from '../../../lib/core/diagnosis/plan-steps.ts';
import { runDiagnosis } from '../../../lib/core/diagnosis/run-diagnosis.ts';
import { findRunbook } from '../../../lib/core/runbook/find-runbook.ts';
import { type Runbook } from '../../../lib/core/runbook/runbook.ts';
import { MINUTE, SECOND } from '../../../lib/core/shared/time.ts';
import { activeAlert, alertmanagerWith } from '../../support/factories/active-alerts.ts';
import { ourRunbooks } from '../../support/factories/our-runbooks.ts';
import { fakeDiagnosisClock } from '../../support/fakes/diagnosis-clock.ts';

const NOW = Date.UTC(2026, 10, 24, 3);
const runbook: Runbook = findRunbook(ourRunbooks, 'NobodyKnowsMe');

function alert(labels: Record<string, string>): AlertDetail {
  const all = { alertname: 'NobodyKnowsMe', ...labels };
  return {
    fingerprint: JSON.stringify(all),
    labels: all,
    annotations: {},
    generatorURL: '',
    startsAt: NOW,
  };
}

function planned(...labels: Record<string, string>[]): string[] {
  return planSteps(runbook, 'opened', labels.map(alert)).runs.map((run) => toRunStep(run).id);
}

/** `up` of instances and jobs, by the query. */
function prometheusWith(up: Record<string, number>): PrometheusProbe {
  return {
    instant: async () => ({ kind: 'ok', value: [] }),
    range: async (_source, query) => {
      const found = Object.entries(up).find(([name]) => query.includes(`"${name}"`));
      return {
        kind: 'ok',
        value: found
          ? [
              {
                labels: {},
                points: [
                  [NOW - MINUTE, 1],
                  [NOW, found[1]],
                ],
              },
            ]
          : [],
      };
    },
  };
}

async function diagnose(
  labels: Record<string, string>[],
  active: ActiveAlert[] = [],
  up: Record<string, number> = {},
): Promise<Diagnosis> {
  return runDiagnosis({
    runbook,
    alerts: labels.map(alert),
    probes: { alertmanager: alertmanagerWith(active), prometheus: prometheusWith(up) },
    incidentId: 'i',
    effectId: 'i:1',
    seq: 1,
    reason: 'opened',
    source: 'prod',
    clock: fakeDiagnosisClock(NOW),
    deadline: 10 * SECOND,
  });
}

function sentences({ findings }: Diagnosis, stepId: string): string[] {
  return findings
    .filter((each) => each.stepId.split(':')[0] === stepId)
    .map(({ verdict, sentence }) => `${verdict}: ${sentence}`);
}

describe('the default runbook', () => {
  test('checks only related alerts when the alert has no useful label', () => {
    expect(planned({})).toEqual(['related']);
  });

  test('checks the pod, its log and its events when the alert names a pod', () => {
    expect(planned({ namespace: 'shop', pod: 'cart-1', deployment: 'cart' })).toEqual([
      'related',
      'pod:cart-1',
      'log:cart-1',
      'events:cart-1',
    ]);
  });

  test('checks no pod without its namespace', () => {
    expect(planned({ pod: 'cart-1' })).toEqual(['related']);
  });

  test('checks the pods of a deployment, and the scrapes of an instance and of its job', () => {
    expect(planned({ namespace: 'shop', deployment: 'cart', instance: 'cart:80', job: 'cart' })).toEqual([
      'related',
      'deployment:cart',
      'up:cart:80',
      'job:cart',
    ]);
  });

  test('checks only three of many pods', () => {
    const pods = Array.from({ length: 40 }, (_, n) => ({ namespace: 'shop', pod: `cart-${n}` }));

    const plan = planSteps(runbook, 'opened', pods.map(alert));

    expect(plan.runs.filter(({ step }) => step.id === 'pod')).toHaveLength(3);
    expect(plan.beyond.map(({ step, values }) => [step.id, values.length])).toEqual([
      ['pod', 37],
      ['log', 37],
      ['events', 37],
    ]);
  });

  test('names the most closely related alert, and counts all related alerts', async () => {
    const active = [
      activeAlert('OomKilled', { pod: 'cart-1', namespace: 'shop' }, NOW - 14 * MINUTE),
      activeAlert('Elsewhere', { namespace: 'shop' }),
    ];

    const diagnosis = await diagnose([{ namespace: 'shop', pod: 'cart-1' }], active);

    expect(sentences(diagnosis, 'related')).toEqual([
      'attention: 2 related alerts, the closest OomKilled (pod=cart-1, namespace=shop) for 14 m 00 s',
    ]);
  });

  test('needs no attention for a namespace that most alerts share', async () => {
    const active = Array.from({ length: 7 }, (_, n) => activeAlert(`Other${n}`, { namespace: 'shop' }));

    const [crowded, alone] = await Promise.all([
      diagnose([{ namespace: 'shop' }], active),
      diagnose([{ namespace: 'shop' }]),
    ]);

    expect(sentences(crowded, 'related')).toEqual(['normal: 7 other alerts, in common only namespace=shop']);
    expect(sentences(alone, 'related')).toEqual(['normal: no other alert shares a label']);
  });

  test('reports the state of the instance and its job in Prometheus', async () => {
    const labels = { instance: 'cart:80', job: 'cart' };

    const [down, up, unknown] = await Promise.all([
      diagnose([labels], [], { 'cart:80': 0, cart: 0.75 }),
      diagnose([labels], [], { 'cart:80': 1, cart: 1 }),
      diagnose([labels]),
    ]);

    expect([...sentences(down, 'up'), ...sentences(down, 'job')]).toEqual([
      'attention: cart:80 does not answer Prometheus',
      'attention: 75 % of the targets of job cart answer Prometheus',
    ]);
    expect([...sentences(up, 'up'), ...sentences(up, 'job')]).toEqual([
      'normal: cart:80 answers Prometheus',
      'normal: every target of job cart answers Prometheus',
    ]);
    expect([...sentences(unknown, 'up'), ...sentences(unknown, 'job')]).toEqual([
      'normal: Prometheus does not scrape cart:80',
      'normal: Prometheus knows no job cart',
    ]);
  });

  test('offers only commands that the alert’s labels can fill, and quotes the values', async () => {
    const [hostile, none] = await Promise.all([
      diagnose([{ namespace: 'shop', pod: '$(id); x' }]),
      diagnose([{ instance: 'cart:80' }]),
    ]);

    expect(hostile.commands.map(({ command }) => command)).toEqual([
      "kubectl describe pod -n shop '$(id); x'",
      "kubectl logs -n shop '$(id); x' --tail=200; kubectl logs -n shop '$(id); x' --tail=100 --previous",
    ]);
    expect(none.commands).toEqual([]);
  });
});
