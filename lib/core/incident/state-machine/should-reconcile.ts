import type { IncidentPolicy } from '../../runbook/policy.ts';
import type { Millis } from '../../shared/time.ts';
import type { Incident } from '../incident.ts';
import { FLAPPING_ENDS_AFTER, LOOK_AHEAD, RECHECK_SPACING, UNCONFIRMED_ASK_AFTER } from '../limits.ts';
import { isFiring, mayFireUnseen } from '../status.ts';
import { findNextTierAt, findReminderAt, getStaleAt } from './next-due.ts';
import { getCutOffDueAt, getUnseenDueAt } from './truncation.ts';

/**
 * Whether a tick should ask the source's Alertmanager first (docs/rules.md#rule-5 and #rule-10). Reasons: an
 * unconfirmed firing, a long silence, a second answer, alerts that were cut off, or a notice that is about to
 * go out.
 */
export function shouldReconcile(incident: Incident, now: Millis, policy: IncidentPolicy): boolean {
  const { paging, flapping } = incident;
  const { askedAt = 0, missingRoundAt, unconfirmedSince, pausedSince } = incident.reconcile;
  if (mayFireUnseen(incident)) return now >= (getUnseenDueAt(incident) ?? now);
  if (incident.status !== 'open' || incident.endsAfter !== undefined) return false;
  if (unconfirmedSince !== undefined && now >= unconfirmedSince + UNCONFIRMED_ASK_AFTER) return true;
  if (now >= getStaleAt(incident, policy)) return true;
  const cutOffAt = getCutOffDueAt(incident);
  if (!isFiring(incident)) return cutOffAt !== undefined && now >= cutOffAt;

  if (incident.muted !== undefined && now >= incident.muted.until) return true;
  if (missingRoundAt !== undefined && now >= missingRoundAt + RECHECK_SPACING) return true;
  if (cutOffAt !== undefined && now >= cutOffAt) return true;
  if (pausedSince !== undefined) return now >= askedAt + RECHECK_SPACING;
  if (paging.due !== undefined && now >= paging.due.at) return true;
  if (flapping.changedAt !== undefined && now >= flapping.changedAt + FLAPPING_ENDS_AFTER) return true;

  const escalation = policy.escalation[incident.severity];
  return [findNextTierAt(incident, escalation), findReminderAt(incident, escalation)].some((at) => {
    if (at === undefined) return false;
    if (now >= at) return true;
    return now >= at - LOOK_AHEAD && askedAt < at - LOOK_AHEAD;
  });
}
