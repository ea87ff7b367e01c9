import type { Millis } from '../../../lib/core/shared/time.ts';
import type { Labels, SampleSeries } from './sample-series.ts';

/** The series' values at one moment, in Prometheus' text format. */
export function metricsPage(series: SampleSeries[], at: Millis): string {
  // An empty label keeps Prometheus from adding the exporter's own, where it honours labels.
  return series
    .map(({ labels, value }) => `${identity({ job: '', instance: '', ...labels })} ${value(at)}\n`)
    .join('');
}

/** The values at all of `times`, oldest first, in promtool's OpenMetrics format. */
export function openMetrics(series: SampleSeries[], times: Millis[]): string {
  const lines = series.flatMap(({ labels, value }) => {
    const id = identity(labels);
    return times.map((time) => `${id} ${value(time)} ${time / 1_000}`);
  });
  return [...lines, '# EOF', ''].join('\n');
}

function identity({ __name__: name = '', ...labels }: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(',')}}`;
}
