import type { Pixels } from './canvas.ts';

/** Makes a PNG. Throws when it cannot; whoever asks then does without the picture. */
export interface PictureEncoder {
  encode(pixels: Pixels): Promise<Uint8Array>;
}
