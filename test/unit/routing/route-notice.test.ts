import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWebhookRoutes } from '../../../lib/channels/webhook/routes.ts';
import { type NoticeReason, noticeReasons } from '../../../lib/core/incident/effect.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import type { ChannelRoutes } from '../../../lib/core/routing/channel-routes.ts';
import { type RoutedNotice, routeNotice, toRoutedNotice } from '../../../lib/core/routing/route-notice.ts';
import { findRunbook } from '../../../lib/core/runbook/find-runbook.ts';
import type { Tier } from '../../../lib/core/runbook/policy.ts';
import { severities } from '../../../lib/core/shared/severity.ts';
import { catalog, categories, runbook } from '../../support/factories/catalog.ts';
import {
  type ConfiguredChannels,
  configuredChannels,
  toRoutes,
} from '../../support/factories/configured-channels.ts';
import { Scenario } from '../../support/harness/incident-scenario.ts';

const all = catalog();

function routed(change: Partial<RoutedNotice> = {}): RoutedNotice {
  const severity = change.severity ?? 'critical';
  return {
    runbook: runbook(),
    severity,
    had: [severity],
    reason: 'opened',
    ping: true,
    tiers: [1],
    at: 0,
    tierPages: [],
    ...change,
  };
}

const slackOf = (notice: RoutedNotice, channels: ConfiguredChannels = configuredChannels) =>
  Object.fromEntries(
    routeNotice(all, toRoutes(channels), notice).flatMap((target) =>
      target.channel === 'slack' ? [[target.to, target.mentions]] : [],
    ),
  );

const mailOf = (notice: RoutedNotice, channels: ConfiguredChannels = configuredChannels) =>
  routeNotice(all, toRoutes(channels), notice).flatMap((target) =>
    target.channel === 'email' ? target.to : [],
  );

