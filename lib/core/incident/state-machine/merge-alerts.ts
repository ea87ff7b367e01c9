import type { ObservedAlert } from '../../grouping/observed-alert.ts';
import { isHigher } from '../../shared/severity.ts';
import type { Millis } from '../../shared/time.ts';
import { type AlertState, INCIDENT_SCHEMA } from '../incident.ts';
import { MAX_TRACKED_ALERTS } from '../limits.ts';
import { type AlertNews, classify } from './classify.ts';
import { type Draft, setAlert } from './draft.ts';
import { limitReportedTimes, settleTimes } from './settle-times.ts';
import { recordFiring, recordWatchedValue } from './severity.ts';

/** What the alerts of one delivery came to, counted. */
export type MergeResult = {
  /** Fingerprints that this episode did not know. */
  joined: number;
  /** Known fingerprints that fire anew. */
  again: number;
  unconfirmed: number;
  ended: number;
  /** Of `ended`: doubtful reports, which end without a word. */
  endedUnconfirmed: number;
  /** Late or unknown resolves that were only remembered. */
  remembered: number;
};

/** Folds the alerts of one delivery into the draft. Whether anybody is told is decided afterwards. */
export function mergeAlerts(draft: Draft, seen: ObservedAlert[], now: Millis): MergeResult {
  const taken: MergeResult = {
    joined: 0,
    again: 0,
    unconfirmed: 0,
    ended: 0,
    endedUnconfirmed: 0,
    remembered: 0,
  };
  let untracked = 0;
  // What there was no room for once has none later in the same webhook.
  const full = new Set<string>();
  const bounded = limitReportedTimes(draft);
  for (const alert of seen) {
    const known = draft.alerts.get(alert.fingerprint);
    if (known === undefined) {
      const kind = alert.status === 'firing' ? alert.severity : alert.status;
      const room = full.has(kind) ? 'none' : makeRoom(draft, alert);
      if (room === 'none') full.add(kind);
      if (room === 'taken' || (room === 'none' && alert.status === 'firing')) untracked += 1;
      if (room === 'none') continue;
    }
    const settled = bounded(known, settleTimes(known, alert, now));
    take(draft, taken, classify(known, settled), known, settled);
  }
  if (untracked > draft.incident.overflow) {
    taken.joined += draft.incident.overflow === 0 ? 1 : 0;
    draft.incident.overflow = untracked;
    draft.changed = true;
  }
  return taken;
}

function take(
  draft: Draft,
  taken: MergeResult,
  news: AlertNews,
  known: AlertState | undefined,
  seen: ObservedAlert,
): void {
  switch (news) {
    case 'fires':
    case 'fires-again': {
      const fresh = news === 'fires';
      const base = known ?? unknownAlert(seen);
      setAlert(draft, base, {
        severity: seen.severity,
        identity: seen.identity,
        firing: true,
        unconfirmed: false,
        missing: false,
        carriedOver: false,
        confirmed: false,
        vanished: false,
        ...laterTimes(base, seen, { start: true }),
        ...(fresh ? { joinedSeq: draft.seq } : {}),
      });
      recordFiring(draft, seen.fingerprint, seen.startsAt);
      recordWatchedValue(draft, seen.fingerprint, seen.watchedValue);
      if (fresh) {
        taken.joined += 1;
        draft.details.push(seen.detail);
      } else {
        taken.again += 1;
      }
      return;
    }
    case 'repeats': {
      if (known === undefined) return;
      // Alertmanager keeps the earliest start on overlap; the latest is what a late resolve is held against.
      const isLater = seen.startsAt > known.startsAt;
      const times = isLater ? laterTimes(known, seen, { start: true }) : {};
      const isNamed = isKnownFromAlertmanager({ ...known, ...times });
      if (isLater || isNamed || known.missing) {
        setAlert(draft, known, { ...times, missing: false, ...(isNamed ? { confirmed: false } : {}) });
      }
      if (isLater) recordFiring(draft, seen.fingerprint, seen.startsAt);
      return;
    }
    case 'unconfirmed': {
      if (known === undefined) return;
      const times = laterTimes(known, seen, { start: true });
      setAlert(draft, known, { firing: true, unconfirmed: true, missing: false, ...times });
      recordWatchedValue(draft, seen.fingerprint, seen.watchedValue);
      if (known.carriedOver) draft.details.push(seen.detail);
      taken.unconfirmed += 1;
      return;
    }
    case 'ends': {
      if (known === undefined) return;
      taken.ended += 1;
      if (known.unconfirmed) taken.endedUnconfirmed += 1;
      setAlert(draft, known, {
        firing: false,
        unconfirmed: false,
        missing: false,
        confirmed: false,
        // A start that we fixed must be known again, or the firing that this ends would be news when it comes late.
        ...laterTimes(known, seen, { start: seen.reported !== undefined, end: true }),
      });
      return;
    }
    case 'ended': {
      taken.remembered += 1;
      const base = known ?? unknownAlert(seen);
      const times = laterTimes(base, seen, { start: !base.firing, end: true });
      setAlert(draft, base, { ...times, ...(base.firing ? {} : { vanished: false }) });
      return;
    }
    case 'stale':
      return;
  }
}

/** Whether Alertmanager's API has told this firing, and no webhook: those cut it off. */
export function isKnownFromAlertmanager({ firing, confirmed, startsAt, endsAt }: AlertState): boolean {
  // What webhooks told is confirmed only against an end that is not older than its start.
  return firing && confirmed && endsAt < startsAt;
}

/** The latest known start, end or both, with what the sender said of them where that was not believed. */
function laterTimes(
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

function unknownAlert(seen: ObservedAlert): AlertState {
  return {
    fingerprint: seen.fingerprint,
    identity: seen.identity,
    severity: seen.severity,
    firing: false,
    unconfirmed: false,
    missing: false,
    carriedOver: seen.status === 'resolved',
    confirmed: false,
    vanished: false,
    startsAt: seen.startsAt,
    endsAt: 0,
    joinedSeq: 0,
    ...(seen.reported?.startsAt === undefined ? {} : { reported: { startsAt: seen.reported.startsAt } }),
  };
}

/**
 * Past the cap an alert that no longer fires gives its place to a new one (`free`), and one that fires gives it to a
 * more severe one (`taken`), so that a critical alert pages however many warnings there are.
 */
function makeRoom(draft: Draft, { status, severity }: ObservedAlert): 'free' | 'taken' | 'none' {
  if (draft.alerts.size < MAX_TRACKED_ALERTS) return 'free';
  let oldest: AlertState | undefined;
  let mildest: AlertState | undefined;
  for (const alert of draft.alerts.values()) {
    if (!alert.firing) {
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

/** Marks the present version as seen, at most as often as `every`, because each mark costs a write. */
export function markSeen(draft: Draft, now: Millis, every: Millis): void {
  if (!draft.changed && now - draft.incident.lastSeenAt < every) return;
  draft.incident.lastSeenAt = now;
  draft.incident.schema = INCIDENT_SCHEMA;
  draft.changed = true;
}
