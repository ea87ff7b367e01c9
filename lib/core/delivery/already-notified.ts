import type { Incident } from '../incident/incident.ts';
import type { Target } from '../routing/route-notice.ts';
import type { DeliverMessage, DestinationRecord } from './delivery.ts';

/** The record after a late page, which covers the pages up to the incident's current version. */
export function isCaughtUp(
  record: DestinationRecord,
  { seq, target }: DeliverMessage,
  { version, tier }: Incident,
): DestinationRecord {
  return {
    ...record,
    lastPingSeq: Math.max(record.lastPingSeq, version),
    lastTier: Math.max(record.lastTier, tier),
    // The late page also names who acknowledged.
    lastUserActionSeq: Math.max(record.lastUserActionSeq ?? 0, version),
    caughtUp: { from: seq, seq: version, called: listCalled(target) },
  };
}

/** Whether this page interrupted its people, by itself or by a late page that covered it. */
export function wasPaged({ seq, target }: DeliverMessage, record: DestinationRecord): boolean {
  if (record.lastPingSeq < seq) return false;
  const late = record.caughtUp;
  if (late === undefined || seq <= late.from || seq > late.seq) return true;
  const called = new Set(late.called);
  return listCalled(target).every((each) => called.has(each));
}

/** The record after people whom a late page did not call have been called. */
export function findTiersCalledSince(
  record: DestinationRecord,
  { seq, target }: Pick<DeliverMessage, 'seq' | 'target'>,
): DestinationRecord {
  const late = record.caughtUp;
  if (late === undefined || seq <= late.from || seq > late.seq) return record;
  return { ...record, caughtUp: { ...late, called: [...new Set([...late.called, ...listCalled(target)])] } };
}

function listCalled(target: Target): string[] {
  return target.channel === 'slack' ? target.mentions : target.to.map((address) => address.toLowerCase());
}
