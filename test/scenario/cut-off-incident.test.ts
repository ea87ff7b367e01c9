import { describe, expect, it } from 'vitest';
import { computeFingerprint } from '../../lib/core/alert/fingerprint.ts';
import type { ActiveAlert } from '../../lib/core/diagnosis/checks/probe.ts';
import type { Incident } from '../../lib/core/incident/incident.ts';
import { UnwritableError } from '../../lib/core/incident/incident-store.ts';
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
    await this.tells(all, truncatedAlerts, change);
    await this.system.drain();
  }

  /** What the queues hold then is of no matter. */
  async tells(all: Labels[], truncatedAlerts: number, change: Change & { groupKey?: string } = {}) {
    const { groupKey = '{}:{namespace="x"}', ...report } = change;
    const alerts = all.map((labels) =>
      webhookAlert({ alertname: labels.alertname, labels, startsAt: this.startsAt, ...report }),
    );
    await this.system.receive(alerts, webhookBody(alerts, { truncatedAlerts, groupKey }));
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

/** A minute without the consumers: what the queues hold is of no matter here. */
async function tickOnly({ system }: Grouped) {
  system.world.clock.advance(MINUTE);
  await system.tick();
}

describe('an incident of which Alertmanager cut off every alert', () => {
  it('is opened at the next tick, pages, and calls the later tiers in their time', async () => {
    const group = new Grouped();
    group.lists(A, B);
    await group.sends([A], 1);
    expect(group.incidentsOf('B')).toEqual([]);

    await group.system.minute();

    expect(group.incident('B')).toMatchObject({
      status: 'open',
      severity: 'critical',
      tiers: { highest: 1 },
    });
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
    expect(group.incident('B').tiers.highest).toBe(3);
  });

  it('is opened at the next tick also where its webhook shows only the end of what nobody knew', async () => {
    const group = new Grouped();
    group.lists(B);
    await group.sends([A], 1, { status: 'resolved', endsAt: group.startsAt });

    await group.system.minute();

    expect(group.incident('B')).toMatchObject({ status: 'open', severity: 'critical' });
    expect(group.subjects('B')).toEqual([expect.stringMatching(/^\[CRITICAL\] B/)]);
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

    expect(group.incident('B')).toMatchObject({ severity: 'critical', tiers: { highest: 1 } });
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

  it('is tried at every tick while the store fails, and keeps its group asked for until it is stored', async () => {
    const group = new Grouped();
    group.lists(A, B);
    await group.sends([A], 1);
    const { incidents } = group.system.world;
    const write = incidents.write.bind(incidents);
    let tries = 0;
    incidents.write = async (incident, expected) => {
      if (incident.alertname === 'B' && group.system.now < group.startsAt + 7 * MINUTE) {
        tries += 1;
        throw new Error('throttled');
      }
      return write(incident, expected);
    };

    await group.system.minutes(6);
    expect(tries).toBe(6);
    expect(group.incident('A').truncation).toBeDefined();
    await group.system.minute();

    expect(group.incident('B')).toMatchObject({ severity: 'critical', tiers: { highest: 1 } });
    await group.system.minutes(11);
    expect(group.incident('A').truncation).toBeUndefined();
  });

  it('is tried again where the last answer that would have ended the mark of its group could not store it', async () => {
    const group = new Grouped();
    group.lists(A);
    await group.sends([A], 1);
    await group.system.minutes(5);
    expect(group.incident('A').truncation?.missing).toBe(true);
    group.lists(A, B);
    const { incidents } = group.system.world;
    const write = incidents.write.bind(incidents);
    incidents.write = async (incident, expected) => {
      if (incident.alertname === 'B' && group.system.now < group.startsAt + 9 * MINUTE)
        throw new Error('throttled');
      return write(incident, expected);
    };

    await group.system.minutes(4);

    expect(group.incident('B').severity).toBe('critical');
  });

  it('keeps no group asked for when the store refuses it for good', async () => {
    const group = new Grouped();
    group.lists(A, B);
    await group.sends([A], 1);
    const { incidents } = group.system.world;
    const write = incidents.write.bind(incidents);
    incidents.write = async (incident, expected) => {
      if (incident.alertname === 'B') throw new UnwritableError('too large');
      return write(incident, expected);
    };

    await group.system.minutes(7);

    expect(group.incident('A').truncation).toBeUndefined();
  });

  it('is told within 9 minutes as one of 1,800, the most severe first, with bounded reads and writes a tick', async () => {
    const group = new Grouped();
    const all = Array.from({ length: 1_800 }, (_, n) => labelsOf(`C${n}`, n < 900 ? 'warning' : 'critical'));
    group.lists(A, ...all);
    await group.sends([A], 1_800);
    const { incidents } = group.system.world;
    const stored = () => [...incidents.items.values()].slice(1);

    for (let minute = 1; minute <= 9; minute += 1) {
      const before = { reads: incidents.calls.latest ?? 0, stored: stored().length };
      await tickOnly(group);
      expect((incidents.calls.latest ?? 0) - before.reads).toBeLessThanOrEqual(1_000);
      expect(stored().length - before.stored).toBeLessThan(210);
      expect(group.system.asked).toBe(minute);
      if (minute === 5) expect(stored().filter(({ severity }) => severity === 'critical')).toHaveLength(900);
    }

    expect(stored()).toHaveLength(1_800);
  });

  it.each([
    ['the first', 0],
    ['the last', 1_199],
  ])('is found within 2 minutes as %s of 1,200 of which all others are known whole', async (_, position) => {
    const group = new Grouped();
    const all = Array.from({ length: 1_200 }, (_, n) => labelsOf(`C${n}`));
    await group.tells(all.toSpliced(position, 1), 0, { groupKey: 'whole' });
    await group.tells([A], 1);
    group.lists(A, ...all);
    const { calls } = group.system.world.incidents;
    const before = calls.latest ?? 0;

    await tickOnly(group);
    expect((calls.latest ?? 0) - before).toBe(1_000);
    await tickOnly(group);

    expect(group.incident(`C${position}`)).toMatchObject({ status: 'open', severity: 'critical' });
    expect((calls.latest ?? 0) - before).toBeLessThanOrEqual(2_000);
  });

  it('is found as the last of 1,200 also while another peer does not answer', async () => {
    const group = new Grouped();
    const all = Array.from({ length: 1_200 }, (_, n) =>
      labelsOf(`C${n}`, n < 1_199 ? 'critical' : 'warning'),
    );
    await group.tells(all.slice(0, -1), 0, { groupKey: 'whole' });
    await group.tells([A], 1);
    const listed = [A, ...all].map((labels) => group.active(labels));
    group.system.alertmanager = { down: 'peer 2 of 2: refused', listed };

    await tickOnly(group);
    await tickOnly(group);

    expect(group.incident('C1199').status).toBe('open');
  });

  it('keeps open what showed its group, without a tier, while the store fails', async () => {
    const group = new Grouped();
    const shown = labelsOf('A');
    await group.sends([shown], 1);
    group.lists(B);
    const { incidents } = group.system.world;
    const write = incidents.write.bind(incidents);
    let fails = true;
    incidents.write = async (incident, expected) => {
      if (fails && incident.alertname === 'B') throw new Error('throttled');
      return write(incident, expected);
    };
    await group.system.minutes(40);
    expect(group.incident('A')).toMatchObject({ status: 'open', tiers: { highest: 1 } });

    fails = false;
    await group.system.minutes(7);

    expect(group.incident('B').status).toBe('open');
    expect(group.incident('A')).toMatchObject({ status: 'resolved', tiers: { highest: 1 } });
  });

  it('keeps asked for what fires unconfirmed in its group, while the store fails', async () => {
    const group = new Grouped();
    const endsAt = group.startsAt + MINUTE;
    await group.sends([A], 0);
    await group.system.minutes(2);
    await group.sends([A], 0, { status: 'resolved', endsAt });
    await group.system.minutes(1);
    group.lists(B);
    await group.sends([A], 1);
    expect(group.incident('A').reconcile.unconfirmedSince).toBeDefined();
    const { incidents } = group.system.world;
    const write = incidents.write.bind(incidents);
    let fails = true;
    incidents.write = async (incident, expected) => {
      if (fails && incident.alertname === 'B') throw new Error('throttled');
      return write(incident, expected);
    };
    await group.system.minutes(4);
    fails = false;
    await group.system.minutes(2);

    expect(group.incident('B').status).toBe('open');
    expect(group.incident('A').status).toBe('resolved');
    expect(group.subjects('A')).toHaveLength(2);
  });

  it('lets the mark of its group end after the whole list was read twice, also where one tick cannot read it', async () => {
    const group = new Grouped();
    const all = Array.from({ length: 1_200 }, (_, n) => labelsOf(`C${n}`));
    await group.tells(all, 0, { groupKey: 'whole' });
    await group.tells([A], 1);
    group.lists(A, ...all);

    for (let minute = 1; minute <= 8; minute += 1) await tickOnly(group);

    expect(group.incident('A').truncation).toBeUndefined();
  });

  it('is taken in from those peers that answer, while another does not', async () => {
    const group = new Grouped();
    group.system.alertmanager = { down: 'peer 2 of 2: refused', listed: [group.active(A), group.active(B)] };
    await group.sends([A], 1);

    await group.system.minute();
    expect(group.incident('B')).toMatchObject({ status: 'open', severity: 'critical' });

    group.system.alertmanager = { down: 'peer 2 of 2: refused', listed: [group.active(A)] };
    await group.system.minutes(30);
    expect(group.incident('B')).toMatchObject({
      status: 'open',
      severity: 'critical',
      tiers: { highest: 2 },
    });
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
