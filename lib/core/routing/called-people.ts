import type { TierPages } from '../incident/incident.ts';
import type { Tier } from '../runbook/policy.ts';
import type { Person, RunbookCatalog } from '../runbook/runbook.ts';
import type { Millis } from '../shared/time.ts';
import { findOnCall } from './on-call.ts';

/** A person whom a tier calls; `role` is the rotation's name when a rotation chose the person. */
export type CalledPerson = { person: Person; tier: Tier; role?: string };

/** The part of the catalog that says whom the tiers call. */
export type CalledCatalog = Pick<RunbookCatalog, 'contacts' | 'tierContacts'>;

/**
 * The people whom some tiers call at a moment, each once. Rotations are resolved to who is on call at that
 * moment.
 */
export function listCalledPeople(catalog: CalledCatalog, tiers: Tier[], at: Millis): CalledPerson[] {
  const called = new Map<string, CalledPerson>();
  for (const tier of tiers) {
    for (const name of catalog.tierContacts[`${tier}`]) {
      const found = called.has(name) ? undefined : resolveContact(catalog, name, tier, at);
      if (found !== undefined) called.set(name, found);
    }
  }
  return [...called.values()];
}

/** Everybody whom an incident's tiers have called so far: the people on call at each call. */
export function listPeopleCalledSoFar(catalog: RunbookCatalog, tierPages: TierPages[]): CalledPerson[] {
  return tierPages.flatMap(({ tier, firstAt, lastAt }) =>
    [...new Set([firstAt, lastAt])].flatMap((at) => listCalledPeople(catalog, [tier], at)),
  );
}

/** `Ana (on-call)`, or the contact's own name without a rotation. */
export function formatCalledName({ person, role }: CalledPerson): string {
  return role === undefined ? person.name : `${person.name} (${role})`;
}

/** `Ana (on-call, L1)`, `senior engineer (L2)`. */
export function formatRecipient({ person, role, tier }: CalledPerson): string {
  return `${person.name} (${role === undefined ? '' : `${role}, `}L${tier})`;
}

function resolveContact(
  catalog: CalledCatalog,
  name: string,
  tier: Tier,
  at: Millis,
): CalledPerson | undefined {
  const contact = findContact(catalog, name);
  if (contact === undefined || !('rotation' in contact)) return contact && { person: contact, tier };
  const onCall = findOnCall(contact.rotation, at);
  const person = onCall === undefined ? undefined : findContact(catalog, onCall);
  if (person === undefined || 'rotation' in person) return undefined;
  return { person, tier, role: contact.name };
}

function findContact({ contacts }: CalledCatalog, name: string) {
  return Object.hasOwn(contacts, name) ? contacts[name] : undefined;
}
