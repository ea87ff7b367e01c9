import { encode } from 'fast-png';
import type { Pixels } from '../render/canvas.ts';

/** Separate from the decoder, so that the bundle holds only the part of fast-png that writes pictures. */
export function encodePng({ width, height, data, palette }: Pixels): Uint8Array {
  return encode({ width, height, data, palette, channels: 1, depth: 8 }, { zlib: { level: 9 } });
}
