import { describe, expect, it } from 'vitest';
import { computeFingerprint } from '../../lib/core/alert/fingerprint.ts';
import type { ActiveAlert } from '../../lib/core/diagnosis/checks/probe.ts';
import { mayAlertFire } from '../../lib/core/incident/alert-state.ts';
import { UnwritableError } from '../../lib/core/incident/incident-store.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { slackWords } from '../support/assertions/slack-text.ts';
import { catalog, runbook } from '../support/factories/catalog.ts';
import { type WebhookAlertFactory, webhookAlert, webhookBody } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = '#cryptofunk-critical';

type Report = Omit<WebhookAlertFactory, 'startsAt' | 'labels'> & { instance: string; severity?: string };
type Truncated = { truncatedAlerts?: unknown; groupKey?: string; receiver?: string };

/** An Alertmanager that sends at most so many alerts of a group (`max_alerts`). */
class Truncating {
  readonly system: FirstResponder;
  readonly startsAt: number;

  constructor(system = new FirstResponder()) {
    this.system = system;
    this.startsAt = system.now;
  }

  async sends(reports: Report[], change: Truncated = {}) {
    const alerts = reports.map(({ instance, severity = 'critical', ...report }) =>
      webhookAlert({
        alertname: 'Trunc',
        labels: { instance, severity },
        startsAt: this.startsAt,
        ...report,
      }),
    );
    const received = await this.system.receive(alerts, webhookBody(alerts, change));
    await this.system.drain();
    return received;
  }

  /** `case 01`: two of five fire. */
  firing(change: Truncated = { truncatedAlerts: 3 }) {
    return this.sends([{ instance: 'n0' }, { instance: 'n1' }], change);
  }

  resolves(change: Truncated = { truncatedAlerts: 3 }) {
    const over = { status: 'resolved' as const, endsAt: this.startsAt + 5 * MINUTE };
    return this.sends(
      [
        { instance: 'n0', ...over },
        { instance: 'n1', ...over },
      ],
      change,
    );
  }

  /** The alerts that Alertmanager's API lists, and one of another incident. */
  answers(instances: string[], state: ActiveAlert['state'] = 'active') {
    const active = (labels: Record<string, string>, fingerprint: string): ActiveAlert => {
      return { fingerprint, labels, annotations: {}, startsAt: this.startsAt, state };
    };
    this.system.alertmanager = [
      active({ alertname: 'Other' }, 'ffffffffffffffff'),
      ...instances.map((instance) =>
        active({ alertname: 'Trunc', severity: 'critical', instance }, instance.padStart(16, 'c')),
      ),
    ];
  }

  get incident() {
    const incident = [...this.system.world.incidents.items.values()].at(-1);
    if (incident === undefined) throw new Error('no incident is stored');
    return incident;
  }

  get subjects(): string[] {
    return this.system.mail.sent.map(({ subject }) => subject);
  }

  /** The whole text of the root message. */
  get root(): string {
    const root = this.system.slack.roots(CRITICAL)[0];
    return root === undefined ? '' : slackWords(root.message);
  }
}

