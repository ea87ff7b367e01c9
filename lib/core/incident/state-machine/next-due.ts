import type { EscalationPolicy, IncidentPolicy } from '../../runbook/policy.ts';
import { isHigher, type Severity } from '../../shared/severity.ts';
import type { Millis } from '../../shared/time.ts';
import type { Incident } from '../incident.ts';
import {
  FLAPPING_ENDS_AFTER,
  LOOK_AHEAD,
  OUTBOX_AFTER,
  RECHECK_SPACING,
  UNCONFIRMED_ASK_AFTER,
} from '../limits.ts';
import { isFiring } from '../status.ts';
import { isAwaitingAcknowledgement } from './paging.ts';
import { getCutOffDueAt, getUnseenDueAt } from './truncation.ts';

/**
 * When a tick must process an incident: the earliest time at which anything becomes due; undefined if nothing
 * can. This one attribute holds every wait, so no timer can be lost.
 */
export function findNextDue(incident: Incident, policy: IncidentPolicy): Millis | undefined {
  const { paging, flapping } = incident;
  const { askedAt = 0, missingRoundAt, unconfirmedSince, pausedSince } = incident.reconcile;
  const times: Millis[] = [];
  const oldest = incident.effects[0];
  if (oldest) times.push(oldest.at + OUTBOX_AFTER);
  if (incident.muted !== undefined) times.push(incident.muted.until);
  if (flapping.changedAt !== undefined) times.push(flapping.changedAt + FLAPPING_ENDS_AFTER);
  if (incident.status === 'open') {
    times.push(getAutomaticEndAt(incident) ?? getStaleAt(incident, policy));
    if (unconfirmedSince !== undefined) times.push(unconfirmedSince + UNCONFIRMED_ASK_AFTER);
  }
  const cutOffAt = getCutOffDueAt(incident);
  if (incident.status === 'open' && cutOffAt !== undefined) times.push(cutOffAt);
  const unseenAt = getUnseenDueAt(incident);
  if (unseenAt !== undefined) times.push(unseenAt);
  if (isFiring(incident)) {
    if (missingRoundAt !== undefined) times.push(missingRoundAt + RECHECK_SPACING);
    if (pausedSince !== undefined) times.push(askedAt + RECHECK_SPACING);
    if (paging.due !== undefined) times.push(paging.due.at);
    for (const promotion of policy.promotions) {
      if (promotion.kind === 'open-longer' && isAwaitingPromotion(incident, promotion.to)) {
        times.push(incident.openedAt + promotion.after);
      }
    }
    times.push(...listEscalationTimes(incident, policy));
  }
  return times.length === 0 ? undefined : Math.min(...times);
}

/** When nothing was heard for so long that a lost resolve is likely (docs/rules.md#rule-10). */
export function getStaleAt(incident: Incident, policy: IncidentPolicy): Millis {
  return Math.max(incident.lastSeenAt, incident.reconcile.askedAt ?? 0) + policy.staleAfter;
}

/**
 * When an open incident that only this system observes ends without another report; undefined for all others.
 */
export function getAutomaticEndAt(incident: Incident): Millis | undefined {
  if (incident.status !== 'open' || incident.endsAfter === undefined) return undefined;
  return incident.lastSeenAt + incident.endsAfter;
}

/** When the next tier is called, while escalation runs. */
export function findNextTierAt(incident: Incident, escalation: EscalationPolicy): Millis | undefined {
  if (!isFiring(incident) || isEscalationPaused(incident)) return undefined;
  if (incident.ack && escalation.acknowledgeStopsTiers && !isAwaitingAcknowledgement(incident))
    return undefined;
  const next = escalation.tiers.find((step) => step.tier > incident.tiers.highest);
  return next && incident.tiers.clockStartedAt + next.after;
}

/** When on-call is reminded of an unacknowledged page. */
export function findReminderAt(incident: Incident, escalation: EscalationPolicy): Millis | undefined {
  if (!isFiring(incident) || isEscalationPaused(incident) || incident.paging.reminded) return undefined;
  if (escalation.acknowledgeWithin === undefined) return undefined;
  if (incident.ack && !isAwaitingAcknowledgement(incident)) return undefined;
  return incident.paging.lastAt + escalation.acknowledgeWithin;
}

/** Silenced in Alertmanager, or muted by a maintenance. */
function isEscalationPaused(incident: Incident): boolean {
  return incident.reconcile.pausedSince !== undefined || incident.muted !== undefined;
}

function listEscalationTimes(incident: Incident, policy: IncidentPolicy): Millis[] {
  const escalation = policy.escalation[incident.severity];
  const times: Millis[] = [];
  for (const at of [findNextTierAt(incident, escalation), findReminderAt(incident, escalation)]) {
    if (at === undefined) continue;
    const askAt = incident.endsAfter === undefined ? at - LOOK_AHEAD : at;
    times.push((incident.reconcile.askedAt ?? 0) < askAt ? askAt : at);
  }
  return times;
}

function isAwaitingPromotion(incident: Incident, to: Severity): boolean {
  return incident.promotedTo === undefined || isHigher(to, incident.promotedTo);
}
