import fc from 'fast-check';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { createPngEncoder } from '../../../lib/channels/email/client/png-encoder.ts';
import type { Pixels } from '../../../lib/channels/email/render/canvas.ts';
import { createChartScale, getHeight } from '../../../lib/channels/email/render/chart-scale.ts';
import { drawChart } from '../../../lib/channels/email/render/draw-chart.ts';

const CURVE = [239, 68, 68];
const THRESHOLD = [217, 119, 6];

describe('the axes of a chart', () => {
  it('reach from the lowest to the highest value', () => {
    expect(createChartScale(series([3, 10, 4]))).toMatchObject({ low: 3, high: 10, from: 0, to: 120_000 });
  });

  it('include a threshold that is near', () => {
    expect(createChartScale(series([3, 10]), 1)).toMatchObject({ low: 1, high: 10, threshold: 1 });
  });

  it('leave out a threshold that would flatten the curve', () => {
    const scale = createChartScale(series([3, 10]), 1_000_000);

    expect(scale).toMatchObject({ low: 3, high: 10 });
    expect(scale).not.toHaveProperty('threshold');
  });

  it.each<[string, [number, number][]]>([
    ['nothing', []],
    ['one point', [[0, 1]]],
    ['no numbers', series([Number.NaN, Number.POSITIVE_INFINITY])],
    [
      'one moment',
      [
        [5, 1],
        [5, 2],
      ],
    ],
  ])('need two moments, so there are none with %s', (_name, points) => {
    expect(createChartScale(points)).toBeUndefined();
  });

  it('hold the largest numbers there are', () => {
    const scale = createChartScale(series([-Number.MAX_VALUE, 0, Number.MAX_VALUE]));

    expect(scale && getHeight(scale, 0)).toBeCloseTo(0.5);
  });
});

describe('a chart', () => {
  it('rises from the bottom left to the top right with its series', () => {
    const pixels = drawn(series([1, 2, 3, 4]));

    expect(colourAt(pixels, 10, pixels.height - 10)).toEqual([...CURVE, 255]);
    expect(colourAt(pixels, pixels.width - 10, 10)).toEqual([...CURVE, 255]);
    expect(colourAt(pixels, 20, 30)?.[3]).toBe(0);
  });

  it('has a gap where nothing was measured', () => {
    const whole = drawn(series([5, 5, 5, 5, 5, 5, 5, 5, 5]));
    const torn = drawn(series([5, 5, 5, 5, 5, 5, 5, 5, 5]).filter((_, index) => index < 3 || index > 6));

    const middle = [whole.width / 2, whole.height / 2] as const;
    expect(colourAt(whole, ...middle)?.slice(0, 3)).toEqual(CURVE);
    expect(colourAt(torn, ...middle)?.slice(0, 3)).not.toEqual(CURVE);
  });

  it('dashes the value at which the alert fires', () => {
    const seen = (threshold?: number) => coloursOf(drawn(series([1, 2]), threshold)).has(THRESHOLD.join());

    expect(seen(3)).toBe(true);
    expect(seen()).toBe(false);
  });

  it('has a contrast of 3 to 1 on a white page and on a dark one', () => {
    for (const colour of [CURVE, THRESHOLD]) {
      expect(contrast(colour, [255, 255, 255])).toBeGreaterThan(3);
      expect(contrast(colour, [22, 27, 38])).toBeGreaterThan(3);
    }
  });

  it('is a small PNG of twice its displayed size, with a transparent ground', async () => {
    const pixels = drawn(series(Array.from({ length: 120 }, (_, index) => Math.sin(index) * 1000)), 500);

    const png = await createPngEncoder().encode(pixels);

    const back = decode(png);
    expect(back).toMatchObject({ width: 1120, height: 240 });
    expect([...back.data]).toEqual([...pixels.data]);
    expect(back.palette?.[0]?.[3]).toBe(0);
    expect(back.palette?.map((colour) => colour[3] ?? 255)).toEqual(
      pixels.palette.map(([, , , opacity]) => opacity),
    );
    expect(png.length).toBeLessThan(30_000);
  });

  it('can be drawn of any points', () => {
    const point = fc.tuple(
      fc.oneof(fc.double(), fc.integer({ min: 0, max: 4_000_000_000_000 })),
      fc.double(),
    );

    fc.assert(
      fc.property(
        fc.array(point, { maxLength: 120 }),
        fc.option(fc.double(), { nil: undefined }),
        (points, threshold) => {
          const scale = createChartScale(points, threshold);
          if (scale === undefined) return;
          const { width, height, data, palette } = drawChart(scale);

          expect(data).toHaveLength(width * height);
          expect(data.every((index) => index < palette.length)).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });
});

function series(values: number[]): [number, number][] {
  return values.map((value, index) => [index * 60_000, value]);
}

function drawn(points: [number, number][], threshold?: number): Pixels {
  const scale = createChartScale(points, threshold);
  if (scale === undefined) throw new Error('too few points');
  return drawChart(scale);
}

function colourAt({ data, width, palette }: Pixels, x: number, y: number): number[] | undefined {
  return palette[data[y * width + x] ?? 0];
}

function coloursOf({ data, palette }: Pixels): Set<string> {
  return new Set([...new Set(data)].map((index) => (palette[index] ?? []).slice(0, 3).join()));
}

function contrast(first: number[], second: number[]): number {
  const [bright = 0, dark = 0] = [luminance(first), luminance(second)].toSorted((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

function luminance(colour: number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
