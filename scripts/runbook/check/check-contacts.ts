import type { Contact } from '../../../lib/core/runbook/runbook.ts';
import type { ReadYaml } from './read-yaml.ts';

type Contacts = { contacts: Record<string, Contact> };

/** Rotations name known people and groups; a rotation of rotations would leave open who is called. */
export function checkContacts({ value: { contacts }, report }: ReadYaml<Contacts>): void {
  for (const [name, contact] of Object.entries(contacts)) {
    if (!('rotation' in contact)) continue;
    const path = ['contacts', name, 'rotation'];
    const { who, overrides } = contact.rotation;
    const named = [
      ...who.map((person, i) => ({ person, at: [...path, 'who', i] })),
      ...overrides.map((override, i) => ({ person: override.who, at: [...path, 'overrides', i, 'who'] })),
    ];
    for (const { person, at } of named) {
      const found = Object.hasOwn(contacts, person) ? contacts[person] : undefined;
      if (found === undefined) report('references', at, `there is no contact ${person} here`);
      else if ('rotation' in found)
        report('references', at, `${person} is a rotation itself; only people and groups take turns`);
    }
  }
}

/** Every name in a tier is a contact. */
export function checkTierContacts(
  { value, report }: ReadYaml<{ tier_contacts: Record<string, string[]> }>,
  { contacts }: Contacts,
): void {
  for (const [tier, people] of Object.entries(value.tier_contacts)) {
    for (const [i, person] of people.entries()) {
      if (Object.hasOwn(contacts, person)) continue;
      report('references', ['tier_contacts', tier, i], `there is no contact ${person} in contacts.yaml`);
    }
  }
}
