import type { ListedIncident } from '../api/answers.ts';
import type { Answer, Api } from '../api/client.ts';

/** An answer may be empty although more follows. After so many of those in a row, the reader decides. */
const MOST_EMPTY = 25;

export type LoadedPage = { incidents: ListedIncident[]; cursor?: string };

/** The next page with incidents, or the end, or, after many empty pages, the place to go on from. */
export async function loadPage(
  list: Api['list'],
  parameters: Record<string, string>,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Answer<LoadedPage>> {
  let at = cursor;
  for (let empty = 0; ; empty += 1) {
    const answer = await list({ ...parameters, cursor: at }, signal);
    if (answer.kind !== 'ok') return answer;
    const { incidents, cursor: next } = answer.value;
    if (incidents.length > 0 || next === undefined || empty >= MOST_EMPTY) {
      return { kind: 'ok', value: { incidents, cursor: next } };
    }
    at = next;
  }
}
