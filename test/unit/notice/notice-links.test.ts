import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertDetail } from '../../../lib/core/alert/alert.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { listLinks, nameLinks } from '../../../lib/core/notice/notice-links.ts';
import { hostileText } from '../../support/arbitraries/arbitrary-notice.ts';
import { fingerprintOf, Scenario, T0 } from '../../support/harness/incident-scenario.ts';

const base = openIncident();

function openIncident(): Incident {
  const { incident } = new Scenario().fires(0, 'a');
  if (incident === undefined) throw new Error('nothing was opened');
  return { ...incident, externalURL: 'http://am:9093/' };
}

function detail(change: Partial<AlertDetail> = {}): AlertDetail {
  return {
    fingerprint: fingerprintOf('a'),
    labels: { alertname: base.alertname },
    annotations: {},
    generatorURL: '',
    startsAt: T0,
    ...change,
  };
}

function links(change: Partial<AlertDetail> = {}, incident: Partial<Incident> = {}, runbookUrl?: string) {
  const worst = detail(change);
  return listLinks({
    incident: { ...base, ...incident },
    current: [worst],
    worst,
    runbookUrl,
    publicUrl: undefined,
  });
}

const named = (...of: Parameters<typeof links>) =>
  nameLinks(links(...of)).map(({ name, url }) => `${name}: ${url}`);

/** The filter of the link to Alertmanager, decoded. */
const filter = (...of: Parameters<typeof links>) =>
  decodeURIComponent(links(...of).alertmanager?.split('filter=')[1] ?? '(none)');

describe("the link to Alertmanager's page", () => {
  it('filters by the name and by the grouping labels that have a value', () => {
    expect(filter({}, { group: { service: 'api', zone: '' } })).toBe('{alertname="Down",service="api"}');
  });

  it('filters an alert without a name by its own labels', () => {
    expect(filter({ labels: { job: 'b', pod: 'x' } }, { alertname: '(no alertname)' })).toBe(
      '{job="b",pod="x"}',
    );
  });

  it('leads to all alerts when there is nothing to filter by', () => {
    expect(links({ labels: {} }, { alertname: '(no alertname)' }).alertmanager).toBe(
      'http://am:9093/#/alerts',
    );
  });

  it('quotes names that Alertmanager’s classic syntax does not know', () => {
    expect(filter({}, { group: { 'k8s.pod/name': 'a"b\\c\n' } })).toBe(
      '{alertname="Down","k8s.pod/name"="a\\"b\\\\c\\n"}',
    );
  });

  it('leaves out values that were cut, because they would match nothing', () => {
    expect(filter({}, { group: { path: '/long/…' } })).toBe('{alertname="Down"}');
  });

  it('keeps the parameters of an address, by which proxies tell tenants apart', () => {
    expect(links({}, { externalURL: 'https://am.example/route/?tenant=1' }).alertmanager).toMatch(
      /^https:\/\/am\.example\/route\/\?tenant=1#\/alerts\?filter=/,
    );
  });

  it('leaves out labels that would make it too long', () => {
    expect(filter({}, { group: { a: 'x'.repeat(500), b: 'y'.repeat(1_000) } })).toBe(
      `{alertname="Down",a="${'x'.repeat(500)}"}`,
    );
  });
});

describe('the link to where an alert comes from', () => {
  it.each([
    ['http://prom:9090/graph?g0.expr=up', 'Prometheus'],
    ['https://thanos.example/x/graph?g0.expr=up', 'Prometheus'],
    ['https://grafana.example/alerting/grafana/uid/view?orgId=1', 'Grafana'],
    ['https://g.example/explore?left=x', 'Grafana'],
    ['http://vm:8880/vmalert/alert?group_id=1&alert_id=2', 'vmalert'],
    ['http://vm:8428/vmui/?g0.expr=up', 'VictoriaMetrics'],
    ['https://console.cloud.google.com/monitoring/metrics-explorer', 'Google Cloud'],
    ['https://console-openshift-console.apps.x/monitoring/graph?g0.expr=up', 'OpenShift'],
    ['https://alerts.example:8443/rule/7', 'alerts.example:8443'],
  ])('%s is named %s', (generatorURL, name) => {
    expect(named({ generatorURL })).toContain(`${name}: ${generatorURL}`);
  });
});

describe('annotations that hold addresses', () => {
  it('are links named by what they lead to', () => {
    const annotations = {
      runbook_url: 'https://wiki.example/down',
      dashboard_url: 'https://grafana.example/d/1',
      error_budget_url: 'https://slo.example/x',
      logs_url: 'javascript:alert(1)',
      note: 'https://not.example/',
    };

    expect(named({ annotations }, { externalURL: '' })).toEqual([
      'Runbook: https://wiki.example/down',
      'Dashboard: https://grafana.example/d/1',
      'Error budget: https://slo.example/x',
    ]);
  });

  it('stand beside the link of the runbook itself, each address once', () => {
    const annotations = { runbook_url: 'https://wiki.example/a', more_url: 'https://wiki.example/own' };

    expect(named({ annotations }, { externalURL: '' }, 'https://wiki.example/own')).toEqual([
      'Runbook: https://wiki.example/own',
      'Runbook 2: https://wiki.example/a',
    ]);
  });

  it('are no more than a message has room for', () => {
    const annotations = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`l${index}_url`, `https://x.example/${index}`]),
    );

    expect(nameLinks(links({ annotations })).length).toBeLessThanOrEqual(34);
  });

  it('of further alerts are links as well', () => {
    const other = detail({ annotations: { logs_url: 'https://logs.example/b' } });
    const worst = detail({ annotations: { dashboard_url: 'https://grafana.example/d/a' } });
    const all = listLinks({
      incident: { ...base, externalURL: '' },
      current: [worst, other],
      worst,
      runbookUrl: undefined,
      publicUrl: undefined,
    });

    expect(all.others.map(({ name }) => name)).toEqual(['Dashboard', 'Logs']);
  });
});

describe('links of any alert', () => {
  it('lead to the web, hold no credentials, and appear once', () => {
    const address = fc.oneof(
      fc.webUrl(),
      hostileText,
      hostileText.map((text) => `https://x.example/${text}`),
      hostileText.map((text) => `https://user:${text}@x.example/`),
    );
    fc.assert(
      fc.property(
        fc.record({
          generatorURL: address,
          annotations: fc.dictionary(
            hostileText.map((name) => `${name}_url`),
            address,
            { maxKeys: 8 },
          ),
          silenceURL: address,
          dashboardURL: address,
          panelURL: address,
        }),
        address,
        (change, externalURL) => {
          const all = nameLinks(links(change, { externalURL }));

          expect(new Set(all.map(({ url }) => url)).size).toBe(all.length);
          expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
          for (const { url } of all) {
            expect(new URL(url)).toMatchObject({ username: '', password: '' });
            expect(url).toMatch(/^https?:\/\/[^|<>"'`\\\s]+$/);
          }
        },
      ),
      // An address that is not checked is found within 5 runs.
      { numRuns: 100 },
    );
  });
});
