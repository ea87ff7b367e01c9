import type { CalledPerson } from '../routing/called-people.ts';
import { type Target, toMention } from '../routing/route-notice.ts';
import type { DestinationRecord } from './delivery.ts';

/** What the places of the other channel know of an incident, each that has interrupted people since some version. */
export type CalledElsewhere = {
  records: Pick<DestinationRecord, 'lastTier'>[];
  /** Whether its messages go to mailing lists too. Those whom the first tier calls read them. */
  hasLists: boolean;
};

/**
 * Leaves out of `covered` everybody whom the other channel has called. Who stays has no address there, or was called by a
 * tier that did not come through there. `@channel` and mailing lists stay only where nobody was called there at all.
 */
export function callOthersAlone(
  covered: Target,
  decided: Target,
  people: CalledPerson[],
  elsewhere: CalledElsewhere,
): Target {
  if (elsewhere.records.length === 0) return covered;
  const missed = people.filter((called) => !wasCalled(called, covered.channel, elsewhere));
  if (covered.channel === 'slack') {
    const names = new Set(missed.flatMap(({ person }) => (person.slack ? [toMention(person.slack)] : [])));
    return { ...covered, mentions: covered.mentions.filter((name) => names.has(name)) };
  }
  // A mail keeps those for whom it was decided: it is the only message that they get.
  const own = decided.channel === 'email' ? decided.to : [];
  const addresses = new Set([...own, ...missed.flatMap(({ person }) => person.email ?? [])].map(lower));
  return { ...covered, to: covered.to.filter((address) => addresses.has(lower(address))) };
}

/** `channel`: where they would be called now; they may have been called by the other one. */
function wasCalled(
  { person, tier }: CalledPerson,
  channel: Target['channel'],
  { records, hasLists }: CalledElsewhere,
): boolean {
  const hasAddress =
    channel === 'email'
      ? person.slack !== undefined
      : (person.email ?? []).length > 0 || (tier === 1 && hasLists);
  return hasAddress && records.some(({ lastTier }) => lastTier >= tier);
}

function lower(address: string): string {
  return address.toLowerCase();
}
