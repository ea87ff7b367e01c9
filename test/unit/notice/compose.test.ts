import { describe, expect, it } from 'vitest';
import type { AlertDetail } from '../../../lib/core/alert/alert.ts';
import type { ComparedFinding } from '../../../lib/core/diagnosis/findings/compare-diagnoses.ts';
import type { Diagnosis } from '../../../lib/core/diagnosis/findings/finding.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { composeNotice, type NoticeCause, type NoticeInput } from '../../../lib/core/notice/compose.ts';
import type { Runbook } from '../../../lib/core/runbook/runbook.ts';
import { HOUR, MINUTE } from '../../../lib/core/shared/time.ts';
import { fingerprintOf, firing, Scenario, T0 } from '../../support/harness/incident-scenario.ts';

const runbook: Runbook = {
  alertname: 'Down',
  severity: 'warning',
  category: 'agents',
  summary: 'An agent does not answer.',
  impact: 'Fewer agents vote.',
  labels: [],
  groupBy: ['alertname'],
  previousGroupBy: [],
  reopenWindow: 10 * MINUTE,
  staleAfter: 8 * HOUR,
  promotions: [],
  escalation: 'default',
  diagnostics: [],
  stepScopes: {},
  verification: [],
  commands: [],
  response: [{ text: 'Look at its log.' }],
  url: 'https://runbooks.example/down',
};

describe('composing a notice', () => {
  it('states what, where, severity and start from the incident and its runbook', () => {
    const scenario = new Scenario().fires(0, 'a', { severity: 'critical' });

    const notice = compose(scenario, { now: T0 + 5 * MINUTE });

    expect(notice).toMatchObject({
      reason: 'opened',
      ping: true,
      state: 'firing',
      severity: 'critical',
      alertname: 'Down',
      source: 'prod',
      openedAt: T0,
      at: T0 + 5 * MINUTE,
      summary: 'An agent does not answer.',
      impact: 'Fewer agents vote.',
      response: ['Look at its log.'],
    });
  });

  it('lists firing alerts before resolved ones, the most severe first, then the longest', () => {
    const scenario = new Scenario()
      .fires(0, 'gone')
      .fires(1, 'minor', { severity: 'warning' })
      .fires(2, 'late', { severity: 'critical' })
      .fires(2, 'early', { severity: 'critical', since: -5 })
      .ends(3, 'gone');

    const notice = compose(scenario);

    expect(notice.alerts).toMatchObject({ firing: 3, total: 4, omitted: 0 });
    expect(notice.alerts.shown.map((alert) => [alert.labels.instance, alert.firing])).toEqual([
      ['early', true],
      ['late', true],
      ['minor', true],
      ['gone', false],
    ]);
  });

  it('lists shared labels once and in each row only the labels that set the alert apart', () => {
    const scenario = new Scenario().fires(0, 'a').fires(0, 'b');
    const details = ['a', 'b'].map((name) =>
      detail(name, { alertname: 'Down', severity: 'critical', region: 'eu', instance: name }),
    );

    const { alerts } = compose(scenario, { details });

    expect(alerts.common).toEqual({ region: 'eu' });
    expect(alerts.shown.map((alert) => alert.labels)).toEqual([{ instance: 'a' }, { instance: 'b' }]);
  });

  it('shows at most fifty alerts and counts the rest, including those without stored details', () => {
    const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
    const scenario = new Scenario().see(0, ...names.map((name) => firing(name, T0)));

    const { alerts } = compose(scenario, { details: names.slice(0, 55).map((name) => detail(name)) });

    expect(alerts).toMatchObject({ firing: 60, total: 60, omitted: 10 });
    expect(alerts.shown).toHaveLength(50);
  });

  it('shortens annotations to one line', () => {
    const scenario = new Scenario().fires(0, 'a');
    const details = [{ ...detail('a'), annotations: { summary: `first\nsecond ${'x'.repeat(100_000)}` } }];

    const text = compose(scenario, { details }).alerts.shown[0]?.text ?? '';

    expect(text).toMatch(/^first second x+…$/);
    expect(text.length).toBeLessThanOrEqual(500);
  });

  it('says why nothing was checked', () => {
    const scenario = new Scenario().fires(0, 'a');
    const skipped: Diagnosis = { ...diagnosis, findings: [], skipped: 'sent again without a diagnosis' };

    expect(compose(scenario, { diagnosis: skipped }).notDiagnosed).toBe('sent again without a diagnosis');
    expect(compose(scenario).notDiagnosed).toBe('no diagnosis was stored');
    expect(compose(scenario, { diagnosis }).notDiagnosed).toBeUndefined();
  });

  it('includes the acknowledgement and what Alertmanager could not confirm', () => {
    const scenario = new Scenario().fires(0, 'a').acknowledge(4, 'Ana');

    const notice = compose(scenario, {
      cause: { ...cause, reason: 'reminder', unverified: 'connection refused' },
    });

    expect(notice.acknowledged).toEqual({ by: 'Ana', at: T0 + 4 * MINUTE });
    expect(notice.unverified).toBe('connection refused');
  });
});