describe('routing', () => {
  it('sends critical notices everywhere, with @channel in the channel for critical incidents', () => {
    expect(slackOf(routed())).toEqual({
      '#cryptofunk-alerts': [],
      '#cryptofunk-critical': ['<!channel>', '@oncall'],
    });
    expect(mailOf(routed())).toEqual(['oncall@example.com', 'team@example.com']);
  });

  it('sends warnings to the team without interrupting anybody by name', () => {
    expect(slackOf(routed({ severity: 'warning' }))).toEqual({ '#cryptofunk-alerts': [] });
    expect(mailOf(routed({ severity: 'warning' }))).toEqual(['team@example.com']);
  });

  it('sends info to #cryptofunk-alerts only', () => {
    expect(slackOf(routed({ severity: 'info' }))).toEqual({ '#cryptofunk-alerts': [] });
    expect(mailOf(routed({ severity: 'info' }))).toEqual([]);
  });

  it.each([
    ['trading', '#cryptofunk-trading'],
    ['agents', '#cryptofunk-agents'],
    ['system', '#cryptofunk-ops'],
    ['circuit-breaker', '#cryptofunk-ops'],
  ] as const)('also sends category %s to %s', (category, channel) => {
    const notice = routed({ severity: 'info', runbook: runbook({ category }) });

    expect(Object.keys(slackOf(notice))).toEqual(['#cryptofunk-alerts', channel]);
  });

  it('sends the resolve to a channel for critical incidents even after the severity fell', () => {
    const notice = routed({
      severity: 'warning',
      had: ['warning', 'critical'],
      reason: 'resolved',
      ping: false,
    });

    expect(Object.keys(slackOf(notice))).toContain('#cryptofunk-critical');
  });

  it('mails a reminder only to the lists of the current severity', () => {
    const notice = routed({ severity: 'warning', had: ['warning', 'critical'], reason: 'reminder' });

    expect(mailOf(notice)).toEqual(['team@example.com']);
    expect(mailOf({ ...notice, reason: 'resolved', ping: false })).toContain('oncall@example.com');
  });

  it('sends the resolve to a channel for warnings even after the severity rose', () => {
    const routes = [{ severity: ['warning' as const], slack: '#warnings' }, { slack: '#all' }];
    const notice = routed({
      severity: 'critical',
      had: ['warning', 'critical'],
      reason: 'resolved',
      ping: false,
    });

    const targets = routeNotice(catalog({ routes }), toRoutes(configuredChannels), notice);

    expect(targets.map((target) => target.destination)).toContain('slack:#warnings');
  });

  it('still notifies somebody when no route that applies leads to a configured channel', () => {
    const mailAlone: ConfiguredChannels = { ...configuredChannels, slack: 'none' };
    const criticalListAlone = {
      ...mailAlone,
      mailLists: { CRITICAL_ALERT_EMAIL_TO: ['oncall@example.com'] },
    };
    const noCatchAll = catalog({ routes: [{ severity: ['critical'], slack: '#cryptofunk-critical' }] });

    expect(mailOf(routed({ severity: 'info' }), mailAlone)).toEqual(['team@example.com']);
    expect(mailOf(routed({ severity: 'warning' }), criticalListAlone)).toEqual(['oncall@example.com']);
    expect(
      routeNotice(noCatchAll, toRoutes(configuredChannels), routed({ severity: 'warning' })),
    ).toMatchObject([{ to: '#cryptofunk-critical', mentions: [] }]);
  });

  it('notifies nobody when nothing is configured', () => {
    const nothing: ConfiguredChannels = { slack: 'none', mail: false, mailLists: {} };

    expect(routeNotice(all, toRoutes(nothing), routed())).toEqual([]);
  });

  it('calls on-call by name in a reminder, and everybody of the tiers passed over, also by mail', () => {
    const warning = routed({ severity: 'warning', reason: 'reminder' });
    const late = routed({ reason: 'escalated', tiers: [2, 3] });

    expect(slackOf(warning)['#cryptofunk-alerts']).toEqual(['@oncall']);
    expect(slackOf(late)['#cryptofunk-critical']).toEqual(['<!channel>', '@senior-eng', '@eng-lead', '@pm']);
    expect(mailOf(late)).toContain('senior@example.com');
  });

  it('mentions Slack users and groups by id, so that they are notified', () => {
    const contacts = { 'on-call': { name: 'on-call', slack: 'S0123ABCD' } };
    const targets = routeNotice(catalog({ contacts }), toRoutes(configuredChannels), routed());

    expect(JSON.stringify(targets)).toContain('<!subteam^S0123ABCD>');
  });

  it('calls the person on call when the notice was decided, in Slack and by mail', () => {
    const handover = Date.UTC(2026, 10, 24, 9);
    const contacts = {
      'on-call': {
        name: 'on-call',
        rotation: { who: ['ana', 'ben'], start: '2026-11-17T09:00', days: 7, timeZone: 'UTC', overrides: [] },
      },
      ana: { name: 'Ana', slack: 'U0ANA', email: ['ana@example.com'] },
      ben: { name: 'Ben', slack: 'U0BEN', email: ['ben@example.com'] },
    };
    const calledAt = (at: number) =>
      JSON.stringify(routeNotice(catalog({ contacts }), toRoutes(configuredChannels), routed({ at })));

    expect(calledAt(handover - 1)).toMatch(/<@U0ANA>.*ana@example\.com/);
    expect(calledAt(handover - 1)).not.toMatch(/BEN|ben@/);
    expect(calledAt(handover)).toMatch(/<@U0BEN>.*ben@example\.com/);
    expect(calledAt(handover)).not.toMatch(/ANA|ana@/);
  });

  it('mails the resolve to the people whom the tiers have called, and mentions nobody', () => {
    const tierPages = [{ tier: 2 as const, firstAt: 0, lastAt: 0 }];
    const over = routed({ reason: 'resolved', ping: false, tiers: [1, 2], tierPages });

    expect(mailOf(over)).toEqual(['oncall@example.com', 'team@example.com', 'senior@example.com']);
    expect(Object.values(slackOf(over)).flat()).toEqual([]);
    expect(mailOf({ ...over, reason: 'updated' })).not.toContain('senior@example.com');
  });

  it('also mails those people when the incident is closed without a resolve', () => {
    const tierPages = [{ tier: 2 as const, firstAt: 0, lastAt: 0 }];
    const closed = routed({ reason: 'closed', ping: false, tierPages });

    expect(mailOf(closed)).toContain('senior@example.com');
  });

  it.each<NoticeReason>(['joined', 'raised', 'reminder', 'escalated'])(
    'mails only the lists of the current severity when it was %s, for the others know already',
    (reason) => {
      const notice = routed({ severity: 'warning', had: ['warning', 'critical'], reason, tiers: [] });

      expect(mailOf(notice)).toEqual(['team@example.com']);
    },
  );

  it.each<NoticeReason>(['opened', 'updated', 'resolved'])(
    'mails the lists of every severity so far when it was %s',
    (reason) => {
      const notice = routed({ severity: 'warning', had: ['warning', 'critical'], reason, tiers: [] });

      expect(mailOf(notice)).toEqual(['oncall@example.com', 'team@example.com']);
    },
  );

  it('makes one target of one webhook and unites its mentions', () => {
    const channels = { ...configuredChannels, slack: 'webhook' as const };

    expect(slackOf(routed(), channels)).toEqual({ '': ['<!channel>', '@oncall'] });
  });

  it('sends one mail to a person who is on both lists in different spelling', () => {
    const mailLists = { ALERT_EMAIL_TO: ['Ana@example.com'], CRITICAL_ALERT_EMAIL_TO: ['ana@Example.com'] };

    expect(mailOf(routed(), { ...configuredChannels, mailLists })).toEqual(['ana@Example.com']);
  });
});

