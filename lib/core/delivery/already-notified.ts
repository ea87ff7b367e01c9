import type { Incident } from '../incident/incident.ts';
import type { Target } from '../routing/route-notice.ts';
import type { DeliverMessage, DestinationRecord } from './delivery.ts';

/** The record once a late page was told, with all that it has told by that. */
export function isCaughtUp(
  record: DestinationRecord,
  { seq, target }: DeliverMessage,
  { version, tier }: Incident,
): DestinationRecord {
  return {
    ...record,
    lastPingSeq: Math.max(record.lastPingSeq, version),
    lastTier: Math.max(record.lastTier, tier),
    // It says who has acknowledged as well.
    lastUserActionSeq: Math.max(record.lastUserActionSeq ?? 0, version),
    caughtUp: { from: seq, seq: version, called: calledBy(target) },
  };
}

/** Whether people were interrupted for this page, by itself or by one that told it as well. */
export function wasPaged({ seq, target }: DeliverMessage, record: DestinationRecord): boolean {
  if (record.lastPingSeq < seq) return false;
  const late = record.caughtUp;
  if (late === undefined || seq <= late.from || seq > late.seq) return true;
  const called = new Set(late.called);
  return calledBy(target).every((each) => called.has(each));
}

/** The record once people whom a late page has not called were told as well. */
export function findTiersCalledSince(
  record: DestinationRecord,
  { seq, target }: Pick<DeliverMessage, 'seq' | 'target'>,
): DestinationRecord {
  const late = record.caughtUp;
  if (late === undefined || seq <= late.from || seq > late.seq) return record;
  return { ...record, caughtUp: { ...late, called: [...new Set([...late.called, ...calledBy(target)])] } };
}

function calledBy(target: Target): string[] {
  return target.channel === 'slack' ? target.mentions : target.to.map((address) => address.toLowerCase());
}
