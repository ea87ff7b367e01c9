import type { ReportedTimes } from '../../../core/grouping/observed-alert.ts';
import { type AlertState, alertStates } from '../../../core/incident/alert-state.ts';
import { severities } from '../../../core/shared/severity.ts';
import { StoreError } from '../table/errors.ts';

/**
 * Layout of one alert, big-endian: fingerprint 8, identity 6, startsAt 6, endsAt 6, joinedSeq 4, flags 1.
 * 10,000 alerts take 310 KB this way, so that their state item stays under 350 KB.
 *
 * Of the few alerts whose times we fixed, the sender's own times follow. Their flags hold an invalid severity instead.
 * Behind them: one flag for each time that is present, with the severity 1, then startsAt 6, endsAt 6.
 */
export const PACKED_BYTES = 31;
export const REPORTED_BYTES = 13;

const SEVERITY_BITS = 0b11;
/** Above the severity stands the place of the state in `alertStates`. */
const STATE_SHIFT = 2;
const STATE_BITS = 0b111;
const FROM_GRAFANA = 0b100000;
const WITH_REPORTED = 0b11;
const REPORTED_START = 0b100;
const REPORTED_END = 0b1000;

const FINGERPRINT = /^[0-9a-f]{16}$/;
const IDENTITY = /^[0-9a-f]{12}$/;
const MAX_TIME = 2 ** 48 - 1;
const MAX_SEQ = 2 ** 32 - 1;

/** `odd` holds alerts that do not fit the layout, with their position in the list; normally empty. */
export type PackedAlerts = { packed: Uint8Array; odd: { index: number; alert: AlertState }[] };

/** Alert states as bytes, without loss. */
export function packAlerts(alerts: AlertState[]): PackedAlerts {
  const odd: PackedAlerts['odd'] = [];
  const packed = Buffer.alloc(
    alerts
      .filter(fits)
      .reduce((sum, { reported }) => sum + PACKED_BYTES + (reported ? REPORTED_BYTES : 0), 0),
  );
  let offset = 0;

  for (const [index, alert] of alerts.entries()) {
    if (!fits(alert)) {
      odd.push({ index, alert });
      continue;
    }
    packed.write(alert.fingerprint, offset, 'hex');
    packed.write(alert.identity, offset + 8, 'hex');
    packed.writeUIntBE(alert.startsAt, offset + 14, 6);
    packed.writeUIntBE(alert.endsAt, offset + 20, 6);
    packed.writeUInt32BE(alert.joinedSeq, offset + 26);
    packed[offset + 30] = packFlags(alert);
    offset += PACKED_BYTES;
    if (alert.reported === undefined) continue;
    const { startsAt, endsAt } = alert.reported;
    packed[offset] =
      severities.indexOf(alert.severity) |
      (startsAt === undefined ? 0 : REPORTED_START) |
      (endsAt === undefined ? 0 : REPORTED_END);
    packed.writeUIntBE(startsAt ?? 0, offset + 1, 6);
    packed.writeUIntBE(endsAt ?? 0, offset + 7, 6);
    offset += REPORTED_BYTES;
  }
  return { packed, odd };
}

/** The inverse of packAlerts. Throws StoreError when the bytes are not whole alerts. */
export function unpackAlerts({ packed, odd }: PackedAlerts): AlertState[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const alerts: AlertState[] = [];

  let offset = 0;
  while (offset < bytes.length) {
    const end = offset + PACKED_BYTES + (hasReported(bytes, offset) ? REPORTED_BYTES : 0);
    if (end > bytes.length) throw new StoreError(`alerts take ${bytes.length} bytes`);
    alerts.push(readAlert(bytes, offset));
    offset = end;
  }
  // Positions ascend, so each insertion finds its original place.
  for (const { index, alert } of odd) alerts.splice(index, 0, alert);
  return alerts;
}

function hasReported(bytes: Buffer, offset: number): boolean {
  return ((bytes[offset + 30] ?? 0) & SEVERITY_BITS) === WITH_REPORTED;
}

function readAlert(bytes: Buffer, offset: number): AlertState {
  const bits = bytes.readUInt8(offset + 30);
  const more = hasReported(bytes, offset) ? bytes.readUInt8(offset + PACKED_BYTES) : undefined;
  const severity = severities[(more ?? bits) & SEVERITY_BITS];
  if (severity === undefined) throw new StoreError(`unknown severity in packed alert flags ${bits}`);
  const state = alertStates[(bits >> STATE_SHIFT) & STATE_BITS];
  if (state === undefined) throw new StoreError(`unknown state in packed alert flags ${bits}`);
  return {
    fingerprint: bytes.toString('hex', offset, offset + 8),
    identity: bytes.toString('hex', offset + 8, offset + 14),
    severity,
    state,
    startsAt: bytes.readUIntBE(offset + 14, 6),
    endsAt: bytes.readUIntBE(offset + 20, 6),
    joinedSeq: bytes.readUInt32BE(offset + 26),
    reported: more === undefined ? undefined : reportedAt(bytes, offset + PACKED_BYTES, more),
    ...(bits & FROM_GRAFANA ? { sentBy: 'grafana' } : {}),
  };
}

function reportedAt(bytes: Buffer, offset: number, bits: number): ReportedTimes {
  return {
    startsAt: bits & REPORTED_START ? bytes.readUIntBE(offset + 1, 6) : undefined,
    endsAt: bits & REPORTED_END ? bytes.readUIntBE(offset + 7, 6) : undefined,
  };
}

function packFlags(alert: AlertState): number {
  const severity = alert.reported ? WITH_REPORTED : severities.indexOf(alert.severity);
  const sender = alert.sentBy === 'grafana' ? FROM_GRAFANA : 0;
  return severity | (alertStates.indexOf(alert.state) << STATE_SHIFT) | sender;
}

function fits(alert: AlertState): boolean {
  return (
    FINGERPRINT.test(alert.fingerprint) &&
    IDENTITY.test(alert.identity) &&
    isCount(alert.startsAt, MAX_TIME) &&
    isCount(alert.endsAt, MAX_TIME) &&
    isCount(alert.joinedSeq, MAX_SEQ) &&
    isCount(alert.reported?.startsAt ?? 0, MAX_TIME) &&
    isCount(alert.reported?.endsAt ?? 0, MAX_TIME)
  );
}

/** Object.is tells -0 apart, which an unsigned integer cannot hold. */
function isCount(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max && !Object.is(value, -0);
}
