import { describe, expect, it } from 'vitest';
import {
  type CalledCatalog,
  formatCalledName,
  formatRecipient,
  listCalledPeople,
} from '../../../lib/core/routing/called-people.ts';

const rotation = (who: string[]) => ({
  who,
  start: '2026-11-17T09:00',
  days: 7,
  timeZone: 'UTC',
  overrides: [],
});
const ana = { name: 'Ana', slack: 'U0ANA' };

function calling(names: string[], contacts: CalledCatalog['contacts']): CalledCatalog {
  return { contacts, tierContacts: { '1': names, '2': [], '3': [] } };
}

describe('the people whom a tier calls', () => {
  it('are those on call, with the name of their rotation', () => {
    const catalog = calling(['on-call'], {
      'on-call': { name: 'on-call', rotation: rotation(['ana']) },
      ana,
    });

    const called = listCalledPeople(catalog, [1], 0);

    expect(called).toEqual([{ person: ana, tier: 1, role: 'on-call' }]);
    expect(called.map(formatCalledName)).toEqual(['Ana (on-call)']);
    expect(called.map(formatRecipient)).toEqual(['Ana (on-call, L1)']);
  });

  it('have their own name where no rotation chose them', () => {
    const called = listCalledPeople(calling(['ana'], { ana }), [1], 0);

    expect(called.map(formatCalledName)).toEqual(['Ana']);
    expect(called.map(formatRecipient)).toEqual(['Ana (L1)']);
  });

  it('are called once, by the first of the tiers that have them', () => {
    const catalog = { contacts: { ana }, tierContacts: { '1': ['ana'], '2': ['ana'], '3': [] } };

    expect(listCalledPeople(catalog, [1, 2], 0)).toEqual([{ person: ana, tier: 1 }]);
  });

  it.each([
    ['a contact that does not exist', ['nobody'], {}],
    ['a contact named as something that every object has', ['constructor'], {}],
    ['a rotation without people', ['on-call'], { 'on-call': { name: 'on-call', rotation: rotation([]) } }],
    [
      'a rotation of somebody who does not exist',
      ['on-call'],
      { 'on-call': { name: 'on-call', rotation: rotation(['nobody']) } },
    ],
    [
      'a rotation of a rotation',
      ['on-call'],
      {
        'on-call': { name: 'on-call', rotation: rotation(['others']) },
        others: { name: 'others', rotation: rotation(['ana']) },
        ana,
      },
    ],
  ])('leave out %s, and nobody else', (_case, names, contacts: CalledCatalog['contacts']) => {
    const catalog = calling([...names, 'ben'], { ...contacts, ben: { name: 'Ben' } });

    expect(listCalledPeople(catalog, [1], 0)).toEqual([{ person: { name: 'Ben' }, tier: 1 }]);
  });
});
