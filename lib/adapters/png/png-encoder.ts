import type { Pixels } from '../../core/notice/canvas.ts';
import type { PictureEncoder } from '../../core/notice/picture.ts';

/** PNG by fast-png, which is loaded with the first picture: most runs of the function draw none. */
export function createPngEncoder(): PictureEncoder {
  return {
    async encode({ width, height, data, palette }: Pixels) {
      const { encode } = await import('fast-png');
      return encode({ width, height, data, palette, channels: 1, depth: 8 }, { zlib: { level: 9 } });
    },
  };
}
