import type { NoticeDocument, Part } from '../../../core/notice/document/document-types.ts';
import { type ChartScale, createChartScale } from './chart-scale.ts';
import { drawChart, type PictureEncoder } from './draw-chart.ts';

/** More pictures would make the mail heavy for phones; further charts are drawn as table cells. */
const MAX_PICTURES = 3;

export type ChartPart = Extract<Part, { kind: 'chart' }>;

/** The PNGs of a mail's charts, by the chart's index among all charts of the mail. */
export type ChartPictures = ReadonlyMap<number, Uint8Array>;

export const noPictures: ChartPictures = new Map();

/** The charts of a document, from top to bottom. */
export function listCharts(document: NoticeDocument): ChartPart[] {
  return document.sections.flatMap(({ parts }) => parts.filter((part) => part.kind === 'chart'));
}

export function getScale({ points, threshold }: ChartPart): ChartScale | undefined {
  return createChartScale(points, threshold);
}

/**
 * Draws the first charts of a mail's document. A picture can never cost a mail: after an error the rest is left
 * out, and `failed` receives the error.
 */
export async function drawPictures(
  document: NoticeDocument,
  encoder: PictureEncoder,
  failed: (error: unknown) => void,
): Promise<ChartPictures> {
  const pictures = new Map<number, Uint8Array>();
  try {
    for (const [index, part] of listCharts(document).entries()) {
      const scale = getScale(part);
      if (scale === undefined || pictures.size >= MAX_PICTURES) continue;
      pictures.set(index, await encoder.encode(drawChart(scale)));
    }
  } catch (error) {
    failed(error);
  }
  return pictures;
}
