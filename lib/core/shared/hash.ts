import { createHash } from 'node:crypto';

/** SHA-256 as lower-case hex, cut to `digits`. For ids and keys, where the same text must give the same name. */
export function sha256Hex(text: string, digits = 64): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
