import { createPrometheusProbe } from '../../../lib/adapters/prometheus/prometheus-probe.ts';
import type { Sample, Series } from '../../../lib/core/diagnosis/checks/probe.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { readBounds } from './read-bounds.ts';

/** Queries a Prometheus through the adapter of the checks; a failed answer is an error. */
export type AskedPrometheus = {
  instant(query: string, at: Millis): Promise<Sample[]>;
  range(query: string, window: { from: Millis; to: Millis; stepSeconds: number }): Promise<Series[]>;
};

export function askedAt(url: string): AskedPrometheus {
  const probe = createPrometheusProbe({ urls: { anySource: [url], bySource: {} } });
  return {
    async instant(query, at) {
      const answer = await probe.instant('any', query, at, readBounds());
      if (answer.kind === 'failed') throw new Error(`${query}: ${answer.reason}`);
      return answer.value;
    },
    async range(query, window) {
      const answer = await probe.range('any', query, window, readBounds());
      if (answer.kind === 'failed') throw new Error(`${query}: ${answer.reason}`);
      return answer.value;
    },
  };
}
