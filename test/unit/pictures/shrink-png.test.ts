import { decode, encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { shrinkPng } from '../../../scripts/pictures/shrink-png.ts';

/** A picture as Chromium makes it: three channels, no palette. */
function screenshot(width: number, colours: number[][]): Uint8Array {
  const data = Uint8Array.from(colours.flat());
  return encode({ width, height: colours.length / width, data, channels: 3, depth: 8 });
}

/** The colours of a picture with a palette, from left to right and from top to bottom. */
function coloursOf(png: Uint8Array): (number[] | undefined)[] {
  const { data, palette = [] } = decode(png);
  return [...data].map((index) => palette[index]?.slice(0, 3));
}

describe('a shrunk picture', () => {
  it('is the same where it has few colours', () => {
    const white = [255, 255, 255];
    const red = [200, 30, 20];
    const grey = [97, 96, 98];
    const colours = [white, red, white, grey, white, red];

    const shrunk = shrinkPng(screenshot(3, colours));

    expect(decode(shrunk)).toMatchObject({ width: 3, height: 2, channels: 1 });
    expect(coloursOf(shrunk)).toEqual(colours);
  });

  it('keeps its 256 most frequent colours, and gives the others the nearest of these', () => {
    const frequent = Array.from({ length: 256 }, (_, at) => [at, 10, 200]);
    const rare = [
      [7, 11, 200],
      [250, 10, 190],
    ];

    const shrunk = shrinkPng(screenshot(2, [...rare, ...frequent, ...frequent]));

    expect(coloursOf(shrunk)).toEqual([[7, 10, 200], [250, 10, 200], ...frequent, ...frequent]);
  });
});
