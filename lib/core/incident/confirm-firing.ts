import { type Draft, setAlert } from './draft.ts';
import type { AlertState } from './incident.ts';

/** Takes a doubtful report for true. Returns whether its fingerprint is news to this episode. */
export function confirmFiring(draft: Draft, alert: AlertState): boolean {
  const news = alert.inherited || alert.joinedSeq === 0;
  setAlert(draft, alert, {
    doubtful: false,
    confirmed: true,
    inherited: false,
    ...(news ? { joinedSeq: draft.seq } : {}),
  });
  return news;
}
