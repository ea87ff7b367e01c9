import { sha256Hex } from './hash.ts';

/** A UUID that the same name always gives: version 8 over SHA-256 (RFC 9562, section 5.8 and appendix B.2). */
export function nameUuid(name: string): string {
  const hex = sha256Hex(name, 32);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0b0011) | 0b1000).toString(16);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20)].join('-');
}
