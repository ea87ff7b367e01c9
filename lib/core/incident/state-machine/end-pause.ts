import type { Millis } from '../../shared/time.ts';
import type { Incident } from '../incident.ts';

/** Escalation goes on: the time it was silenced counts neither for tiers nor for the reminder (rule 10). */
export function endPause(incident: Incident, now: Millis): void {
  if (incident.pausedSince === undefined) return;
  const pausedFor = now - incident.pausedSince;
  incident.clockStartedAt += pausedFor;
  incident.pagedAt += pausedFor;
  delete incident.pausedSince;
}
