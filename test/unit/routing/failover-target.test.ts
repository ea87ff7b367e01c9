import { describe, expect, it } from 'vitest';
import { createMailRoutes } from '../../../lib/channels/email/routes.ts';
import { createSlackRoutes } from '../../../lib/channels/slack/routes.ts';
import { createWebhookRoutes } from '../../../lib/channels/webhook/routes.ts';
import type { ChannelRoutes } from '../../../lib/core/routing/channel-routes.ts';
import { findFailoverTarget } from '../../../lib/core/routing/failover-target.ts';
import type { RoutedNotice } from '../../../lib/core/routing/route-notice.ts';
import type { Target } from '../../../lib/core/routing/target.ts';
import { catalog, runbook } from '../../support/factories/catalog.ts';

const routes = [
  { slack: '#everything', webhook: 'pager' },
  { severity: ['critical' as const], slack: '#critical', mention: 'channel' as const, email: ['ONCALL'] },
];
const all = catalog({ routes, mailLists: ['ONCALL', 'TEAM'] });
const slack = createSlackRoutes('bot');
const mail = createMailRoutes({
  isConfigured: true,
  mailLists: { ONCALL: ['oncall@example.com'], TEAM: ['team@example.com'] },
});
const programs = createWebhookRoutes(['pager', 'backup']);
const channels = [programs, slack, mail];

function notice(severity: 'critical' | 'info', change: Partial<RoutedNotice> = {}): RoutedNotice {
  return {
    runbook: runbook(),
    severity,
    had: [severity],
    reason: 'opened',
    ping: true,
    tiers: [],
    at: 0,
    tierPages: [],
    ...change,
  };
}

const inSlack = (to: string): Target => ({ channel: 'slack', destination: `slack:${to}`, to, mentions: [] });
const byMail: Target = { channel: 'email', destination: 'email', to: ['oncall@example.com'] };

function failOver(
  failing: Target,
  {
    of = notice('critical'),
    among = channels,
    nearby = false,
  }: { of?: RoutedNotice; among?: readonly ChannelRoutes[]; nearby?: boolean } = {},
): Target | undefined {
  return findFailoverTarget(all, among, of, failing, nearby);
}

describe('where a notice goes that one place does not accept', () => {
  it('is a place of another channel that people read', () => {
    expect(failOver(inSlack('#critical'))).toEqual(byMail);
  });

  it('is the loudest place of that channel', () => {
    expect(failOver(byMail)).toMatchObject({ to: '#critical', mentions: ['<!channel>'] });
    expect(failOver(byMail, { of: notice('info') })).toMatchObject({ to: '#everything' });
  });

  it('is everybody there, when the notice itself reaches nobody in another channel', () => {
    expect(failOver(inSlack('#everything'), { of: notice('info') })).toMatchObject({
      channel: 'email',
      to: ['oncall@example.com', 'team@example.com'],
    });
  });

  it('is another place of its own channel, when news is not worth an interruption elsewhere', () => {
    expect(failOver(inSlack('#critical'), { nearby: true })).toMatchObject({ to: '#everything' });
    expect(failOver(inSlack('#everything'), { nearby: true })).toMatchObject({ to: '#critical' });
  });

  it('is another channel also for such news, when its own has no other place', () => {
    expect(failOver(inSlack('#everything'), { of: notice('info'), nearby: true })).toMatchObject({
      channel: 'email',
    });
  });

  it('is another place of its own channel, when no other channel is configured', () => {
    const alone = [programs, slack];

    expect(failOver(inSlack('#critical'), { among: alone })).toMatchObject({ to: '#everything' });
    expect(
      failOver(inSlack('#everything'), { among: alone, of: notice('info') }),
      'the place that fails is none',
    ).toBeUndefined();
  });

  it('is another place of its own channel, when the other channel reaches nobody', () => {
    const emptyMail = createMailRoutes({ isConfigured: false, mailLists: {} });

    expect(failOver(inSlack('#critical'), { among: [slack, emptyMail] })).toMatchObject({
      to: '#everything',
    });
  });

  it('is nowhere, when no route leads to the only other channel', () => {
    const mailAlone = catalog({ routes: [{ email: ['ONCALL'] }] });

    expect(findFailoverTarget(mailAlone, [slack, mail], notice('critical'), byMail, false)).toBeUndefined();
  });

  it('is never a program, and people when a program does not accept it', () => {
    const program: Target = { channel: 'webhook', destination: 'webhook:pager', to: 'pager' };

    expect(
      failOver(inSlack('#everything'), { among: [programs, slack], of: notice('info') }),
    ).toBeUndefined();
    expect(failOver(program)).toMatchObject({ channel: 'slack', to: '#critical' });
    expect(failOver(program, { nearby: true })).toMatchObject({ channel: 'slack', to: '#critical' });
  });
});

describe('where a notice goes that a program does not accept', () => {
  it('is no other program, also when nobody else is configured', () => {
    const program: Target = { channel: 'webhook', destination: 'webhook:pager', to: 'pager' };
    const both = catalog({ routes: [{ webhook: 'pager' }, { webhook: 'backup' }] });

    expect(findFailoverTarget(both, [programs], notice('info'), program, true)).toBeUndefined();
  });
});
