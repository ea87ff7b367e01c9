import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** A key for one purpose. */
export type SigningKey = Readonly<Uint8Array>;

const VERSION = 1;
const SIGNATURE = 32;

/**
 * A key from secrets, in whatever order they come, by HKDF-SHA-256 (RFC 5869). Another purpose gives another key, so
 * that what is sealed for one is of no use for another.
 */
export function deriveSigningKey(secrets: readonly string[], purpose: string): SigningKey {
  const material = JSON.stringify([...new Set(secrets)].toSorted());
  return new Uint8Array(hkdfSync('sha256', material, '', `first-responder ${purpose}`, 32));
}

/** Text with its signature (HMAC-SHA-256) and a version, as base64url. It can be read by anybody and made by nobody else. */
export function signText(text: string, key: SigningKey): string {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.of(VERSION), signature(payload, key), payload]).toString('base64url');
}

/** What was sealed with this key; undefined for everything else, one changed letter included. */
export function verifyText(signed: string, key: SigningKey): string | undefined {
  const bytes = Buffer.from(signed, 'base64url');
  // Decoding forgives: other spellings of the same bytes were not made here.
  if (bytes.length <= 1 + SIGNATURE || bytes.toString('base64url') !== signed) return undefined;
  const payload = bytes.subarray(1 + SIGNATURE);
  const genuine = timingSafeEqual(bytes.subarray(1, 1 + SIGNATURE), signature(payload, key));
  return genuine && bytes[0] === VERSION ? payload.toString() : undefined;
}

function signature(payload: Buffer, key: SigningKey): Buffer {
  return createHmac('sha256', key).update(Buffer.of(VERSION)).update(payload).digest();
}
