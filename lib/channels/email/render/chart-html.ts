import { formatSpan } from '../../../core/notice/document/format-time.ts';
import { drawSparkline, formatAmount, scaleHeights } from '../../../core/notice/document/sparkline.ts';
import type { ChartScale } from './chart-scale.ts';
import { type ChartPart, getScale } from './charts.ts';
import { CHART_HEIGHT, CHART_WIDTH } from './draw-chart.ts';
import { escapeMarkup, type Markup } from './markup.ts';
import { style } from './style.ts';

const BARS = 60;
const BAR_HEIGHT = 36;
const ALT_BARS = 24;

export type ContentIdOf = (chart: ChartPart) => string | undefined;

/**
 * A chart's picture with its axes as text next to it. Text stays sharp, follows the reader's colours and can
 * be read aloud. Where pictures are blocked, the alternative text has the numbers and the shape. `undefined`
 * with fewer than two points.
 */
export function renderPictureChart(chart: ChartPart, contentId: string): Markup | undefined {
  const scale = getScale(chart);
  if (scale === undefined) return undefined;
  const [from, to] = formatSpan(scale.from, scale.to);
  const words = `Chart from ${from} to ${to}: ${chart.caption} ${drawSparkline(chart.points, ALT_BARS)}`;
  return escapeMarkup`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:4px 0;max-width:640px"><tr><td class="axis" align="right" valign="top" nowrap style="${style.axis};padding-right:8px">${axisWords(scale, 'high')}</td><td rowspan="2" width="100%"><img src="cid:${contentId}" alt="${words}" width="${CHART_WIDTH}" height="${CHART_HEIGHT}" class="axis" style="display:block;width:100%;max-width:${CHART_WIDTH}px;height:auto;border:0;${style.axis}"></td></tr><tr><td class="axis" align="right" valign="bottom" nowrap style="${style.axis};padding-right:8px">${axisWords(scale, 'low')}</td></tr><tr><td></td><td><table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:${CHART_WIDTH}px"><tr><td class="axis" style="${style.axis}">${from}</td><td class="axis" align="right" style="${style.axis}">${to}</td></tr></table></td></tr></table>${caption(chart)}`;
}

/** A chart without a picture: bars made of table cells, because Outlook for Windows gives only cells a height. */
export function renderBarChart(chart: ChartPart): Markup {
  const bars = scaleHeights(chart.points, BARS).map((height) => {
    const pixels = Math.max(2, Math.round(height * BAR_HEIGHT));
    return escapeMarkup`<td valign="bottom"><table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td height="${pixels}" style="background-color:#ef4444;font-size:0;line-height:0">&nbsp;</td></tr></table></td>`;
  });
  return escapeMarkup`<table role="presentation" width="100%" cellpadding="0" cellspacing="1" style="margin:4px 0;max-width:420px"><tr>${bars}</tr></table>${caption(chart)}`;
}

function caption({ caption: words, threshold, unit }: ChartPart): Markup {
  const fires = threshold === undefined ? '' : ` · dashed: alerts at ${formatAmount(threshold, unit)}`;
  return escapeMarkup`<p class="soft" style="${style.soft}">${words}${fires}</p>`;
}

function axisWords({ low, high }: ChartScale, end: 'low' | 'high'): string {
  if (low === high) return end === 'high' ? '' : formatAmount(low);
  return formatAmount(end === 'high' ? high : low);
}
