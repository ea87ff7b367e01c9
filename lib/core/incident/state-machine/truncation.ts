import type { WebhookGroup } from '../../alert/webhook-group.ts';
import type { ObservedAlert } from '../../grouping/observed-alert.ts';
import { isHigher } from '../../shared/severity.ts';
import type { Millis } from '../../shared/time.ts';
import { isAlertFiring, mayAlertFire } from '../alert-state.ts';
import type { Incident, TruncatedGroup, Truncation, UnfinishedIntake } from '../incident.ts';
import { INTAKE_SPACING, MAX_TRUNCATED_GROUPS, RECHECK_SPACING, UNCONFIRMED_ASK_AFTER } from '../limits.ts';
import { mayFireUnseen } from '../status.ts';
import { type Draft, hasAlert, setAlert } from './draft.ts';
import {
  type CutOffFirings,
  isKnownFromAlertmanager,
  type MergeResult,
  mergeAlerts,
} from './merge-alerts.ts';

/** Stands for all groups beyond the limit. No webhook has this id, so only Alertmanager's answer ends it. */
const OTHERS = 'others';

/**
 * Records whether Alertmanager cut off alerts in a webhook's group (`max_alerts`): those alerts are unknown,
 * not gone. A complete webhook of the group ends its mark if all its alerts are resolved. That webhook must
 * not be older than the truncated one, by the alerts' own times.
 */
export function recordTruncation(draft: Draft, group: WebhookGroup | undefined, seen: ObservedAlert[]): void {
  if (group === undefined) return;
  const upTo = Math.min(draft.now, findLatestTime(seen));
  const truncation = draft.incident.truncation ?? { groups: [] };
  if (group.truncated) {
    // Alerts that ended before this episode are in the group, but not in the episode.
    const others = seen.filter(({ fingerprint }) => draft.alerts.get(fingerprint)?.joinedSeq === 0).length;
    const size = Math.max(0, group.size - others);
    const groups = addGroup(truncation.groups, {
      id: group.id,
      receiver: group.receiver,
      size,
      upTo,
    });
    const fires = seen.some((alert) => alert.status === 'firing');
    const { listed, ...known } = truncation;
    const newer = groups !== truncation.groups || listed === true;
    if (newer || (fires && truncation.missing)) setTruncation(draft, { ...known, groups, missing: false });
    return;
  }
  const ended = truncation.groups.find((known) => known.id === group.id);
  if (ended === undefined || ended.upTo > upTo || seen.some((alert) => alert.status === 'firing')) return;
  setTruncation(draft, { ...truncation, groups: truncation.groups.filter((known) => known !== ended) });
}

/** Marks an incident that only Alertmanager's list shows: webhooks may cut off its resolve as well. */
export function markTruncated(draft: Draft, groups: TruncatedGroup[], listed: ObservedAlert[]): void {
  const truncation: Truncation = draft.incident.truncation ?? { groups: [], listed: true };
  const upTo = Math.min(draft.now, findLatestTime(listed));
  const marked = groups.reduce(
    (known, group) => addGroup(known, { ...group, size: 0, upTo }),
    truncation.groups,
  );
  if (marked !== truncation.groups) setTruncation(draft, { ...truncation, groups: marked, missing: false });
}

/** Removes the mark once webhooks have named every alert that only Alertmanager's list showed. */
export function unmarkNamed(draft: Draft): void {
  const { truncation } = draft.incident;
  if (truncation?.listed !== true) return;
  if (!hasAlert(draft, isKnownFromAlertmanager)) setTruncation(draft, { groups: [] });
}

/** Returns the same list if the group adds nothing new. */
function addGroup(known: TruncatedGroup[], group: TruncatedGroup): TruncatedGroup[] {
  const own = known.find(({ id }) => id === group.id);
  if (own === undefined && group.id !== OTHERS && known.length >= MAX_TRUNCATED_GROUPS) {
    return addGroup(known, { id: OTHERS, size: group.size, upTo: group.upTo });
  }
  const size = Math.max(own?.size ?? 0, group.size);
  const upTo = Math.max(own?.upTo ?? 0, group.upTo);
  if (own?.size === size && own.upTo === upTo) return known;
  return [...known.filter((each) => each !== own), { ...group, size, upTo }];
}

function setTruncation(draft: Draft, truncation: Truncation): void {
  if (truncation.groups.length === 0) delete draft.incident.truncation;
  else {
    draft.incident.truncation = truncation;
    draft.incident.everTruncated = true;
  }
  draft.changed = true;
}

