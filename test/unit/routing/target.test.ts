import { describe, expect, it } from 'vitest';
import { findChannel } from '../../../lib/core/routing/channel-routes.ts';
import {
  callOnly,
  formatDestination,
  getChannelName,
  interruptNobody,
  listCalled,
  type Target,
  uniteTargets,
} from '../../../lib/core/routing/target.ts';
import { configuredChannels, toRoutes } from '../../support/factories/configured-channels.ts';

const slack = (mentions?: string[]): Target => ({
  channel: 'slack',
  destination: 'slack:#a',
  to: '#a',
  ...(mentions && { mentions }),
});
const mail = (...to: string[]): Target => ({ channel: 'email', destination: 'email', to });

describe('a destination', () => {
  it('begins with its channel, and its place is what follows', () => {
    expect(getChannelName('slack:#cryptofunk-alerts')).toBe('slack');
    expect(formatDestination('slack:#cryptofunk-alerts')).toBe('#cryptofunk-alerts');
  });

  it('without a place is its channel and its own name', () => {
    expect(getChannelName('email')).toBe('email');
    expect(formatDestination('email')).toBe('email');
  });

  it('keeps colons in its place', () => {
    expect(getChannelName('webhook:a:b')).toBe('webhook');
    expect(formatDestination('webhook:a:b')).toBe('a:b');
  });
});

describe('whom a target calls', () => {
  it('is compared without regard to the case of addresses', () => {
    expect(listCalled(mail('Ana@Example.com', 'ben@example.com'))).toEqual([
      'ana@example.com',
      'ben@example.com',
    ]);
  });

  it('is its mentions, as they are, or nobody', () => {
    expect(listCalled(slack(['<@U0ANA>']))).toEqual(['<@U0ANA>']);
    expect(listCalled(slack())).toEqual([]);
  });

  it('is everybody of both targets of one destination, each once', () => {
    const mails = uniteTargets(mail('Ana@example.com'), mail('ana@EXAMPLE.com', 'Ben@example.com'));
    const messages = uniteTargets(slack(['<@U0ANA>']), slack(['<@U0ANA>', '<@U0BEN>']));

    expect(mails).toEqual(mail('Ana@example.com', 'Ben@example.com'));
    expect(messages).toEqual(slack(['<@U0ANA>', '<@U0BEN>']));
  });

  it('is nobody by name when nobody may be interrupted; readers by address stay', () => {
    expect(interruptNobody(slack(['<@U0ANA>']))).toEqual(slack([]));
    expect(interruptNobody(mail('ana@example.com'))).toEqual(mail('ana@example.com'));
  });

  it('can be narrowed to some people, whatever the case of their addresses', () => {
    expect(callOnly(mail('Ana@example.com', 'ben@example.com'), ['ANA@example.com'])).toEqual(
      mail('Ana@example.com'),
    );
    expect(callOnly(slack(['<@U0ANA>', '<@U0BEN>']), ['<@U0BEN>'])).toEqual(slack(['<@U0BEN>']));
  });
});

describe('a channel', () => {
  const channels = toRoutes(configuredChannels);

  it('is found by its name', () => {
    expect(findChannel(channels, 'email').channel).toBe('email');
  });

  it('that does not exist is named in the error', () => {
    expect(() => findChannel(channels, 'pager')).toThrow('there is no channel pager');
  });
});
