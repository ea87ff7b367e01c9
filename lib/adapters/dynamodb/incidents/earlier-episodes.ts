import type { SomeIncidents } from '../../../core/history/history.ts';
import { type DynamoTable, formatSortKey, parseIncidentId } from '../table/table.ts';
import { queryPage } from '../table/verbs.ts';
import { summaryProjection, toIncidentSummary } from './incident-item.ts';

/**
 * One Query of the incident key's own partition, and none for a first episode. It need not be consistent, because
 * earlier episodes have ended. DynamoDB cuts it at 1 MB, which limits its cost.
 */
export async function readEarlierEpisodes(
  table: DynamoTable,
  incidentId: string,
  limit: number,
): Promise<SomeIncidents> {
  const address = parseIncidentId(incidentId);
  if (address === undefined || address.episode === 1) return { incidents: [], complete: true };
  const episodes = {
    where: 'pk = :pk AND sk BETWEEN :first AND :last',
    values: {
      pk: address.key,
      first: formatSortKey('incident', 1),
      last: formatSortKey('incident', address.episode - 1),
    },
    projection: summaryProjection.ProjectionExpression,
    newestFirst: true,
    mayLag: true,
  };
  // One more than asked for shows whether there are others.
  const { items, last } = await queryPage(table, episodes, { limit: limit + 1 });
  const fired = items.slice(0, limit).filter((item) => item.neverFired?.BOOL !== true);
  return {
    incidents: fired.map(toIncidentSummary),
    complete: items.length <= limit && last === undefined,
  };
}