describe('a group of which Alertmanager cut alerts off', () => {
  it('is shown with its known count and "at least" the total', async () => {
    const group = new Truncating();

    await group.firing();

    expect(group.subjects).toEqual([expect.stringContaining('Trunc - 2 of at least 5 alerts (n0, n1)')]);
    expect(group.root).toContain('2 of at least 5');
    expect(group.root).toContain('cut off 3 more alerts (max_alerts)');
  });

  it('stays open when all known alerts have resolved, and says why', async () => {
    const group = new Truncating();
    await group.firing();
    group.system.world.clock.advance(10 * SECOND);

    const answer = await group.resolves();

    expect(answer).toMatchObject({ incidents: [{ outcome: 'updated' }] });
    expect(group.incident.status).toBe('open');
    expect(group.root).toContain('0 of at least 5 known to fire');
    expect(group.root).toContain('2 alerts resolved; others were cut off (max_alerts) and may still fire');
    expect(group.subjects.join()).not.toContain('RESOLVED');
  });

  it('keeps its severity and escalates, while a cut-off alert may be the most severe', async () => {
    const system = new FirstResponder();
    const startsAt = system.now;
    const alert = (n: number, severity: string, more: Record<string, unknown> = {}) =>
      webhookAlert({
        startsAt,
        fingerprint: `000000000000000${n}`,
        labels: { instance: `n${n}`, severity },
        ...more,
      });
    const deliver = async (...alerts: Record<string, unknown>[]) => {
      await system.receive([], webhookBody(alerts, { truncatedAlerts: 5 }));
      await system.drain();
    };
    await deliver(alert(1, 'critical'), alert(2, 'warning'));
    await system.minutes(1);

    await deliver(alert(1, 'critical', { status: 'resolved', endsAt: system.now }), alert(2, 'warning'));
    await system.minutes(75);

    const [incident] = [...system.world.incidents.items.values()];
    expect(incident).toMatchObject({ status: 'open', severity: 'critical', tiers: { highest: 3 } });
  });

  it('resolves after Alertmanager has twice listed none of its alerts, not after one answer', async () => {
    const group = new Truncating();
    await group.firing();
    await group.resolves();
    group.answers([]);

    await group.system.minutes(5);
    expect(group.incident.status).toBe('open');
    await group.system.minutes(1);

    expect(group.incident).toMatchObject({ status: 'resolved', resolution: 'alerts' });
    expect(group.subjects.at(-1)).toContain('[RESOLVED]');
    expect(group.root).toContain('Alertmanager has none of those it cut off');
  });

  it('stays open, and calls the later tiers, while Alertmanager lists one of the cut-off alerts', async () => {
    const group = new Truncating();
    await group.firing();
    await group.resolves();
    group.answers(['n4']);

    await group.system.minutes(31);
    expect(group.incident.status).toBe('open');
    expect(group.subjects.at(-1)).toContain('escalated to L2');

    group.answers([]);
    await group.system.minutes(11);
    expect(group.incident.status).toBe('resolved');
  });

  it('stays open without an answer, says so once, and keeps escalating as unverified', async () => {
    const group = new Truncating();
    await group.firing();
    await group.resolves();
    const { version } = group.incident;

    await group.system.minutes(5);
    expect(group.root).toContain('nobody can say whether those that Alertmanager cut off');
    expect(group.root).toContain('connection refused');
    expect(group.incident.version).toBe(version + 1);

    await group.system.minutes(600);
    expect(group.incident.status).toBe('open');
    expect(group.subjects.filter((subject) => subject.includes('escalated'))).toHaveLength(2);
    expect(group.subjects.join()).not.toContain('RESOLVED');
  });

  it('resolves by its own resolves if nothing was cut off of them', async () => {
    for (const truncatedAlerts of [0, undefined]) {
      const group = new Truncating();
      await group.firing();
      await group.resolves();
      group.system.world.clock.advance(10 * SECOND);

      await group.resolves({ truncatedAlerts });

      expect(group.incident.status).toBe('resolved');
      expect(group.subjects.at(-1)).toContain('[RESOLVED]');
    }
  });

  it('pauses while everything that Alertmanager lists is silenced', async () => {
    const group = new Truncating();
    await group.firing();
    await group.resolves();
    group.answers(['n4'], 'suppressed');

    await group.system.minutes(120);

    expect(group.incident.status).toBe('open');
    expect(group.subjects).toHaveLength(1);
  });

  it('does not resolve by a complete webhook of another Alertmanager group', async () => {
    const group = new Truncating();
    await group.firing({ truncatedAlerts: 3, groupKey: '{}:{zone="a"}' });

    await group.resolves({ truncatedAlerts: 0, groupKey: '{}:{zone="b"}' });

    expect(group.incident.status).toBe('open');
  });

  it('is detected in an incident that was complete until then', async () => {
    const group = new Truncating();
    await group.firing({ truncatedAlerts: 0 });
    await group.firing();

    expect(group.root).toContain('2 of at least 5');
    await group.resolves();
    expect(group.incident.status).toBe('open');
  });

  it('costs no write and no message when its webhook is repeated', async () => {
    const group = new Truncating();
    await group.firing();
    const { version } = group.incident;

    const answer = await group.firing();

    expect(answer).toMatchObject({ incidents: [{ outcome: 'duplicate' }] });
    expect(group.incident.version).toBe(version);
  });

  it('can be resolved by hand, and reopens on what fires then', async () => {
    const group = new Truncating();
    await group.firing();
    await group.resolves();
    await group.system.resolve(group.incident.id);
    await group.system.drain();
    expect(group.root).toMatch(/RESOLVED/);

    await group.resolves();
    await group.system.minutes(20);
    expect(group.incident.status).toBe('resolved');
    await group.sends([{ instance: 'n2' }], { truncatedAlerts: 1 });

    expect(group.subjects.at(-1)).toContain('fires again');
  });

  it('is looked up in Alertmanager before a page if all visible alerts of a new incident have resolved', async () => {
    const group = new Truncating();
    await group.resolves();
    expect(group.subjects).toEqual([]);
    group.answers(['n4']);

    await group.system.minutes(3);

    expect(group.subjects).toEqual([expect.stringContaining('[CRITICAL] Trunc')]);
    expect(group.root).toContain('1 of at least 3');
  });

  it('pages as unverified if nobody knows whether the invisible alerts of a new incident fire', async () => {
    const group = new Truncating();
    await group.resolves();

    await group.system.minutes(7);

    expect(group.subjects).toEqual([expect.stringMatching(/^\[CRITICAL\] \[not confirmed\] Trunc/)]);
    expect(group.root).toContain('Alertmanager could not say whether they fire');
  });

  it('is no news if the visible alerts of a new incident have resolved and Alertmanager lists no others', async () => {
    const group = new Truncating();
    await group.resolves();
    group.answers([]);

    await group.system.minutes(10);

    expect(group.subjects).toEqual([]);
    expect(group.incident).toMatchObject({ status: 'resolved', neverFired: true });
  });

  it('affects every incident of the webhook, without a guess whose the cut-off alerts are', async () => {
    const runbooks = ['A', 'B'].map((alertname) => runbook({ alertname }));
    const group = new Truncating(new FirstResponder({ catalog: catalog({}, runbooks) }));
    const over = { status: 'resolved' as const, endsAt: group.startsAt + MINUTE };
    await group.sends([
      { alertname: 'A', instance: 'n0' },
      { alertname: 'B', instance: 'n0' },
    ]);

    await group.sends(
      [
        { alertname: 'A', instance: 'n0', ...over },
        { alertname: 'B', instance: 'n0', ...over },
      ],
      { truncatedAlerts: 3 },
    );

    const incidents = [...group.system.world.incidents.items.values()];
    expect(incidents.map(({ status }) => status)).toEqual(['open', 'open']);
    expect(group.root).toContain('0 of at least 1 known to fire');
    expect(group.root).toContain('cut off alerts (max_alerts)');
  });

  it('may contain a Watchdog, which counts as a heartbeat; no number is guessed for its neighbours', async () => {
    const group = new Truncating();

    await group.sends([{ alertname: 'Watchdog', instance: 'p' }, { instance: 'n0' }], { truncatedAlerts: 3 });

    expect(await group.system.world.heartbeats.list()).toMatchObject([{ source: 'prod' }]);
    expect(group.subjects).toEqual([expect.stringContaining('Trunc - at least 1 alert')]);
  });

  it('is never a reason to refuse a webhook, whatever its number says', async () => {
    for (const truncatedAlerts of [-3, 'many', null, {}, [], true, Number.NaN]) {
      const group = new Truncating();
      await group.firing({ truncatedAlerts });
      await group.resolves({ truncatedAlerts });
      expect(group.incident.status, JSON.stringify(truncatedAlerts)).toBe('resolved');
    }
    for (const truncatedAlerts of ['3', 2.5, 1e300]) {
      const group = new Truncating();
      await group.firing({ truncatedAlerts });
      await group.resolves({ truncatedAlerts });
      expect(group.incident.status, JSON.stringify(truncatedAlerts)).toBe('open');
      expect(group.root).toMatch(/0 of at least (5|1000002) known/);
    }
  });
});

