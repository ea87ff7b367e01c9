import type { Incident } from '../incident/incident.ts';
import { listCalled, type Target } from '../routing/target.ts';
import type { CatchUp } from './catch-up-message.ts';
import type { NoticeMessage } from './deliver-message-schema.ts';
import type { DestinationRecord } from './delivery.ts';

/** The record after a late page, which covers the pages up to the incident's current version. */
export function addCatchUp(
  record: DestinationRecord,
  { message: { effect }, covered }: CatchUp,
  { version, tiers: { highest: tier } }: Incident,
): DestinationRecord {
  return {
    ...record,
    lastPingSeq: Math.max(record.lastPingSeq, version),
    lastTier: Math.max(record.lastTier, tier),
    // The late page also names who acknowledged.
    lastUserActionSeq: Math.max(record.lastUserActionSeq ?? 0, version),
    caughtUp: { from: effect.seq, seq: version, called: listCalled(covered) },
  };
}

/** The record after a late page since which nothing has happened that interrupts people. */
export function recordLateNotice(
  record: DestinationRecord,
  { effect, target }: NoticeMessage,
  { version }: Incident,
): DestinationRecord {
  return { ...record, caughtUp: { from: effect.seq, seq: version, called: listCalled(target) } };
}

/** Whether a late page was this one, or covered it. */
export function wasNotifiedLate(
  { effect: { seq }, target }: NoticeMessage,
  { caughtUp }: DestinationRecord,
): boolean {
  if (caughtUp === undefined || seq < caughtUp.from || seq > caughtUp.seq) return false;
  return hasCalledAll(caughtUp, target);
}

/**
 * Whether this page interrupted its people, by itself or by a late page that covered it. A page from before the tier
 * clock restarted counts as covered, because the restarted tiers call people again.
 */
export function wasPaged(
  { effect: { seq, at }, target }: NoticeMessage,
  record: DestinationRecord,
  { tiers: { clockStartedAt } }: Incident,
): boolean {
  if (record.lastPingSeq < seq) return false;
  const late = findCoveringLatePage(record, seq);
  return late === undefined || at < clockStartedAt || hasCalledAll(late, target);
}

/** The record after calling people whom the late page did not call. */
export function recordCalled(
  record: DestinationRecord,
  { effect, target }: NoticeMessage,
): DestinationRecord {
  const late = findCoveringLatePage(record, effect.seq);
  if (late === undefined) return record;
  return { ...record, caughtUp: { ...late, called: [...new Set([...late.called, ...listCalled(target)])] } };
}

/** The late page that covered this one; a late page does not cover itself. */
function findCoveringLatePage({ caughtUp }: DestinationRecord, seq: number): DestinationRecord['caughtUp'] {
  return caughtUp !== undefined && caughtUp.from < seq && seq <= caughtUp.seq ? caughtUp : undefined;
}

function hasCalledAll({ called }: NonNullable<DestinationRecord['caughtUp']>, target: Target): boolean {
  const known = new Set(called);
  return listCalled(target).every((each) => known.has(each));
}