describe('a notice about an incident that no longer fires', () => {
  it.each([
    'opened',
    'joined',
    'raised',
    'updated',
    'reminder',
    'escalated',
    'reopened',
    'unverified',
  ] as const)('decided as %s becomes a quiet resolved notice', (reason) => {
    const scenario = new Scenario().fires(0, 'a').ends(2, 'a');

    const notice = compose(scenario, { cause: { ...cause, reason, unverified: 'x' } });

    expect(notice).toMatchObject({
      reason: 'resolved',
      ping: false,
      state: 'resolved',
      resolvedAt: T0 + 2 * MINUTE,
    });
    expect(notice.happened).toBe('It was over before this could be sent.');
    expect(notice.unverified).toBeUndefined();
  });

  it('shows the comparison, unlike a firing one', () => {
    const comparison: ComparedFinding[] = [
      { stepId: 'pool', title: 'pool', before: '10/10', after: '4/10', change: 'better' },
    ];

    const over = compose(new Scenario().fires(0, 'a').ends(2, 'a'), { comparison });
    const on = compose(new Scenario().fires(0, 'a'), { comparison });

    expect(over.comparison).toEqual(comparison);
    expect(on.comparison).toEqual([]);
  });

  it('is resolved while its only firing reports are unconfirmed', () => {
    const scenario = new Scenario().fires(0, 'a').ends(5, 'a').fires(6, 'a', { since: 0 });

    expect(scenario.incident?.alerts[0]).toMatchObject({ state: 'unconfirmed' });
    expect(compose(scenario)).toMatchObject({ state: 'resolved', ping: false, alerts: { firing: 0 } });
  });

  it('names who resolved it by hand', () => {
    const scenario = new Scenario().fires(0, 'a').resolveByHand(3, 'Ben');

    expect(compose(scenario, { cause: { ...cause, reason: 'resolved', ping: false } })).toMatchObject({
      state: 'resolved',
      resolvedBy: 'Ben',
    });
  });
});

describe('links', () => {
  it('lead to the incident, the runbook, the expression and Alertmanager', () => {
    const scenario = new Scenario().fires(0, 'a');
    const incident: Incident = { ...current(scenario), externalURL: 'http://am:9093/' };
    const details = [{ ...detail('a'), generatorURL: 'http://prom:9090/graph?g0.expr=up+%3D%3D+0' }];

    const { links } = compose(scenario, { incident, details, publicUrl: 'https://fr.example/' });

    expect(links).toEqual({
      incident: 'https://fr.example/console/incidents/k.1',
      runbook: 'https://runbooks.example/down',
      prometheus: 'http://prom:9090/graph?g0.expr=up+%3D%3D+0',
      alertmanager: 'http://am:9093/#/alerts?filter=%7Balertname%3D%22Down%22%7D',
      others: [],
    });
  });

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    '/graph',
    'http://user:secret@prom/graph',
    `http://x/${'a'.repeat(2000)}`,
  ])('are left out when they are not plain web addresses: %s', (generatorURL) => {
    const scenario = new Scenario().fires(0, 'a');

    const { links } = compose(scenario, { details: [{ ...detail('a'), generatorURL }] });

    expect(links.prometheus).toBeUndefined();
  });

  it('cannot contain characters that would end a link', () => {
    const scenario = new Scenario().fires(0, 'a');
    const generatorURL = 'http://prom/graph?g0.expr=a|b>c<d"e`f g#h|i';

    const { links } = compose(scenario, { details: [{ ...detail('a'), generatorURL }] });

    expect(links.prometheus).toMatch(/^http:\/\/prom\/graph\?[^|<>"`\s]+$/);
  });
});

const cause: NoticeCause = { reason: 'opened', ping: true, seq: 1, tier: 1, summary: 'Opened by 1 alert.' };

const diagnosis: Diagnosis = {
  schema: 1,
  id: 'k.1:1',
  incidentId: 'k.1',
  seq: 1,
  reason: 'opened',
  startedAt: T0,
  finishedAt: T0 + 1000,
  findings: [{ stepId: 's', title: 'pool', kind: 'sql', verdict: 'normal', sentence: 'fine', tookMs: 3 }],
  commands: [],
};

function compose(scenario: Scenario, more: Partial<NoticeInput> = {}) {
  const incident = current(scenario);
  return composeNotice({
    incident,
    details: incident.alerts.map((alert) => detail(nameOf(alert.fingerprint))),
    runbook,
    cause,
    notified: { names: ['on-call'] },
    now: T0 + 10 * MINUTE,
    ...more,
  });
}

function current(scenario: Scenario): Incident {
  if (!scenario.incident) throw new Error('the story has no incident');
  return scenario.incident;
}

function nameOf(fingerprint: string): string {
  return Buffer.from(fingerprint.replace(/^(00)+/, ''), 'hex').toString();
}

function detail(name: string, labels: Record<string, string> = { instance: name }): AlertDetail {
  return { fingerprint: fingerprintOf(name), labels, annotations: {}, generatorURL: '', startsAt: T0 };
}
