import type { PictureEncoder } from '../render/draw-chart.ts';

/** PNG by fast-png, loaded with the first picture: most runs of the function draw none. */
export function createPngEncoder(): PictureEncoder {
  return {
    async encode(pixels) {
      const { encodePng } = await import('./encode-png.ts');
      return encodePng(pixels);
    },
  };
}