/** The newest time in the webhook, by the alerts' own clocks. */
function findLatestTime(seen: ObservedAlert[]): Millis {
  return seen.reduce(
    (latest, { status, startsAt, endsAt }) => Math.max(latest, status === 'firing' ? startsAt : endsAt),
    0,
  );
}

/**
 * What other incidents still wait for. Only incidents that webhooks showed keep it and ask each minute: those that were
 * taken in are too many for it.
 */
export function recordIntake(draft: Draft, unfinished: UnfinishedIntake | undefined): void {
  const { truncation } = draft.incident;
  if (truncation === undefined || truncation.listed) return;
  const { unfinished: known, ...rest } = truncation;
  if (known?.next === unfinished?.next && known?.failed === unfinished?.failed) return;
  draft.changed = true;
  draft.incident.truncation = { ...rest, unfinished };
}

/**
 * One round of the search for alerts that were cut off. Returns whether they are missing from this answer. After a
 * second such answer, none of them fires any more. An answer that was not taken in whole counts as neither.
 */
export function reconcileTruncated(draft: Draft, isPresent: boolean): boolean {
  const { truncation } = draft.incident;
  if (truncation === undefined) return false;
  const { missing: wasMissing = false, missingAt, ...rest } = truncation;
  if (isPresent) {
    if (wasMissing) draft.incident.truncation = { ...rest, missing: false };
    return false;
  }
  const isWhole = truncation.unfinished === undefined;
  const since = (wasMissing ? missingAt : undefined) ?? (isWhole ? draft.now : undefined);
  if (isWhole && since !== undefined && draft.now - since >= RECHECK_SPACING) {
    delete draft.incident.truncation;
    return false;
  }
  draft.incident.truncation = {
    ...rest,
    missing: true,
    missingAt: since,
  };
  return true;
}

/** Whether Alertmanager has an alert of this incident that no webhook reported: one that was cut off. */
export function hasUnknown(draft: Draft, present: Iterable<string>): boolean {
  for (const fingerprint of present) {
    const alert = draft.alerts.get(fingerprint);
    if (alert === undefined || !mayAlertFire(alert) || isKnownFromAlertmanager(alert)) return true;
  }
  return false;
}

/**
 * Merges alerts that Alertmanager lists and its webhooks cut off, as if a webhook had reported them. The most
 * severe come first, and get the remaining room for alerts and for details.
 */
export function mergeCutOff(draft: Draft, cutOff: ObservedAlert[]): MergeResult & CutOffFirings {
  const worstFirst = cutOff.toSorted(
    (a, b) => Number(isHigher(b.severity, a.severity)) - Number(isHigher(a.severity, b.severity)),
  );
  draft.seen = worstFirst;
  const merged = mergeAlerts(draft, worstFirst);
  const firing = worstFirst.flatMap(({ fingerprint }) => {
    const alert = draft.alerts.get(fingerprint);
    return alert !== undefined && isAlertFiring(alert) ? alert : [];
  });
  for (const alert of firing) setAlert(draft, alert, { state: 'confirmed' });
  if (merged.unconfirmed > 0) draft.incident.reconcile.unconfirmedSince ??= draft.now;
  return { ...merged, severities: firing.map(({ severity }) => severity) };
}

/**
 * When to ask Alertmanager for alerts that it cut off: at the next tick after news and while not all is taken in, then
 * every five minutes.
 */
export function getCutOffDueAt({
  truncation,
  reconcile: { askedAt },
  lastSeenAt,
}: Incident): Millis | undefined {
  if (truncation === undefined) return undefined;
  if (askedAt === undefined || askedAt <= lastSeenAt) return lastSeenAt;
  return askedAt + (truncation.unfinished === undefined ? RECHECK_SPACING : INTAKE_SPACING);
}

/** The same for an incident that a person has resolved, and for its unconfirmed alerts. */
export function getUnseenDueAt(incident: Incident): Millis | undefined {
  if (!mayFireUnseen(incident)) return undefined;
  const { unconfirmedSince } = incident.reconcile;
  const doubtAt = unconfirmedSince === undefined ? Infinity : unconfirmedSince + UNCONFIRMED_ASK_AFTER;
  return Math.min(getCutOffDueAt(incident) ?? Infinity, doubtAt);
}
