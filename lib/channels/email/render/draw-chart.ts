import type { Millis } from '../../../core/shared/time.ts';
import { type Canvas, createCanvas, type Pixels, strokeLine } from './canvas.ts';
import { type ChartScale, getHeight } from './chart-scale.ts';

/** The displayed size in CSS pixels; drawn at twice that for sharp screens. */
export const CHART_WIDTH = 560;
export const CHART_HEIGHT = 120;
const DENSITY = 2;

/** Mid-tones with a contrast of 3 to 1 on white and on dark pages, because the reader's theme is unknown. */
const inks: [number, number, number][] = [
  [239, 68, 68],
  [139, 147, 161],
  [217, 119, 6],
];
const [CURVE, RULE, THRESHOLD] = [0, 1, 2];

const LINE = 2 * DENSITY;
const NOW = 4 * DENSITY;
const MARGIN = NOW + DENSITY;
const FILL = 0.16;
const RULES = 3;
const DASH = 6 * DENSITY;
/** Multiple of the median distance between points; a longer gap is time without measurements. */
const GAP = 2.5;

/**
 * The curve on a transparent ground, with a dashed threshold and a dot at the last value. Text stays outside.
 */
export function drawChart(scale: ChartScale): Pixels {
  const [width, height] = [CHART_WIDTH * DENSITY, CHART_HEIGHT * DENSITY];
  const canvas = createCanvas(width, height, inks);
  const yOf = (value: number) => height - MARGIN - getHeight(scale, value) * (height - 2 * MARGIN);
  const xOf = (at: Millis) => MARGIN + ((at - scale.from) / (scale.to - scale.from)) * (width - 2 * MARGIN);

  for (let rule = 0; rule < RULES; rule += 1) {
    const y = Math.round(MARGIN + (rule * (height - 2 * MARGIN)) / (RULES - 1));
    for (let x = 0; x < width; x += 1) canvas.dot(x, y, RULE, 0.45);
  }
  const curve = scale.points.map(([at, value]): [number, number] => [xOf(at), yOf(value)]);
  const longest = getLongestStep(curve);
  curve.forEach((point, index) => {
    const before = curve[index - 1] ?? point;
    if (point[0] - before[0] > longest) return;
    fillUnder(canvas, before, point, height - MARGIN);
    strokeLine(canvas, before, point, LINE, CURVE);
  });
  if (scale.threshold !== undefined) {
    const y = yOf(scale.threshold);
    for (let x = 0; x < width; x += 2 * DASH) strokeLine(canvas, [x, y], [x + DASH, y], LINE - 1, THRESHOLD);
  }
  const now = curve.at(-1);
  if (now) strokeLine(canvas, now, now, 2 * NOW, CURVE);
  return canvas.pixels();
}

/** Points further apart than this are not joined. */
function getLongestStep(curve: [number, number][]): number {
  const steps = curve
    .slice(1)
    .map(([x], index) => x - (curve[index]?.[0] ?? x))
    .toSorted((a, b) => a - b);
  return GAP * (steps[Math.floor(steps.length / 2)] ?? 0);
}

function fillUnder(
  canvas: Canvas,
  [fromX, fromY]: [number, number],
  [toX, toY]: [number, number],
  bottom: number,
): void {
  for (let x = Math.round(fromX); x < Math.round(toX); x += 1) {
    const part = toX === fromX ? 0 : (x - fromX) / (toX - fromX);
    const top = fromY + part * (toY - fromY);
    for (let y = Math.ceil(top); y <= bottom; y += 1) canvas.dot(x, y, CURVE, FILL);
  }
}

/** Encodes a PNG. If it throws, the caller leaves the picture out. */
export interface PictureEncoder {
  encode(pixels: Pixels): Promise<Uint8Array>;
}
