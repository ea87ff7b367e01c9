import { describe, expect, it } from 'vitest';
import { computeFingerprint } from '../../lib/core/alert/fingerprint.ts';
import type { ActiveAlert } from '../../lib/core/diagnosis/checks/probe.ts';
import type { Incident } from '../../lib/core/incident/incident.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { slackWords } from '../support/assertions/slack-text.ts';
import { catalog, runbook } from '../support/factories/catalog.ts';
import { webhookAlert, webhookBody } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

type Labels = { alertname: string; severity: string; instance: string; [label: string]: string };
type Change = { status?: 'firing' | 'resolved'; endsAt?: number };

const labelsOf = (alertname: string, severity = 'critical', instance = 'n0'): Labels => ({
  alertname,
  severity,
  instance,
});
const A = labelsOf('A', 'warning');
const B = labelsOf('B');

/** An Alertmanager whose groups hold the alerts of many incidents, and which sends at most so many of them. */
class Grouped {
  readonly system: FirstResponder;
  readonly startsAt: number;

  constructor(runbooks = ['A', 'B'].map((alertname) => runbook({ alertname, severity: 'warning' }))) {
    this.system = new FirstResponder({ catalog: catalog({}, runbooks) });
    this.startsAt = this.system.now;
  }

  async sends(all: Labels[], truncatedAlerts: number, change: Change & { groupKey?: string } = {}) {
    const { groupKey = '{}:{namespace="x"}', ...report } = change;
    const alerts = all.map((labels) =>
      webhookAlert({ alertname: labels.alertname, labels, startsAt: this.startsAt, ...report }),
    );
    await this.system.receive(alerts, webhookBody(alerts, { truncatedAlerts, groupKey }));
    await this.system.drain();
  }

  lists(...all: Labels[]) {
    this.system.alertmanager = all.map((labels) => this.active(labels));
  }

  active(labels: Labels, change: Partial<ActiveAlert> = {}): ActiveAlert {
    return {
      fingerprint: computeFingerprint(labels),
      labels,
      annotations: { summary: `${labels.instance} is lost` },
      startsAt: this.startsAt,
      state: 'active',
      receivers: ['first-responder'],
      ...change,
    };
  }

  incidentsOf(alertname: string): Incident[] {
    return [...this.system.world.incidents.items.values()].filter((each) => each.alertname === alertname);
  }

  incident(alertname: string): Incident {
    const incident = this.incidentsOf(alertname).at(-1);
    if (incident === undefined) throw new Error(`no incident of ${alertname} is stored`);
    return incident;
  }

  subjects(alertname: string): string[] {
    return this.system.mail.sent.flatMap(({ subject }) =>
      subject.split(' ').includes(alertname) ? subject : [],
    );
  }
}