/** Warnings, two of them in webhooks, and the further alerts that Alertmanager lists. */
class CutOff extends Truncating {
  readonly notified = ['n0', 'n1'];
  /** The alerts of webhooks that Alertmanager still lists. */
  listed = this.notified;

  warns(truncatedAlerts = 3, change: Partial<Report> = {}) {
    const reports = this.notified.map((instance) => ({ instance, severity: 'warning', ...change }));
    return this.sends(reports, { truncatedAlerts });
  }

  /** The alerts of webhooks, and others by their severity and state. */
  lists(others: Record<string, { severity?: string; state?: ActiveAlert['state']; receivers?: string[] }>) {
    const notified = this.listed.map((instance) => [instance, { severity: 'warning' }] as const);
    this.system.alertmanager = [...notified, ...Object.entries(others)].map(([instance, each]) => {
      const {
        severity = 'critical',
        state = 'active',
        receivers = ['first-responder'],
      } = each as (typeof others)[string];
      const labels = { alertname: 'Trunc', severity, instance };
      const annotations = { summary: `all of ${instance} is lost` };
      return {
        fingerprint: computeFingerprint(labels),
        labels,
        annotations,
        startsAt: this.startsAt,
        state,
        receivers,
      };
    });
  }

  /** The news in the subjects of the mails after it became critical. */
  get news(): string[] {
    return this.subjects.flatMap((subject) => /^\[CRITICAL\] \[(.*?)\]/.exec(subject)?.[1] ?? []);
  }
}

