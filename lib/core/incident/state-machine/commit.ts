import type { AlertDetail } from '../../alert/alert.ts';
import type { Tier } from '../../runbook/policy.ts';
import { isEnd, type NoticeReason } from '../effect.ts';
import type { AlertMoves, Effect } from '../effect-schema.ts';
import type { Incident } from '../incident.ts';
import { MAX_EFFECT_MOVES, MAX_WAITING_EFFECTS, MAX_WAITING_MOVES } from '../limits.ts';
import { carryDetails } from './carry-details.ts';
import type { Draft } from './draft.ts';
import { countPages, recordTierPages, shouldCallByName } from './escalation.ts';
import { findNextDue } from './next-due.ts';

/** The result of a transition, for the answer to its caller. */
export type TransitionOutcome = NoticeReason | 'duplicate' | 'recorded' | 'unchanged';

export type Transition = {
  /** The same object when nothing changed; then nothing is written. */
  incident: Incident | undefined;
  /** Effects decided now, at most one; already in `incident.effects`, after older ones. */
  effects: Effect[];
  outcome: TransitionOutcome;
  /** True when `incident` differs from the given one and must be written. */
  changed: boolean;
};

/** What a transition tells people, or adds to the history: the part of its effect that the draft does not say. */
export type Announcement = Pick<
  Effect,
  'kind' | 'reason' | 'ping' | 'summary' | 'userAction' | 'flappingOver' | 'unverified'
> & {
  /** Absent: every tier up to the incident's. */
  tiers?: Tier[];
};

/** Turns a finished draft into the new incident: version, effect, next due time. */
export function commit(
  draft: Draft,
  outcome: TransitionOutcome,
  announcement: Announcement | undefined,
): Transition {
  const { incident, policy } = draft;
  incident.version = draft.seq;
  incident.alerts = [...draft.alerts.values()];
  const details = carryDetails(draft, announcement !== undefined);
  const effects: Effect[] = announcement ? [toEffect(draft, announcement, details)] : [];
  for (const { kind, seq, reason, ping, tiers } of effects) {
    if (kind === 'record') continue;
    if ((ping || isEnd(reason)) && incident.muted === undefined) incident.paging.lastNews = { seq, reason };
    if (shouldCallByName({ reason, ping }, incident.severity)) recordTierPages(draft, tiers);
    if (ping && incident.muted === undefined) countPages(incident, tiers);
  }
  incident.effects = limitEffects([...incident.effects, ...effects]);
  const due = findNextDue(incident, policy);
  if (due === undefined) delete incident.nextDueAt;
  else incident.nextDueAt = due;
  return { incident, effects, outcome, changed: true };
}

/** Nothing is written, and the caller gets the incident that it gave. */
export function leaveUnchanged({ before }: Draft, outcome: TransitionOutcome = 'unchanged'): Transition {
  return { incident: before, effects: [], outcome, changed: false };
}

function toEffect(draft: Draft, announcement: Announcement, details: AlertDetail[]): Effect {
  const { incident, seq, now, moves } = draft;
  const { highest: tier } = incident.tiers;
  return {
    ...announcement,
    id: `${incident.id}:${seq}`,
    seq,
    at: now,
    tier,
    tiers: announcement.tiers ?? listTiersUpTo(tier),
    details,
    moves: moves.size > 0 ? toAlertMoves(draft) : undefined,
  };
}

function toAlertMoves({ moves, incident }: Draft): AlertMoves {
  const waiting = incident.effects.reduce((sum, { moves: own }) => sum + countNamed(own), 0);
  const named = [...moves].slice(0, Math.max(0, Math.min(MAX_EFFECT_MOVES, MAX_WAITING_MOVES - waiting)));
  const select = (began: boolean) =>
    named.flatMap(([fingerprint, each]) => (each === began ? fingerprint : []));
  return { began: select(true), ended: select(false), more: moves.size - named.length };
}

function countNamed(moves: AlertMoves | undefined): number {
  return moves === undefined ? 0 : moves.began.length + moves.ended.length;
}

function listTiersUpTo(tier: Tier): Tier[] {
  return ([1, 2, 3] as const).filter((each) => each <= tier);
}

/** While the queue is down the item must stay small: the oldest quiet effects are dropped, pages never. */
function limitEffects(effects: Effect[]): Effect[] {
  let excess = effects.length - MAX_WAITING_EFFECTS;
  if (excess <= 0) return effects;
  return effects.filter((effect) => {
    if (excess <= 0 || effect.ping || effect.reason === 'resolved') return true;
    excess -= 1;
    return false;
  });
}
