import { encode } from 'fast-png';
import type { Pixels } from '../../core/notice/email/canvas.ts';

/** Apart from the encoder, so that the bundle holds of fast-png what writes pictures and not what reads them. */
export function encodePng({ width, height, data, palette }: Pixels): Uint8Array {
  return encode({ width, height, data, palette, channels: 1, depth: 8 }, { zlib: { level: 9 } });
}