describe('an alert that Alertmanager cut off and lists', () => {
  it('raises a warning within a tick, says why, and calls the later tiers in their time', async () => {
    const group = new CutOff();
    group.lists({ n7: { severity: 'critical' }, n8: { severity: 'warning' } });
    await group.warns();
    expect(group.incident.severity).toBe('warning');

    await group.system.minute();

    expect(group.incident).toMatchObject({ severity: 'critical', tiers: { highest: 1 } });
    expect(group.news).toEqual(['raised to critical, now 4']);
    const why =
      'Raised to critical: Alertmanager lists 2 alerts that its webhook cut off (max_alerts), 1 of them critical.';
    expect(group.root).toContain(why);
    expect(group.root).toContain('all of n7 is lost');
    expect(group.root).not.toContain('nobody knows whether they fire');
    await group.system.minutes(61);
    expect(group.incident).toMatchObject({ severity: 'critical', tiers: { highest: 3 } });
    expect(group.news.slice(1)).toEqual([
      'not acknowledged, now 4',
      'escalated to L2, now 4',
      'escalated to L3, now 4',
    ]);
  });

  it('has the severity that a webhook with the same labels would give it', async () => {
    const group = new CutOff();
    group.lists({ n7: { severity: 'page' } });
    await group.warns();

    await group.system.minute();

    expect(group.incident.severity).toBe('critical');
  });

  it('raises nothing while it is silenced, and does so within five minutes after the silence', async () => {
    const group = new CutOff();
    group.lists({ n7: { state: 'suppressed' } });
    await group.warns();
    await group.system.minutes(50);
    expect(group.incident).toMatchObject({ status: 'open', severity: 'warning' });
    expect(group.subjects).toHaveLength(1);

    group.lists({ n7: {} });
    await group.system.minutes(5);

    expect(group.incident.severity).toBe('critical');
    expect(group.news).toEqual(['raised to critical, now 3']);
  });

  it('raises nothing, and keeps nothing open, when Alertmanager routes it to other receivers only', async () => {
    const group = new CutOff();
    group.lists({
      n7: { receivers: ['another team'] },
      n8: { severity: 'info', receivers: ['x', 'first-responder'] },
    });
    await group.warns();
    await group.system.minutes(10);
    expect(group.incident).toMatchObject({ severity: 'warning', tiers: { highest: 1 } });
    expect(group.incident.alerts).toHaveLength(3);

    group.listed = [];
    group.lists({ n7: { receivers: ['another team'] } });
    await group.system.minutes(12);

    expect(group.incident.status).toBe('resolved');
  });

  it.each([
    ['ops.db', String.raw`ops\.db`],
    ['on-call', 'on-call'],
    ['a (b)', String.raw`a \(b\)`],
  ])('counts when it is routed to %s, which webhooks call %s', async (listed, receiver) => {
    const group = new CutOff();
    group.lists({ n7: { receivers: [listed] } });
    await group.sends([{ instance: 'n0', severity: 'warning' }], { truncatedAlerts: 3, receiver });

    await group.system.minute();

    expect(group.incident.severity).toBe('critical');
  });

  it('raises nothing while Alertmanager does not answer, and does so at the next tick with an answer', async () => {
    const group = new CutOff();
    await group.warns();
    await group.system.minutes(30);
    expect(group.incident).toMatchObject({ severity: 'warning', version: 1 });
    expect(group.subjects).toHaveLength(1);

    group.lists({ n7: {} });
    await group.system.minute();

    expect(group.incident.severity).toBe('critical');
    expect(group.news).toEqual(['raised to critical, now 3']);
  });

  it('stops counting after two answers without it, and pages nobody twice, though the group stays truncated', async () => {
    const group = new CutOff();
    group.lists({ n7: {}, n8: { state: 'suppressed' } });
    await group.warns();
    await group.system.minutes(3);

    // An Alertmanager that has just been restarted lists nothing.
    group.system.alertmanager = [];
    await group.warns(4);
    await group.system.minute();
    expect(group.incident.severity).toBe('critical');
    group.lists({ n7: {}, n8: { state: 'suppressed' } });
    await group.system.minutes(10);
    expect(group.incident.severity).toBe('critical');

    group.lists({ n8: { state: 'suppressed' } });
    const before = group.incident.severity;
    for (let minute = 0; minute < 16; minute += 1) {
      await group.warns(5 + minute);
      await group.system.minute();
    }

    expect([before, group.incident.severity]).toEqual(['critical', 'warning']);
    expect(group.incident.truncation).toBeDefined();
    expect(group.news).toEqual(['raised to critical, now 3', 'not acknowledged, now 3']);
  });

  it('resolves with its own resolve in a webhook, like alerts from webhooks', async () => {
    const group = new CutOff();
    group.lists({ n7: {} });
    await group.warns();
    await group.system.minutes(2);
    const over = { status: 'resolved' as const, endsAt: group.system.now };

    const all = [
      ...group.notified.map((instance) => ({ instance, severity: 'warning' })),
      { instance: 'n7' },
    ];
    await group.sends(
      all.map((report) => ({ ...report, ...over })),
      { truncatedAlerts: 0 },
    );

    expect(group.incident).toMatchObject({ status: 'resolved', resolution: 'alerts' });
  });

  it('is one page together with those that a webhook brings later', async () => {
    const group = new CutOff();
    group.lists({ n7: {} });
    await group.warns();
    await group.system.minute();

    await group.sends([{ instance: 'n7' }], { truncatedAlerts: 4 });
    await group.system.minutes(10);

    expect(group.news).toEqual(['raised to critical, now 3']);
    expect(group.incident.alerts).toHaveLength(3);
  });

  it('is looked up once for all incidents of a group, then every five minutes, until all are known', async () => {
    const runbooks = ['A', 'B', 'C'].map((alertname) => runbook({ alertname, severity: 'warning' }));
    const group = new CutOff(new FirstResponder({ catalog: catalog({}, runbooks) }));
    const notified = ['A', 'B', 'C'].map((alertname) => ({ alertname, instance: 'n0', severity: 'warning' }));
    await group.sends(notified, { truncatedAlerts: 1 });
    const labels = notified.map(({ alertname, instance, severity }) => ({ alertname, severity, instance }));
    const active = labels.map((each) => ({
      fingerprint: computeFingerprint(each),
      labels: each,
      annotations: {},
      startsAt: group.startsAt,
      state: 'active' as const,
    }));
    group.system.alertmanager = active;

    await group.system.minute();
    expect(group.system.asked).toBe(1);
    await group.system.minutes(5);
    expect(group.system.asked).toBe(2);
    await group.system.minutes(30);
    expect(group.system.asked).toBe(2);
  });

  it('costs an incident neither page nor tier if the table refuses what Alertmanager lists', async () => {
    const group = new CutOff();
    group.lists({ n7: {} });
    await group.sends([{ instance: 'n0' }], { truncatedAlerts: 3 });
    const { incidents } = group.system.world;
    const write = incidents.write.bind(incidents);
    incidents.write = async (incident, expected) => {
      if (incident.alerts.length > 1) throw new UnwritableError('too large');
      return write(incident, expected);
    };

    await group.system.minutes(31);

    expect(group.incident.tiers.highest).toBe(2);
  });
});

