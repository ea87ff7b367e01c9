import { MINUTE, type Millis, SECOND } from '../../../lib/core/shared/time.ts';
import type { Scraped } from './promql/evaluate.ts';
import { sampleSeries } from './sample-series.ts';

/** A Prometheus with the series of the sample world, at its base URL. */
export type LocalPrometheus = { url: string; close(): Promise<void> };

/** Scraped since before the first thing went wrong, 132 minutes ago. */
const HISTORY = 150 * MINUTE;
export const SCRAPE_INTERVAL = 15 * SECOND;

/** The samples scraped by `until`, in a world with this `start`. */
export function scrapedWorld(start: Millis, until: Millis): Scraped {
  return { series: sampleSeries(start), from: start - HISTORY, until, every: SCRAPE_INTERVAL };
}
