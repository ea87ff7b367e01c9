import { describe, expect, test } from 'vitest';
import type { ActiveAlert } from '../../../lib/core/diagnosis/checks/probe.ts';
import { readAlertmanager } from '../../../lib/core/diagnosis/checks/read-alertmanager.ts';
import type { ReadContext } from '../../../lib/core/diagnosis/checks/reading.ts';
import type { AlertmanagerStep } from '../../../lib/core/runbook/runbook.ts';
import { MINUTE, SECOND } from '../../../lib/core/shared/time.ts';
import { activeAlert, alertmanagerWith } from '../../support/factories/active-alerts.ts';

const NOW = Date.UTC(2026, 10, 24, 3);
const SHARING = ['pod', 'instance', 'job', 'namespace'];

async function read(
  alerts: ActiveAlert[],
  step: Partial<AlertmanagerStep> = {},
  context: Partial<ReadContext> = {},
) {
  const bounds = { timeoutMs: 1, maxRows: 20, maxBytes: 4_096, signal: new AbortController().signal };
  const reading = await readAlertmanager(
    {
      id: 'a',
      title: 'a',
      kind: 'alertmanager',
      timeout: SECOND,
      sentence: 'x',
      match: {},
      ...step,
    },
    {
      source: 'prod',
      labels: {},
      at: NOW,
      probes: { alertmanager: alertmanagerWith(alerts) },
      bounds,
      ...context,
    },
  );
  if (reading.kind === 'failed') throw new Error(reading.reason);
  return reading.value;
}

/** Names and shared labels of the rows, in order. */
async function related(alerts: ActiveAlert[], ours: Record<string, string>[]) {
  const { result } = await read(alerts, { sharing: SHARING }, { eachLabels: ours });
  const rows: unknown = result['rows'];
  if (!Array.isArray(rows)) throw new Error('there are no rows');
  return { rows: rows.map(({ alert, shares }) => `${alert}: ${shares}`), close: result['close'] };
}

describe('the active alerts of a source', () => {
  test('are shown with the time they have fired, the longest first', async () => {
    const alerts = [activeAlert('Late', {}, NOW - MINUTE), activeAlert('Early', {}, NOW - 14 * MINUTE)];

    const { result, evidence } = await read(alerts);

    expect(result).toMatchObject({
      count: 2,
      first: { alert: 'Early', severity: 'warning', state: 'active', firing_seconds: 840 },
    });
    expect(evidence).toMatchObject({
      columns: ['alert', 'severity', 'state', 'firing'],
      rows: [
        ['Early', 'warning', 'active', '14 m 00 s'],
        ['Late', 'warning', 'active', '1 m 00 s'],
      ],
    });
  });

  test.each([
    ['is absent', 0],
    ['is in year 1', Date.parse('0001-01-01T00:00:00Z')],
    ['is ahead of us', NOW + MINUTE],
  ])('have fired for 0 s if their start %s', async (_, startsAt) => {
    const { result } = await read([activeAlert('Odd', {}, startsAt)]);

    expect(result).toMatchObject({ first: { firing_seconds: 0 } });
  });

  test('can be filtered by labels, also by those of the alert', async () => {
    const alerts = [activeAlert('A', { service: 'exchange' }), activeAlert('B', { service: 'llm' })];

    const { result } = await read(
      alerts,
      { match: { service: '{{ labels.service }}' } },
      { labels: { service: 'llm' } },
    );

    expect(result).toMatchObject({ count: 1, first: { alert: 'B' } });
  });

  test('are listed up to twenty, and all are counted', async () => {
    const alerts = Array.from({ length: 50 }, (_, n) => activeAlert(`A${n}`));

    const { result, evidence } = await read(alerts);

    expect(result['count']).toBe(50);
    expect(evidence).toMatchObject({ omitted: 30 });
  });

  test('cannot be filtered by a label that the alert lacks', async () => {
    const step = { match: { service: '{{ labels.service }}' } };

    await expect(read([], step)).rejects.toThrow('the alert lacks a label that the match needs');
  });
});

describe('alerts that share labels with ours', () => {
  const ours = { alertname: 'Ours', pod: 'api-1', instance: 'api:8080', job: 'api', namespace: 'cryptofunk' };

  test('are sorted by the runbook’s order of labels, then by the number of shared labels', async () => {
    const alerts = [
      activeAlert('SameNamespace', { namespace: 'cryptofunk' }),
      activeAlert('SameJob', { job: 'api' }),
      activeAlert('SamePod', { pod: 'api-1' }),
      activeAlert('SamePodAndMore', { pod: 'api-1', namespace: 'cryptofunk' }),
      activeAlert('Elsewhere', { pod: 'db-1', namespace: 'shop' }),
    ];

    const { rows } = await related(alerts, [ours]);

    expect(rows).toEqual([
      'SamePodAndMore: pod=api-1, namespace=cryptofunk',
      'SamePod: pod=api-1',
      'SameJob: job=api',
      'SameNamespace: namespace=cryptofunk',
    ]);
  });

  test('do not include our own, or alerts without the label', async () => {
    const alerts = [activeAlert('Ours', { pod: 'api-1' }), activeAlert('Other', { pod: '' })];

    expect((await related(alerts, [{ ...ours, pod: '' }])).rows).toEqual([]);
  });

  test('rank lower if they share only common values', async () => {
    const crowd = Array.from({ length: 9 }, (_, n) =>
      activeAlert(`Crowd${n}`, { namespace: 'cryptofunk', job: 'kube-state-metrics' }),
    );
    const alerts = [...crowd, activeAlert('Rare', { job: 'api', namespace: 'cryptofunk' })];
    const own = { alertname: 'Ours', job: 'api', namespace: 'cryptofunk' };

    const { rows, close } = await related(alerts, [own]);

    expect(rows[0]).toBe('Rare: job=api, namespace=cryptofunk');
    expect(rows).toHaveLength(10);
    expect(close).toBe(1);
  });

  test('do not come first for a specific label whose value nearly all alerts have', async () => {
    const crowd = Array.from({ length: 9 }, (_, n) =>
      activeAlert(`Crowd${n}`, { instance: 'kube-state-metrics:8080' }),
    );
    const alerts = [...crowd, activeAlert('Rare', { job: 'api' })];
    const own = { alertname: 'Ours', instance: 'kube-state-metrics:8080', job: 'api' };

    const { rows, close } = await related(alerts, [own]);

    expect(rows[0]).toBe('Rare: job=api');
    expect(close).toBe(1);
  });

  test('are found for an incident whose alerts have no label in common', async () => {
    const pods = Array.from({ length: 50 }, (_, n) => ({
      alertname: 'Ours',
      pod: `agent-${n}`,
      namespace: `ns-${n % 2}`,
    }));
    const alerts = [
      activeAlert('OomKilled', { pod: 'agent-41', namespace: 'ns-1' }),
      activeAlert('Elsewhere', { pod: 'agent-99', namespace: 'ns-9' }),
    ];

    expect((await related(alerts, pods)).rows).toEqual(['OomKilled: pod=agent-41, namespace=ns-1']);
  });

  test('are found by the step’s labels if those of each alert are unknown', async () => {
    const { result } = await read(
      [activeAlert('SamePod', { pod: 'api-1' })],
      { sharing: SHARING },
      { labels: ours },
    );

    expect(result).toMatchObject({ count: 1, close: 1, first: { alert: 'SamePod', shares: 'pod=api-1' } });
  });
});