describe('an incident of which Alertmanager cut off every alert', () => {
  it('is opened at the next tick, pages, and calls the later tiers in their time', async () => {
    const group = new Grouped();
    group.lists(A, B);
    await group.sends([A], 1);
    expect(group.incidentsOf('B')).toEqual([]);

    await group.system.minute();

    expect(group.incident('B')).toMatchObject({ status: 'open', severity: 'critical', tier: 1 });
    expect(group.subjects('B')).toEqual([expect.stringMatching(/^\[CRITICAL\] B - at least 1 alert/)]);
    const texts = group.system.slack
      .roots()
      .map(({ message }) => slackWords(message))
      .join();
    expect(texts).toContain('those that it lists as active are counted here');
    expect(texts).toContain('n0 is lost');
    expect(group.system.world.history.timelineOf(group.incident('B').id)[0]?.summary).toBe(
      'Opened: Alertmanager lists 1 alert that its webhook cut off (max_alerts).',
    );
    await group.system.minutes(61);
    expect(group.incident('B').tier).toBe(3);
  });

  it('is taken in from the one answer of the tick, and costs no write while it stays as it is known', async () => {
    const group = new Grouped();
    group.lists(A, B);
    await group.sends([A], 1);
    await group.sends([B], 0, { groupKey: 'whole' });
    const { version } = group.incident('B');

    await group.system.minutes(7);

    expect(group.incident('B').version).toBe(version);
    expect(group.subjects('B')).toHaveLength(1);
    expect(group.system.asked).toBe(2);
  });

  it('is raised where it was open and whole', async () => {
    const group = new Grouped();
    const warning = labelsOf('B', 'warning', 'n1');
    await group.sends([warning], 0);
    group.lists(A, warning, B);
    await group.sends([A], 2);

    await group.system.minute();

    expect(group.incident('B')).toMatchObject({ severity: 'critical', tier: 1 });
    expect(group.incidentsOf('B')).toHaveLength(1);
    expect(group.subjects('B').at(-1)).toMatch(/^\[CRITICAL\] \[raised to critical, now 2\]/);
  });

  it.each<[string, Partial<ActiveAlert>]>([
    ['silenced or inhibited', { state: 'suppressed' }],
    ['not processed yet', { state: 'unprocessed' }],
    ['routed to other receivers only', { receivers: ['another team'] }],
  ])('is not taken in while it is %s', async (_, change) => {
    const group = new Grouped();
    group.system.alertmanager = [group.active(A), group.active(B, change)];
    await group.sends([A], 1);

    await group.system.minutes(20);

    expect(group.incidentsOf('B')).toEqual([]);
  });

  it('makes no incident of a heartbeat', async () => {
    const group = new Grouped();
    group.lists(A, labelsOf('Watchdog', 'none'));
    await group.sends([A], 1);

    await group.system.minutes(2);

    expect([...group.system.world.incidents.items.values()]).toHaveLength(1);
  });

  it('goes where a webhook would have sent it: by the words of its severity, and to the incident of an earlier group_by', async () => {
    const pinned = runbook({
      alertname: 'B',
      severity: 'warning',
      groupBy: ['alertname'],
      previousGroupBy: [['alertname', 'instance']],
    });
    const group = new Grouped([runbook({ alertname: 'A', severity: 'warning' }), pinned]);
    const older = runbook({ alertname: 'B', severity: 'warning', groupBy: ['alertname', 'instance'] });
    const before = catalog({}, [older]);
    const known = labelsOf('B', 'warning');
    const system = group.system as { catalog: typeof before };
    const after = system.catalog;
    system.catalog = before;
    await group.sends([known], 0);
    system.catalog = after;
    group.lists(A, known, labelsOf('B', 'page'));
    await group.sends([A], 2);

    await group.system.minute();

    expect(group.incidentsOf('B')).toMatchObject([{ severity: 'critical', group: { instance: 'n0' } }]);
  });

  it('is closed when Alertmanager has twice not listed it, five minutes apart, though its resolve was cut off too', async () => {
    const group = new Grouped();
    group.lists(A, B);
    await group.sends([A], 1);
    await group.system.minutes(20);
    group.lists(A);
    await group.sends([A], 1);

    await group.system.minutes(5);
    expect(group.incident('B').status).toBe('open');
    await group.system.minutes(6);

    expect(group.incident('B')).toMatchObject({ status: 'resolved', resolution: 'vanished' });
    expect(group.subjects('B').filter((subject) => !subject.includes('not acknowledged'))).toHaveLength(2);
  });

  it('resolves with its own resolve in a webhook, as soon as webhooks have named all of it', async () => {
    const group = new Grouped();
    group.lists(A, B);
    await group.sends([A], 1);
    await group.system.minutes(2);
    await group.sends([B], 0, { groupKey: 'whole' });
    expect(group.incident('B').truncation).toBeUndefined();

    await group.sends([B], 0, { groupKey: 'whole', status: 'resolved', endsAt: group.system.now });

    expect(group.incident('B')).toMatchObject({ status: 'resolved', resolution: 'alerts' });
    expect(group.subjects('B')).toHaveLength(2);
  });

  it('reopens at once where a person had resolved what was known of it', async () => {
    const group = new Grouped();
    const warning = labelsOf('B', 'warning', 'n1');
    group.lists(A, warning);
    await group.sends([warning], 0);
    await group.system.resolve(group.incident('B').id);
    group.lists(A, warning, B);
    await group.sends([A], 2);

    await group.system.minute();

    expect(group.incident('B')).toMatchObject({ status: 'open', severity: 'critical' });
  });

  it('stays as a person resolved it while nothing of it is new', async () => {
    const group = new Grouped();
    group.lists(A, B);
    await group.sends([B], 0);
    await group.system.resolve(group.incident('B').id);
    await group.sends([A], 1);

    await group.system.minutes(30);

    expect(group.incident('B').status).toBe('resolved');
  });

  it('waits for its turn behind the most severe, 200 a tick, and the log says so', async () => {
    const group = new Grouped();
    const warned: unknown[] = [];
    group.system.log = { info() {}, error() {}, warn: (_, more) => void warned.push(more) };
    const others = Array.from({ length: 300 }, (_, n) => labelsOf(`C${n}`, n < 50 ? 'warning' : 'critical'));
    group.lists(A, ...others);
    await group.sends([A], 300);

    await group.system.minute();
    const first = [...group.system.world.incidents.items.values()].slice(1);
    expect(first.length).toBeGreaterThanOrEqual(200);
    expect(first.length).toBeLessThan(210);
    expect(first.every(({ severity }) => severity === 'critical')).toBe(true);
    expect(warned).toEqual([{ source: 'prod', incidents: 300 - first.length }]);
    expect(group.system.asked).toBe(1);

    await group.system.minute();
    expect(group.system.world.incidents.items.size).toBe(301);
    expect(group.system.asked).toBe(2);
  });

  it('stops no other when it cannot be stored', async () => {
    const group = new Grouped();
    group.lists(A, B, labelsOf('C'));
    await group.sends([A], 2);
    const { incidents } = group.system.world;
    const write = incidents.write.bind(incidents);
    incidents.write = async (incident, expected) => {
      if (incident.alertname === 'B' && group.system.now < group.startsAt + 3 * MINUTE)
        throw new Error('throttled');
      return write(incident, expected);
    };

    await group.system.minute();
    expect(group.incidentsOf('B')).toEqual([]);
    expect(group.incident('C').severity).toBe('critical');
    await group.system.minutes(5);

    expect(group.incident('B').severity).toBe('critical');
  });

  it('is taken in from those peers that answer, while another does not', async () => {
    const group = new Grouped();
    group.system.alertmanager = { down: 'peer 2 of 2: refused', listed: [group.active(A), group.active(B)] };
    await group.sends([A], 1);

    await group.system.minute();
    expect(group.incident('B')).toMatchObject({ status: 'open', severity: 'critical' });

    group.system.alertmanager = { down: 'peer 2 of 2: refused', listed: [group.active(A)] };
    await group.system.minutes(30);
    expect(group.incident('B')).toMatchObject({ status: 'open', severity: 'critical', tier: 2 });
  });

  it('is opened by an answer that a webhook of which only resolves were sent asks for', async () => {
    const group = new Grouped();
    await group.sends([A], 0);
    group.lists(B);
    await group.sends([A], 1, { status: 'resolved', endsAt: group.startsAt + MINUTE });

    await group.system.minute();

    expect(group.incident('B').severity).toBe('critical');
    await group.system.minutes(10);
    expect(group.incident('A').status).toBe('resolved');
  });
});
