import type { ObservedAlert } from '../../grouping/observed-alert.ts';
import { isHigher, type Severity } from '../../shared/severity.ts';
import type { Millis } from '../../shared/time.ts';
import { type AlertState, isAlertConfirmed, isCounted, mayAlertFire } from '../alert-state.ts';
import { INCIDENT_SCHEMA } from '../incident.ts';
import { MAX_TRACKED_ALERTS } from '../limits.ts';
import { type AlertNews, classify } from './deduplicate.ts';
import { type Draft, setAlert } from './draft.ts';
import { limitReportedTimes, settleTimes } from './settle-times.ts';
import { recordFiring, recordWatchedValue } from './severity.ts';

/** Counts of alerts that fire since now. */
export type Firings = {
  /** Fingerprints new to this episode. */
  joined: number;
  /** Known fingerprints that fire again. */
  refired: number;
};

/** Those that Alertmanager lists and its webhooks cut off, and the severities of all that it lists. */
export type CutOffFirings = Firings & { severities: Severity[] };

/** Counts of what the alerts of one webhook changed. */
export type MergeResult = Firings & {
  unconfirmed: number;
  ended: number;
  /** Of `ended`: unconfirmed firings, which end silently. */
  endedUnconfirmed: number;
  /** Late or unknown resolves that were only recorded. */
  recorded: number;
};

/** Merges the alerts of one webhook into the draft. The caller decides whether to notify anybody. */
export function mergeAlerts(draft: Draft, seen: ObservedAlert[]): MergeResult {
  const result: MergeResult = {
    joined: 0,
    refired: 0,
    unconfirmed: 0,
    ended: 0,
    endedUnconfirmed: 0,
    recorded: 0,
  };
  let untracked = 0;
  // What there was no room for once has none later in the same webhook.
  const full = new Set<string>();
  const limitTimes = limitReportedTimes(draft);
  for (const alert of seen) {
    const known = draft.alerts.get(alert.fingerprint);
    if (known === undefined) {
      const kind = alert.status === 'firing' ? alert.severity : alert.status;
      const room = full.has(kind) ? 'none' : makeRoom(draft, alert);
      if (room === 'none') full.add(kind);
      if (room === 'taken' || (room === 'none' && alert.status === 'firing')) untracked += 1;
      if (room === 'none') continue;
    }
    const settled = limitTimes(known, settleTimes(known, alert, draft.now));
    mergeAlert(draft, result, classify(known, settled), known ?? createAlertState(settled), settled);
  }
  if (untracked > draft.incident.overflow) {
    result.joined += draft.incident.overflow === 0 ? 1 : 0;
    draft.incident.overflow = untracked;
    draft.changed = true;
  }
  return result;
}

function mergeAlert(
  draft: Draft,
  result: MergeResult,
  news: AlertNews,
  known: AlertState,
  seen: ObservedAlert,
): void {
  switch (news) {
    case 'fires':
      result.joined += 1;
      draft.details.push(seen.detail);
      mergeFiring(draft, known, seen, draft.seq);
      return;
    case 'fires-again':
      result.refired += 1;
      mergeFiring(draft, known, seen, known.joinedSeq);
      return;
    case 'repeats':
      mergeRepeat(draft, known, seen);
      return;
    case 'unconfirmed':
      result.unconfirmed += 1;
      if (!isCounted(known)) draft.details.push(seen.detail);
      setAlert(draft, known, { state: 'unconfirmed', ...findLaterTimes(known, seen, { start: true }) });
      recordWatchedValue(draft, seen.fingerprint, seen.watchedValue);
      return;
    case 'ends':
      result.ended += 1;
      if (known.state === 'unconfirmed') result.endedUnconfirmed += 1;
      setAlert(draft, known, {
        state: 'resolved',
        // Keep a start that we fixed, or the firing that this resolve ends would be news when it arrives
        // late.
        ...findLaterTimes(known, seen, { start: seen.reported !== undefined, end: true }),
      });
      return;
    case 'ended': {
      result.recorded += 1;
      const fires = mayAlertFire(known);
      const times = findLaterTimes(known, seen, { start: !fires, end: true });
      setAlert(draft, known, { ...times, state: fires ? known.state : 'resolved' });
      return;
    }
    case 'stale':
      return;
  }
}