describe('routing where no route that applies leads to people', () => {
  const routes = [
    { severity: ['critical' as const], slack: '#first', mention: 'channel' as const, webhook: 'pager' },
    { severity: ['critical' as const], slack: '#last', webhook: 'pager' },
    { webhook: 'all' },
  ];
  const programs = createWebhookRoutes(['pager', 'all']);
  const route = (channels: ChannelRoutes[], severity: 'critical' | 'info' = 'info') =>
    routeNotice(catalog({ routes }), channels, routed({ severity, tiers: [] }));

  it('leads to the first route in Slack and interrupts nobody', () => {
    const [target, ...others] = route([...toRoutes(configuredChannels), programs]);

    expect(target).toEqual({ channel: 'slack', destination: 'slack:#first', to: '#first', mentions: [] });
    expect(others, 'programs get what their own routes say').toEqual([
      { channel: 'webhook', destination: 'webhook:all', to: 'all' },
    ]);
  });

  it('leads to the last list where mail is all there is', () => {
    const lists = catalog({
      routes: [
        { severity: ['critical'], email: ['CRITICAL_ALERT_EMAIL_TO'] },
        { severity: ['critical', 'warning'], email: ['ALERT_EMAIL_TO'] },
      ],
    });
    const mailAlone = toRoutes({ ...configuredChannels, slack: 'none' });

    expect(routeNotice(lists, mailAlone, routed({ severity: 'info', tiers: [] }))).toMatchObject([
      { to: ['team@example.com'] },
    ]);
  });

  it('leads programs nowhere else', () => {
    expect(route([programs])).toEqual([{ channel: 'webhook', destination: 'webhook:all', to: 'all' }]);
    expect(route([programs], 'critical').map(({ to }) => to)).toEqual(['pager', 'all']);
  });

  it('is not decided by the people whom it calls: a mail to one contact is no message to the team', () => {
    const contacts = { 'on-call': { name: 'on-call', email: ['ana@example.com'] } };
    const notice = routed({ severity: 'warning', reason: 'reminder', tiers: [1] });

    const targets = routeNotice(catalog({ routes, contacts }), toRoutes(configuredChannels), notice);

    expect(targets.map(({ destination }) => destination)).toEqual(['slack:#first', 'email']);
  });
});

describe('what routing needs of an incident', () => {
  it('is its runbook, every severity so far and the tier calls', () => {
    const incident = new Scenario()
      .fires(0, 'a', { severity: 'warning' })
      .fires(35, 'b', { severity: 'critical' }).incident as Incident;
    const said = { reason: 'raised' as const, ping: true, tiers: [1 as const], at: 7 };

    expect(toRoutedNotice(all, incident, said)).toEqual({
      runbook: findRunbook(all, incident.alertname),
      severity: 'critical',
      had: ['warning', 'critical'],
      tierPages: incident.tiers.pages,
      ...said,
    });
  });
});

describe('routing of any notice', () => {
  const tiers = fc.uniqueArray(fc.constantFrom<Tier>(1, 2, 3), { minLength: 1 });
  const anyNotice = fc
    .record({
      category: fc.constantFrom(...categories),
      severity: fc.constantFrom(...severities),
      had: fc.subarray([...severities]),
      reason: fc.constantFrom<NoticeReason>(...noticeReasons),
      ping: fc.boolean(),
      tiers,
    })
    .map(({ category, ...rest }) => ({ ...rest, at: 0, tierPages: [], runbook: runbook({ category }) }));
  const channels = fc.constantFrom<ConfiguredChannels>(
    configuredChannels,
    { ...configuredChannels, slack: 'webhook' },
    { ...configuredChannels, mail: false },
    { ...configuredChannels, slack: 'none' },
  );
  const catchAll = { bot: 'slack:#cryptofunk-alerts', webhook: 'slack:webhook', none: 'email' };
  const runs = { numRuns: 1_000 };

  it('reaches the channel for all alerts, has no destination twice, and mentions only when it pings', () => {
    fc.assert(
      fc.property(anyNotice, channels, (notice, configured) => {
        const targets = routeNotice(all, toRoutes(configured), notice);

        const destinations = targets.map((target) => target.destination);
        expect(new Set(destinations).size).toBe(destinations.length);
        expect(destinations).toContain(catchAll[configured.slack]);
        const mentions = targets.flatMap((target) => target.mentions ?? []);
        if (!notice.ping) expect(mentions).toEqual([]);
      }),
      runs,
    );
  });

  it('never loses a destination or person when a tier is added', () => {
    fc.assert(
      fc.property(anyNotice, channels, (notice, configured) => {
        const before = routeNotice(all, toRoutes(configured), notice);
        const after = routeNotice(all, toRoutes(configured), { ...notice, tiers: [1, 2, 3] });

        for (const target of before) {
          const same = after.find((each) => each.destination === target.destination);
          expect(same).toBeDefined();
          if (Array.isArray(target.to)) expect(same?.to).toEqual(expect.arrayContaining(target.to));
          if (target.mentions) expect(same?.mentions).toEqual(expect.arrayContaining(target.mentions));
        }
      }),
      runs,
    );
  });
});
