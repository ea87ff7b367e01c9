import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** A key for one purpose. */
export type SigningKey = Readonly<Uint8Array>;

const VERSION = 1;
const SIGNATURE = 32;

/**
 * Derives a key from secrets in any order, by HKDF-SHA-256 (RFC 5869). Each purpose gives another key, so
 * text signed for one purpose is invalid for every other.
 */
export function deriveSigningKey(secrets: readonly string[], purpose: string): SigningKey {
  const material = JSON.stringify([...new Set(secrets)].toSorted());
  return new Uint8Array(hkdfSync('sha256', material, '', `first-responder ${purpose}`, 32));
}

/**
 * Signs text (HMAC-SHA-256) and encodes it with a version as base64url. Anybody can read it; only the key's
 * owner can make it.
 */
export function signText(text: string, key: SigningKey): string {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.of(VERSION), signature(payload, key), payload]).toString('base64url');
}

/** The text that was signed with this key; undefined for everything else, even if one letter differs. */
export function verifyText(signed: string, key: SigningKey): string | undefined {
  const bytes = Buffer.from(signed, 'base64url');
  // Decoding is lenient: rejects other spellings of the same bytes.
  if (bytes.length <= 1 + SIGNATURE || bytes.toString('base64url') !== signed) return undefined;
  const payload = bytes.subarray(1 + SIGNATURE);
  const genuine = timingSafeEqual(bytes.subarray(1, 1 + SIGNATURE), signature(payload, key));
  return genuine && bytes[0] === VERSION ? payload.toString() : undefined;
}

function signature(payload: Buffer, key: SigningKey): Buffer {
  return createHmac('sha256', key).update(Buffer.of(VERSION)).update(payload).digest();
}
