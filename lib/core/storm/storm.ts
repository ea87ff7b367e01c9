import type { Claimed } from '../delivery/claim.ts';
import type { NoticeMessage } from '../delivery/deliver-message-schema.ts';
import type { MessageRef } from '../delivery/delivery.ts';
import { isCounted } from '../incident/alert-state.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import { redactNamedText } from '../redaction/redact-texts.ts';
import { listCalled, type Target } from '../routing/target.ts';
import { hashSha256 } from '../shared/hash.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import type { Severity } from '../shared/severity.ts';
import { MINUTE, type Millis, SECOND } from '../shared/time.ts';

/**
 * A storm: more incidents open than people can read one by one. At each destination the incidents that are
 * not critical share one message, the digest, which is updated in place.
 */
export type Storm = { place: string; startedAt: Millis };

/** One incident in a digest, as of its version `seq`. */
export type StormEntry = {
  incidentId: string;
  seq: number;
  /** When this version was put into the digest, and when the incident's first version was. */
  at: Millis;
  addedAt: Millis;
  alertname: string;
  /** Values of the other labels in `group_by`, on one line. */
  group: string;
  source: string;
  severity: Severity;
  openedAt: Millis;
  alerts: number;
  /** `standalone`: the incident has a message of its own by now. */
  state: 'firing' | 'resolved' | 'standalone';
};

/** What people can see of a digest. `shownAt` 0: nothing yet. */
export type DigestRecord = Claimed & {
  ref?: MessageRef;
  /** Every entry added before this time is shown. */
  shownAt: Millis;
  closedAt?: Millis;
};

/**
 * Default of new incidents a minute and destination above which they share a digest; routing.yaml may change
 * it.
 */
const DEFAULT_STORM_AFTER = 20;

/** How many new incidents a minute, at one destination, each have a message of their own. */
export function getStormAfter({ stormAfter }: { stormAfter?: number }): number {
  return stormAfter ?? DEFAULT_STORM_AFTER;
}

/** A storm ends after this time with fewer than half as many incidents a minute as began it. */
export const STORM_ENDS_AFTER: Millis = 2 * MINUTE;

/** Clocks of two runs may differ by this much, so a read may miss entries added shortly before it. */
export const CLOCK_MARGIN: Millis = SECOND;

/** Kept short: an entry is written with each change and read with each edit of the digest. */
const MAX_GROUP_WORDS = 80;

/** What a storm is counted by: a place, or the same set of people where each reader is addressed. */
export function getDestinationKey(target: Target): string {
  if (!Array.isArray(target.to)) return target.destination;
  return `${target.channel}:${hashSha256(listCalled(target).toSorted().join(' '), 16)}`;
}

/**
 * Whether this message may become a line in a digest. Never if the incident is or was critical, nor if the
 * message calls people by name.
 */
export function mayJoinDigest(message: NoticeMessage, incident: Incident): boolean {
  if (message.failover !== undefined || wasCritical(incident)) return false;
  switch (message.effect.reason) {
    case 'reminder':
    case 'escalated':
    case 'flapping':
    case 'unverified':
      return false;
    case 'opened':
    case 'joined':
    case 'raised':
    case 'updated':
    case 'acknowledged':
    case 'reopened':
    case 'resolved':
    case 'closed':
      return true;
  }
}

export function wasCritical(incident: Incident): boolean {
  return (
    incident.severity === 'critical' ||
    incident.severityHistory.some(({ severity }) => severity === 'critical')
  );
}

export function toStormEntry(
  incident: Incident,
  { effect }: NoticeMessage,
  now: Millis,
  standalone = false,
): StormEntry {
  return {
    incidentId: incident.id,
    seq: Math.max(effect.seq, incident.version),
    at: now,
    addedAt: now,
    alertname: incident.alertname,
    group: groupWords(incident),
    source: incident.source,
    severity: incident.severity,
    openedAt: incident.openedAt,
    alerts: incident.alerts.filter(isCounted).length + incident.overflow,
    state: standalone ? 'standalone' : isFiring(incident) ? 'firing' : 'resolved',
  };
}

function groupWords({ group }: Incident): string {
  const others = Object.entries(group).filter(([name]) => name !== 'alertname');
  return clip(
    toOneLine(others.map(([name, value]) => redactNamedText(name, value)).join(' ')),
    MAX_GROUP_WORDS,
  );
}

/**
 * When a channel shows a digest: `first` after the storm began, then `between` one version and the next. An edit
 * disturbs nobody. Where nothing can be edited, each version is a new message, so it waits for more entries.
 */
export type DigestTiming = { first: Millis; between: Millis };

/** When the digest may be shown next. */
export function getDigestDueAt(
  digest: DigestRecord,
  startedAt: Millis,
  { first, between }: DigestTiming,
): Millis {
  return digest.shownAt === 0 ? startedAt + first : digest.shownAt + between;
}

/** The new end of the storm; `undefined` if too few incidents arrive to extend it. */
export function extendStorm(entries: StormEntry[], stormAfter: number, now: Millis): Millis | undefined {
  const lately = entries.filter((entry) => entry.addedAt > now - MINUTE).length;
  return lately >= Math.ceil(stormAfter / 2) ? now + STORM_ENDS_AFTER : undefined;
}
