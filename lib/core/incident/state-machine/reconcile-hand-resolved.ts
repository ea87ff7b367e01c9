import { isAlertFiring } from '../alert-state.ts';
import type { AlertmanagerStatus } from '../event.ts';
import { commit, type Transition } from './commit.ts';
import { type Draft, hasAlert } from './draft.ts';
import { findVanished } from './find-vanished.ts';
import { isKnownFromAlertmanager } from './merge-alerts.ts';
import { reopen } from './reopen.ts';
import { settleUnconfirmed } from './settle-unconfirmed.ts';
import { hasUnknown, mergeCutOff, recordIntake } from './truncation.ts';

type Answer = Extract<AlertmanagerStatus, { kind: 'answer' }>;

/**
 * Applies Alertmanager's list to an incident that a person resolved while alerts were cut off
 * (docs/rules.md#rule-12). An alert that the person could not have seen reopens it.
 */
export function reconcileHandResolved(draft: Draft, answer: Answer): Transition {
  const { incident, now } = draft;
  incident.reconcile.askedAt = now;
  recordIntake(draft, answer.unfinished);
  const active = new Set(answer.active);
  const suppressed = new Set(answer.suppressed);

  const isRepeated = isRepeatedByList(draft, active);
  const confirmed = settleUnconfirmed(draft, active);
  const found = mergeCutOff(draft, answer.cutOff ?? []);
  const news = confirmed.joined + confirmed.refired + found.joined + found.refired;
  if (news > 0 || isRepeated) return reopen(draft);

  const present = (fingerprint: string) => active.has(fingerprint) || suppressed.has(fingerprint);
  const left = {
    any: active.size + suppressed.size > 0,
    unknown: hasUnknown(draft, active) || hasUnknown(draft, suppressed),
  };
  findVanished(draft, present, left);
  // Every alert that the person ended has resolved by itself since, so the usual rules apply again.
  if (incident.truncation === undefined && !hasAlert(draft, isAlertFiring)) incident.resolution = 'alerts';
  return commit(draft, 'recorded', undefined);
}

/** No webhook repeats an alert that only the list shows. The first list after the reopen window counts as its repeat. */
export function isRepeatedByList(draft: Draft, active: Set<string>): boolean {
  const { incident, now, policy } = draft;
  const { status, resolvedAt = now } = incident;
  if (status === 'open' || now - resolvedAt <= policy.reopenWindow) return false;
  return hasAlert(draft, (alert) => active.has(alert.fingerprint) && isKnownFromAlertmanager(alert));
}
