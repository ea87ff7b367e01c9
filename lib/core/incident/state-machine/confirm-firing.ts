import type { AlertState } from '../incident.ts';
import { type Draft, setAlert } from './draft.ts';

/**
 * Takes a doubtful report for true. Returns whether its fingerprint is news to this episode. Only Alertmanager's
 * answer is evidence against the known end: without one, the resolve of that very end must still end it.
 */
export function confirmFiring(draft: Draft, alert: AlertState, evidence: 'alertmanager' | 'none'): boolean {
  const news = alert.inherited || alert.joinedSeq === 0;
  setAlert(draft, alert, {
    doubtful: false,
    confirmed: evidence === 'alertmanager',
    inherited: false,
    ...(news ? { joinedSeq: draft.seq } : {}),
  });
  return news;
}
