import type { Incident } from '../../../core/incident/incident.ts';

type Groups = Pick<Incident, 'paging' | 'tiers' | 'flapping' | 'reconcile'>;
type GroupAttributes = ReturnType<typeof flattenGroups>;

/**
 * The fields of an incident's groups as attributes of its item. The item is flat, because the indexes project single
 * attributes, and a map for each group would add 40 bytes to every write.
 */
export function flattenGroups({ paging, tiers, flapping, reconcile }: Groups) {
  return {
    pagedAt: paging.lastAt,
    reminded: paging.reminded,
    pageDue: paging.due,
    lastNews: paging.lastNews,
    pages: paging.counts,
    clockStartedAt: tiers.clockStartedAt,
    tier: tiers.highest,
    tierPages: tiers.pages,
    reopenedAt: flapping.reopenedAt,
    flappingSince: flapping.since,
    flappingChangedAt: flapping.changedAt,
    flappingReopens: flapping.reopens,
    flapped: flapping.ever,
    ...reconcile,
  };
}

/** The inverse: the groups in place of their attributes. */
export function regroup<Stored extends GroupAttributes>(stored: Stored) {
  const { pagedAt, reminded, pageDue, lastNews, pages, ...withoutPaging } = stored;
  const { clockStartedAt, tier, tierPages, ...withoutTiers } = withoutPaging;
  const { reopenedAt, flappingSince, flappingChangedAt, flappingReopens, flapped, ...withoutFlapping } =
    withoutTiers;
  const { askedAt, missingRoundAt, unconfirmedSince, pausedSince, ...fields } = withoutFlapping;
  const groups: Groups = {
    paging: { lastAt: pagedAt, reminded, due: pageDue, lastNews, counts: pages },
    tiers: { clockStartedAt, highest: tier, pages: tierPages },
    flapping: {
      reopenedAt,
      since: flappingSince,
      changedAt: flappingChangedAt,
      reopens: flappingReopens,
      ever: flapped,
    },
    reconcile: { askedAt, missingRoundAt, unconfirmedSince, pausedSince },
  };
  return { ...fields, ...groups };
}
