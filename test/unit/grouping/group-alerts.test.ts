import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import { groupAlerts, listIncidentKeys, NO_ALERTNAME } from '../../../lib/core/grouping/group-alerts.ts';
import { catalog, runbook } from '../../support/factories/catalog.ts';

function alert(labels: Record<string, string>, source = 'prod'): Alert {
  return {
    source,
    fingerprint: '0'.repeat(16),
    status: 'firing',
    labels,
    annotations: {},
    startsAt: 1,
    endsAt: 0,
    generatorURL: '',
  };
}

const keysOf = (alerts: Alert[], groupBy: string[]) =>
  groupAlerts(catalog({}, [runbook({ alertname: 'X', groupBy })]), alerts, { externalURL: '' }).map(
    (each) => each.identity.key,
  );

describe('splitting the alerts of a webhook by incident', () => {
  it('groups alerts by alertname alone unless the runbook says otherwise', () => {
    expect(
      keysOf([alert({ alertname: 'X', pod: 'a' }), alert({ alertname: 'X', pod: 'b' })], ['alertname']),
    ).toHaveLength(1);
  });

  it('separates sources, alertnames and group_by values', () => {
    const alerts = [
      alert({ alertname: 'X', service: 'a' }),
      alert({ alertname: 'X', service: 'b' }),
      alert({ alertname: 'X', service: 'a' }, 'staging'),
      alert({ alertname: 'Y', service: 'a' }),
    ];

    expect(new Set(keysOf(alerts, ['alertname', 'service'])).size).toBe(4);
  });

  it('never confuses the values of two labels', () => {
    const alerts = [alert({ alertname: 'X', a: 'b","c', c: '' }), alert({ alertname: 'X', a: 'b', c: 'c' })];

    expect(keysOf(alerts, ['alertname', 'a', 'c'])).toHaveLength(2);
  });

  it('gives the same key for any order of group_by, and ignores severity', () => {
    const alerts = [alert({ alertname: 'X', a: '1', b: '2', severity: 'critical' })];

    expect(keysOf(alerts, ['b', 'alertname', 'a'])).toEqual(
      keysOf(alerts, ['alertname', 'a', 'b', 'severity']),
    );
  });

  it('groups alerts with an absent or empty alertname together', () => {
    const [identity, ...others] = groupAlerts(catalog(), [alert({ pod: 'a' }), alert({ alertname: '' })], {
      externalURL: '',
    });

    expect(identity?.identity.alertname).toBe(NO_ALERTNAME);
    expect(others).toEqual([]);
  });

  it('splits alerts of one key further by the keys of an earlier group_by', () => {
    const changed = runbook({
      alertname: 'X',
      groupBy: ['alertname'],
      previousGroupBy: [['alertname', 'pod']],
    });
    const alerts = ['a', 'b', 'a'].map((pod) => alert({ alertname: 'X', pod }));

    const split = groupAlerts(catalog({}, [changed]), alerts, { externalURL: '' });

    expect(split.map((each) => each.alerts.length)).toEqual([2, 1]);
    expect(new Set(split.map((each) => each.identity.key)).size).toBe(1);
    expect(new Set(split.flatMap((each) => each.previousKeys)).size).toBe(2);
  });

  it('finds the key that an alert had before group_by changed', () => {
    const before = catalog({}, [runbook({ alertname: 'X', groupBy: ['alertname', 'pod'] })]);
    const after = catalog({}, [
      runbook({ alertname: 'X', groupBy: ['alertname'], previousGroupBy: [['alertname', 'pod']] }),
    ]);
    const labels = { alertname: 'X', pod: 'a' };

    const [old] = listIncidentKeys(before, 'prod', labels);

    expect(listIncidentKeys(after, 'prod', labels)[1]).toBe(old);
  });

  it('records the value of the label that a promotion watches', () => {
    const watching = runbook({
      alertname: 'X',
      promotions: [{ kind: 'distinct-values', to: 'critical', label: 'service', atLeast: 2 }],
    });

    const [identity] = groupAlerts(
      catalog({}, [watching]),
      [alert({ alertname: 'X', service: 'api' }), alert({ alertname: 'X' })],
      { externalURL: '' },
    );

    expect(identity?.alerts.map((each) => each.watchedValue)).toEqual(['api', undefined]);
  });

  it('cuts long values, so that one alert cannot crowd out the others', () => {
    const [identity] = groupAlerts(catalog(), [alert({ alertname: 'X', big: 'x'.repeat(100_000) })], {
      externalURL: '',
    });

    expect(identity?.alerts[0]?.detail.labels['big']?.length).toBe(1_024);
  });
});
