import { isoTime } from '../shared/format-utc.ts';
import type { IncidentQuery } from './history.ts';

/**
 * The query string of the page after this one. The range is written out, so that a default one, which moves with the
 * clock, stays where the first page had it.
 */
export function nextPage(
  { after: _after, from, to, limit, ...filters }: IncidentQuery,
  cursor: string,
): string {
  return new URLSearchParams({
    ...filters,
    from: isoTime(from),
    to: isoTime(to),
    limit: String(limit),
    cursor,
  }).toString();
}
