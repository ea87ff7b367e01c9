import type { CalledPerson } from '../routing/called-people.ts';
import { type ChannelRoutes, findChannel } from '../routing/channel-routes.ts';
import { callOnly, listCalled, type Target } from '../routing/target.ts';
import type { DestinationRecord } from './delivery.ts';

/** What the places of other channels know of an incident, each that has interrupted people since some version. */
export type CalledElsewhere = {
  records: Pick<DestinationRecord, 'lastTier'>[];
  /** Whether its messages go to mailing lists too. Those whom the first tier calls read them. */
  hasLists: boolean;
};

/**
 * Leaves out of `covered` everybody whom another channel has called. Who stays has no address there, or was called by a
 * tier that did not come through there. `@channel` and mailing lists stay only where nobody was called there at all.
 */
export function callOthersAlone(
  channels: readonly ChannelRoutes[],
  { covered, decided }: { covered: Target; decided: Target },
  people: CalledPerson[],
  elsewhere: CalledElsewhere,
): Target {
  if (elsewhere.records.length === 0) return covered;
  const here = findChannel(channels, covered.channel);
  const others = channels.filter((each) => each !== here);
  const missed = people.filter((called) => !wasCalled(others, called, elsewhere));
  // Where each reader is addressed, those for whom the message was decided stay: it is the only one that they get.
  const own = Array.isArray(covered.to) ? listCalled(decided) : [];
  return callOnly(covered, [...own, ...missed.flatMap(({ person }) => here.listAddresses(person))]);
}

/** Whether `others` would have called a person, who has an address there or reads its lists, and did. */
function wasCalled(
  others: readonly ChannelRoutes[],
  { person, tier }: CalledPerson,
  { records, hasLists }: CalledElsewhere,
): boolean {
  const hasAddress = others.some(
    ({ listAddresses, oneDestination }) =>
      listAddresses(person).length > 0 || (oneDestination !== undefined && tier === 1 && hasLists),
  );
  return hasAddress && records.some(({ lastTier }) => lastTier >= tier);
}
