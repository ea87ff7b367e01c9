import { describe, expect, it } from 'vitest';
import { callOthersAlone } from '../../../lib/core/delivery/called-elsewhere.ts';
import type { CalledPerson } from '../../../lib/core/routing/called-people.ts';
import type { Target } from '../../../lib/core/routing/target.ts';
import { configuredChannels, toRoutes } from '../../support/factories/configured-channels.ts';

const channels = toRoutes(configuredChannels);
const people: CalledPerson[] = [
  { tier: 1, person: { name: 'on-call', slack: '@oncall' } },
  { tier: 2, person: { name: 'senior', slack: 'U0SENIOR', email: ['Senior@example.com'] } },
  { tier: 3, person: { name: 'lead', email: ['lead@example.com'] } },
];
const slack = (...mentions: string[]): Target => ({
  channel: 'slack',
  destination: 'slack:#critical',
  to: '#critical',
  mentions,
});
const mail = (...to: string[]): Target => ({ channel: 'email', destination: 'email', to });

describe('whom a late page calls that the other channel has not called', () => {
  const covered = slack('<!channel>', '@oncall', '<@U0SENIOR>');

  it.each([
    ['everybody, if nobody was interrupted there', [], true, ['<!channel>', '@oncall', '<@U0SENIOR>']],
    ['nobody, if all tiers came through', [{ lastTier: 3 }], true, []],
    ['those of a tier that did not come through', [{ lastTier: 1 }], true, ['<@U0SENIOR>']],
    ['those without an address, where no list is mailed', [{ lastTier: 3 }], false, ['@oncall']],
  ])('in Slack: %s', (_, records, hasLists, mentions) => {
    expect(callOthersAlone(channels, { covered, decided: slack() }, people, { records, hasLists })).toEqual(
      slack(...mentions),
    );
  });

  it('by mail: those who are not in Slack, and those for whom the mail was decided', () => {
    const all = mail('team@example.com', 'senior@example.com', 'oncall@example.com', 'lead@example.com');
    const elsewhere = { records: [{ lastTier: 3 }], hasLists: true };

    const target = callOthersAlone(
      channels,
      { covered: all, decided: mail('Team@example.com') },
      people,
      elsewhere,
    );

    expect(target).toEqual(mail('team@example.com', 'lead@example.com'));
  });
});