function mergeFiring(draft: Draft, known: AlertState, seen: ObservedAlert, joinedSeq: number): void {
  const { severity, identity } = seen;
  const times = findLaterTimes(known, seen, { start: true });
  setAlert(draft, known, { severity, identity, state: 'firing', ...times, joinedSeq });
  recordFiring(draft, seen.fingerprint, seen.startsAt);
  recordWatchedValue(draft, seen.fingerprint, seen.watchedValue);
}

function mergeRepeat(draft: Draft, known: AlertState, seen: ObservedAlert): void {
  // Alertmanager keeps the earliest start on overlap; a late resolve is compared with the latest.
  const isLater = seen.startsAt > known.startsAt;
  const times = isLater ? findLaterTimes(known, seen, { start: true }) : {};
  const state = isKnownFromAlertmanager({ ...known, ...times }) ? 'firing' : getPresentState(known);
  if (isLater || state !== known.state) setAlert(draft, known, { ...times, state });
  if (isLater) recordFiring(draft, seen.fingerprint, seen.startsAt);
}

/** Whether only Alertmanager's API reported this firing, because webhooks cut it off. */
export function isKnownFromAlertmanager(alert: AlertState): boolean {
  // A firing from a webhook is confirmed only against an end that is not older than its start.
  return isAlertConfirmed(alert) && alert.endsAt < alert.startsAt;
}

/** The state of an alert that is no longer missing. */
function getPresentState({ state }: AlertState): AlertState['state'] {
  if (state === 'missing') return 'firing';
  return state === 'confirmed-missing' ? 'confirmed' : state;
}

/** The latest known start, end or both, with the sender's own times if we replaced them. */
function findLaterTimes(
  known: AlertState,
  seen: ObservedAlert,
  which: { start?: boolean; end?: boolean },
): Partial<AlertState> {
  const start = which.start === true && seen.startsAt > known.startsAt;
  const end = which.end === true && seen.endsAt > known.endsAt;
  const times = { ...(start && { startsAt: seen.startsAt }), ...(end && { endsAt: seen.endsAt }) };
  if (known.reported === undefined && seen.reported === undefined) return times;
  const startsAt = (start ? seen : known).reported?.startsAt;
  const endsAt = (end ? seen : known).reported?.endsAt;
  const isBelieved = startsAt === undefined && endsAt === undefined;
  return { ...times, reported: isBelieved ? undefined : { startsAt, endsAt } };
}

function createAlertState(seen: ObservedAlert): AlertState {
  return {
    fingerprint: seen.fingerprint,
    identity: seen.identity,
    severity: seen.severity,
    state: 'resolved',
    startsAt: seen.startsAt,
    endsAt: 0,
    joinedSeq: 0,
    reported: seen.reported?.startsAt === undefined ? undefined : { startsAt: seen.reported.startsAt },
  };
}

/**
 * Makes room at the limit. `free`: an alert that no longer fires was removed. `taken`: a firing alert of lower severity
 * was removed, so that a critical alert pages behind any number of warnings. `none`: there is no room.
 */
function makeRoom(draft: Draft, { status, severity }: ObservedAlert): 'free' | 'taken' | 'none' {
  if (draft.alerts.size < MAX_TRACKED_ALERTS) return 'free';
  let oldest: AlertState | undefined;
  let mildest: AlertState | undefined;
  for (const alert of draft.alerts.values()) {
    if (!mayAlertFire(alert)) {
      if (oldest === undefined || alert.endsAt < oldest.endsAt) oldest = alert;
    } else if (isHigher(severity, alert.severity)) {
      if (mildest === undefined || isHigher(mildest.severity, alert.severity)) mildest = alert;
    }
  }
  const place = oldest ?? (status === 'firing' ? mildest : undefined);
  if (place === undefined) return 'none';
  draft.alerts.delete(place.fingerprint);
  return place === oldest ? 'free' : 'taken';
}

/** Records the time of the last report, at most once in `every`, because each record costs a write. */
export function markSeen(draft: Draft, every: Millis): void {
  if (!draft.changed && draft.now - draft.incident.lastSeenAt < every) return;
  draft.incident.lastSeenAt = draft.now;
  draft.incident.schema = INCIDENT_SCHEMA;
  draft.changed = true;
}