/** One that a person resolves. */
class HandResolved extends CutOff {
  async resolvedByHand() {
    await this.system.resolve(this.incident.id);
    await this.system.drain();
  }

  get stands() {
    const { status, severity } = this.incident;
    return { status, severity };
  }
}

describe('an incident that a person resolved, and of which Alertmanager cuts alerts off', () => {
  it('reopens at the next tick after a webhook with a new critical behind the cut', async () => {
    const group = new HandResolved();
    group.lists({});
    await group.warns(0);
    await group.system.minutes(5);
    await group.resolvedByHand();
    await group.system.minutes(3);
    expect(group.stands.status).toBe('resolved');
    group.lists({ n7: {} });
    await group.warns(1);

    await group.system.minute();

    expect(group.stands).toEqual({ status: 'open', severity: 'critical' });
    expect(group.subjects.at(-1)).toMatch(/^\[CRITICAL\] .*fires again/);
  });

  it('reopens on one that began behind the cut before the person resolved it, with no webhook since', async () => {
    const group = new HandResolved();
    group.lists({});
    await group.warns();
    await group.system.minutes(1);
    group.lists({ n7: {} });
    await group.resolvedByHand();

    await group.system.minutes(5);

    expect(group.stands).toEqual({ status: 'open', severity: 'critical' });
  });

  it('reopens when what is known ends in truncated webhooks and a critical stays listed', async () => {
    const group = new HandResolved();
    await group.warns();
    await group.system.minute();
    await group.resolvedByHand();
    group.listed = [];
    group.lists({ n7: {} });
    await group.warns(3, { status: 'resolved', endsAt: group.system.now });

    await group.system.minute();

    expect(group.stands).toEqual({ status: 'open', severity: 'critical' });
  });

  it('is asked about at every tick until Alertmanager answers, for as long as a source may be silent', async () => {
    const group = new HandResolved();
    await group.warns();
    await group.resolvedByHand();
    await group.system.minutes(30);
    expect(group.system.asked).toBe(30);

    await group.system.minutes(8 * 60);

    expect(group.incident.truncation).toBeUndefined();
    expect(group.incident.nextDueAt).toBeUndefined();
    expect(group.system.asked).toBeLessThanOrEqual(8 * 60);
    expect(group.stands.status).toBe('resolved');
  });

  it('stays resolved, and is asked about no more, when Alertmanager lists what the person knew of and nothing else', async () => {
    const group = new HandResolved();
    group.lists({ n8: { state: 'suppressed' } });
    await group.warns();
    await group.resolvedByHand();
    await group.system.minutes(12);
    group.lists({});
    await group.system.minutes(30);
    const { asked } = group.system;

    await group.system.minutes(120);

    expect(group.system.asked).toBe(asked);
    expect(group.stands.status).toBe('resolved');
  });

  it('says nothing of a number of alerts that it no longer counts', async () => {
    const group = new HandResolved();
    await group.warns();

    await group.resolvedByHand();

    expect(group.root).not.toContain('at least');
    expect(group.root).not.toContain('max_alerts');
  });

  it('reopens after the reopen window on what Alertmanager alone has told, which no webhook repeats', async () => {
    const group = new HandResolved();
    group.lists({ n7: {} });
    await group.warns();
    await group.system.minutes(2);
    await group.resolvedByHand();
    await group.system.minutes(10);
    expect(group.stands.status).toBe('resolved');

    await group.system.minutes(6);

    expect(group.stands).toEqual({ status: 'open', severity: 'critical' });
  });

  it('ends like any other once Alertmanager has twice listed nothing of it', async () => {
    const group = new HandResolved();
    group.lists({});
    await group.warns();
    await group.resolvedByHand();
    group.system.alertmanager = [];
    await group.system.minutes(12);
    expect(group.incident).toMatchObject({ status: 'resolved', resolution: 'alerts' });

    await group.system.minutes(60);
    await group.sends([{ instance: 'n0', severity: 'warning', startsAt: group.system.now } as Report], {
      truncatedAlerts: 0,
    });

    expect(group.incident).toMatchObject({ status: 'open', episode: 2 });
  });
});

