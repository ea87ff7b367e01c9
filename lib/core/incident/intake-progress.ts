import type { AlertGroup } from '../grouping/group-alerts.ts';
import { findHighestSeverity, getSeverityRank, severities } from '../shared/severity.ts';
import type { UnfinishedIntake } from './incident.ts';

/**
 * How far one tick came in a list. `from`: where it began; `next`: the first place that it did not come to, absent at the
 * end of the list.
 */
export type IntakeProgress = { from: string; next?: string; failed: boolean };

type Entry = { place: string; found: AlertGroup };

/**
 * What follows for an incident that has come to `own` by earlier ticks. A new one waits for the next round, so
 * that it does not send the others back.
 */
export function findUnfinished(
  own: UnfinishedIntake | undefined,
  { from, next, failed }: IntakeProgress,
): UnfinishedIntake | undefined {
  if (from > (own?.next ?? '')) return own ?? { next: '' };
  const anyFailed = failed || (from !== '' && own?.failed === true);
  if (next !== undefined) return { next, failed: anyFailed ? true : undefined };
  return anyFailed ? { next: '' } : undefined;
}

/** The most severe first, each with its place in an order that does not depend on what else is listed. */
export function listByPlace(found: AlertGroup[]): Entry[] {
  return found
    .map((each) => {
      const worst = findHighestSeverity(each.alerts.map(({ severity }) => severity)) ?? 'info';
      return { place: `${severities.length - getSeverityRank(worst)} ${each.identity.key}`, found: each };
    })
    .toSorted((a, b) => (a.place < b.place ? -1 : 1));
}
