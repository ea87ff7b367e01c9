import type { Millis } from '../../shared/time.ts';
import { type Canvas, createCanvas, type Pixels, strokeLine } from './canvas.ts';
import { type ChartScale, getHeight } from './chart-scale.ts';

/** As it is shown, in CSS pixels; it is drawn at twice that for sharp screens. */
export const CHART_WIDTH = 560;
export const CHART_HEIGHT = 120;
const DENSITY = 2;

/** Mid-tones: each stands out 3 to 1 on a white page and on a dark one, because nobody knows which it will be. */
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
/** Of the usual distance between two points; a longer one is time in which nothing was measured. */
const GAP = 2.5;

/** The curve on a transparent ground, with its threshold dashed and a dot at its last value. Words stand beside it. */
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
  const longest = longestStep(curve);
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

/** How far two points may be apart to be joined. */
function longestStep(curve: [number, number][]): number {
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

/** Makes a PNG. Throws when it cannot; whoever asks then does without the picture. */
export interface PictureEncoder {
  encode(pixels: Pixels): Promise<Uint8Array>;
}