/** Of whose Alertmanager one peer cannot be asked. */
class OnePeerDown extends CutOff {
  override lists(others: Parameters<CutOff['lists']>[0]) {
    super.lists(others);
    const listed = this.system.alertmanager as ActiveAlert[];
    this.system.alertmanager = { down: 'peer 2 of 2: connection refused', listed };
  }
}

describe('an alert that was cut off and that one of two peers lists, while the other cannot be asked', () => {
  it('raises a warning within a tick and pages; the tiers that follow say that they are unverified', async () => {
    const group = new OnePeerDown();
    group.lists({ n7: {} });
    await group.warns();

    await group.system.minute();

    expect(group.incident).toMatchObject({ severity: 'critical', tiers: { highest: 1 } });
    expect(group.news).toEqual(['raised to critical, now 3']);
    const { version } = group.incident;
    await group.system.minutes(5);
    expect(group.incident.version).toBe(version);
    await group.system.minutes(25);
    expect(group.incident.tiers.highest).toBe(2);
    expect(group.root).toContain('Alertmanager could not confirm that it still fires: peer 2 of 2');
  });

  it('is neither gone, nor less severe, nor silenced by what that peer does not list', async () => {
    const group = new OnePeerDown();
    group.lists({ n7: {} });
    await group.warns();
    await group.system.minutes(2);

    for (const others of [undefined, { n7: { state: 'suppressed' as const } }]) {
      group.listed = [];
      if (others) group.lists(others);
      else group.lists({});
      await group.warns(4);
      await group.system.minutes(20);
    }

    expect(group.incident).toMatchObject({ status: 'open', severity: 'critical' });
    expect(group.incident.reconcile.pausedSince).toBeUndefined();
    expect(group.incident.alerts.filter(mayAlertFire)).toHaveLength(3);
  });

  it('is what a new incident pages for, of which only resolves are known', async () => {
    const group = new OnePeerDown();
    group.listed = [];
    group.lists({ n7: {} });
    await group.warns(3, { status: 'resolved', endsAt: group.startsAt + MINUTE });
    expect(group.subjects).toEqual([]);

    await group.system.minutes(3);

    expect(group.subjects).toEqual([expect.stringMatching(/^\[CRITICAL\] Trunc/)]);
  });

  it('reopens what a person resolved', async () => {
    const group = new OnePeerDown();
    group.lists({});
    await group.warns();
    await group.system.resolve(group.incident.id);
    group.lists({ n7: {} });

    await group.system.minute();

    expect(group.incident).toMatchObject({ status: 'open', severity: 'critical' });
  });

  it('reopens, after the reopen window, what Alertmanager alone had told and a person resolved', async () => {
    const group = new OnePeerDown();
    group.lists({ n7: {} });
    await group.warns();
    await group.system.minutes(2);
    await group.system.resolve(group.incident.id);
    await group.system.minutes(10);
    expect(group.incident.status).toBe('resolved');

    await group.system.minute();

    expect(group.incident).toMatchObject({ status: 'open', severity: 'critical' });
  });

  it('ends the pause of one that was silenced', async () => {
    const group = new CutOff();
    group.system.silenced = true;
    await group.warns(3);
    group.listed = [];
    group.lists({ n7: { state: 'suppressed' } });
    const known = { instance: 'n0', severity: 'warning' };
    await group.sends(
      [known, { ...known, instance: 'n1' }].map((each) => ({
        ...each,
        status: 'resolved',
        endsAt: group.system.now,
      })),
      { truncatedAlerts: 3 },
    );
    await group.system.minute();
    expect(group.incident.reconcile.pausedSince).toBeDefined();
    group.lists({ n7: {} });
    const listed = group.system.alertmanager as ActiveAlert[];
    group.system.alertmanager = { down: 'peer 2 of 2: connection refused', listed };

    await group.system.minutes(5);

    expect(group.incident).toMatchObject({ severity: 'critical' });
    expect(group.incident.reconcile.pausedSince).toBeUndefined();
  });
});
