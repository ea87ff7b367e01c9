import { commit, type Transition } from './commit.ts';
import type { Draft } from './draft.ts';
import type { CutOffFirings, Firings } from './merge-alerts.ts';
import { pageForNews } from './paging.ts';
import type { SeverityMove } from './severity.ts';
import { summaries } from './summaries.ts';

const NONE: CutOffFirings = { joined: 0, refired: 0, severities: [] };

/**
 * Announces what fires since now in an open incident: as raised if its severity rose, else as joined. Decides
 * whether that interrupts people. `undefined`: neither happened, and nothing is committed.
 */
export function announceFirings(
  draft: Draft,
  move: SeverityMove,
  { reported = NONE, cutOff = NONE, ended }: { reported?: Firings; cutOff?: CutOffFirings; ended: number },
): Transition | undefined {
  const { severity } = draft.incident;
  const ping = pageForNews(draft, move, reported.joined + cutOff.joined > 0);
  const joined = reported.joined + reported.refired;
  const counts = { joined, ended, cutOff: cutOff.joined + cutOff.refired };
  if (move.raised) {
    const cutOffWorst = cutOff.severities.filter((each) => each === severity).length;
    return commit(draft, 'raised', summaries.raised(severity, { ...counts, cutOffWorst }, ping));
  }
  if (joined + counts.cutOff === 0) return undefined;
  return commit(draft, 'joined', summaries.joined(counts, ping));
}
