import type { AlertState } from '../../core/incident/incident.ts';
import { severities } from '../../core/shared/severity.ts';
import { StoreError } from './errors.ts';

/**
 * Layout of one alert, big-endian: fingerprint 8, identity 6, startsAt 6, endsAt 6, joinedSeq 4, flags 1.
 * 10,000 alerts take 310 KB this way, so that their state item stays under 350 KB.
 */
export const PACKED_BYTES = 31;

const FINGERPRINT = /^[0-9a-f]{16}$/;
const IDENTITY = /^[0-9a-f]{12}$/;
const MAX_TIME = 2 ** 48 - 1;
const MAX_SEQ = 2 ** 32 - 1;

const flags = ['firing', 'doubtful', 'missing', 'inherited', 'confirmed', 'gone'] as const;

/** `odd` holds what does not fit the layout, beside its position in the list; normally empty. */
export type PackedAlerts = { packed: Uint8Array; odd: { index: number; alert: AlertState }[] };

/** Alert states as bytes, without loss. */
export function packAlerts(alerts: AlertState[]): PackedAlerts {
  const odd: PackedAlerts['odd'] = [];
  const packed = Buffer.alloc(alerts.filter(fits).length * PACKED_BYTES);
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
    packed[offset + 30] = flagsOf(alert);
    offset += PACKED_BYTES;
  }
  return { packed, odd };
}

/** The inverse of packAlerts. Throws StoreError when the bytes are not whole alerts. */
export function unpackAlerts({ packed, odd }: PackedAlerts): AlertState[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  if (bytes.length % PACKED_BYTES !== 0) throw new StoreError(`alerts take ${bytes.length} bytes`);
  const alerts: AlertState[] = [];

  for (let offset = 0; offset < bytes.length; offset += PACKED_BYTES) {
    alerts.push(alertAt(bytes, offset));
  }
  // Ascending positions, so each insertion finds its place as it was.
  for (const { index, alert } of odd) alerts.splice(index, 0, alert);
  return alerts;
}

function alertAt(bytes: Buffer, offset: number): AlertState {
  const bits = bytes.readUInt8(offset + 30);
  const severity = severities[bits & 0b11];
  if (severity === undefined) throw new StoreError(`unknown severity in packed alert flags ${bits}`);
  const has = (flag: (typeof flags)[number]) => (bits & flagBit(flag)) !== 0;
  return {
    fingerprint: bytes.toString('hex', offset, offset + 8),
    identity: bytes.toString('hex', offset + 8, offset + 14),
    severity,
    firing: has('firing'),
    doubtful: has('doubtful'),
    missing: has('missing'),
    inherited: has('inherited'),
    confirmed: has('confirmed'),
    gone: has('gone'),
    startsAt: bytes.readUIntBE(offset + 14, 6),
    endsAt: bytes.readUIntBE(offset + 20, 6),
    joinedSeq: bytes.readUInt32BE(offset + 26),
  };
}

function flagsOf(alert: AlertState): number {
  let bits: number = severities.indexOf(alert.severity);
  for (const flag of flags) if (alert[flag]) bits |= flagBit(flag);
  return bits;
}

/** The severity takes the lowest two bits. */
function flagBit(flag: (typeof flags)[number]): number {
  return 1 << (flags.indexOf(flag) + 2);
}

function fits(alert: AlertState): boolean {
  return (
    FINGERPRINT.test(alert.fingerprint) &&
    IDENTITY.test(alert.identity) &&
    isCount(alert.startsAt, MAX_TIME) &&
    isCount(alert.endsAt, MAX_TIME) &&
    isCount(alert.joinedSeq, MAX_SEQ)
  );
}

/** Object.is tells -0 apart, which an unsigned integer cannot hold. */
function isCount(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max && !Object.is(value, -0);
}
