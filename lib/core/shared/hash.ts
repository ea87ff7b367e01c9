import { createHash } from 'node:crypto';

/** SHA-256 as lower-case hex, cut to `digits`. For ids and keys that must be the same for the same text. */
export function hashSha256(text: string, digits = 64): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** A UUID that the same name always gives: version 8 over SHA-256 (RFC 9562, section 5.8 and appendix B.2). */
export function nameUuid(name: string): string {
  const hex = hashSha256(name, 32);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0b0011) | 0b1000).toString(16);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20)].join('-');
}
