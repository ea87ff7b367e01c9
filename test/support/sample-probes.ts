import type { PrometheusProbe, Sample, Series } from '../../lib/core/diagnosis/probe.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';

/** A series of the sample world: what it was until the trouble began 14 minutes ago, and what it has been since. */
export type SampleSeries = { labels: Record<string, string>; calm: number; now: number };

const TROUBLE_BEGAN: number = 14 * MINUTE;

const volume = { namespace: 'cryptofunk', persistentvolumeclaim: 'postgres-pvc' };
const pool = { instance: 'api:8080', job: 'api' };

/** What Prometheus answers in the sample world, by a part of the query; the first part that is found in it counts. */
const world: [string, SampleSeries[]][] = [
  ['histogram_quantile(0.95,', perOperation([0.3, 3.4], [0.3, 1.4])],
  ['histogram_quantile(0.99,', perOperation([0.5, 6.8], [0.5, 2.6])],
  ['operations_total{status="error"}', perOperation([0, 0.24], [0, 0.03])],
  ['sum(increase(cryptofunk_vector_search_operations_total', [{ labels: {}, calm: 3_600, now: 3_597 }]],
  [
    'sum by (operation) (increase(cryptofunk_vector_search_operations_total',
    [
      ...perOperation([2_160, 2_158], [1_440, 1_439]),
      { labels: { operation: 'explain_decision' }, calm: 40, now: 0 },
    ],
  ],
  ['http_requests_total{service="api"}', [{ labels: {}, calm: 42, now: 42 }]],
  ['connections_active / cryptofunk_database_connections_max', [{ labels: pool, calm: 40, now: 100 }]],
  ['max(cryptofunk_database_connections_active)', [{ labels: {}, calm: 4, now: 10 }]],
  ['min(cryptofunk_database_connections_idle)', [{ labels: {}, calm: 6, now: 0 }]],
  ['100 * kubelet_volume_stats_used_bytes', [{ labels: volume, calm: 85.2, now: 87 }]],
  ['delta(kubelet_volume_stats_used_bytes', [{ labels: volume, calm: 7.2, now: 7.2 }]],
  ['kubelet_volume_stats_capacity_bytes', [{ labels: volume, calm: 50e9, now: 50e9 }]],
  ['node_disk_io_time', [{ labels: { instance: 'node-1', device: 'nvme0n1' }, calm: 20, now: 92 }]],
  ['throttled_seconds', [{ labels: { pod: 'postgres-0c9d8e7f6a-m3v7c' }, calm: 0, now: 0.35 }]],
];

/** Prometheus as it answers in the sample world; a query that the world knows nothing about fails. */
export function samplePrometheus(): PrometheusProbe {
  return {
    instant: async (_source, query) => {
      const known = answerTo(query);
      if (known === undefined) return notKnown(query);
      return { kind: 'ok', value: known.map(({ labels, now: value }): Sample => ({ labels, value })) };
    },
    range: async (_source, query, window) => {
      const known = answerTo(query);
      if (known === undefined) return notKnown(query);
      return { kind: 'ok', value: known.map((series) => pointsOf(series, window)) };
    },
  };
}

/** Prometheus that knows of no series at all. */
export function emptyPrometheus(): PrometheusProbe {
  return {
    instant: async () => ({ kind: 'ok', value: [] }),
    range: async () => ({ kind: 'ok', value: [] }),
  };
}

function answerTo(query: string): SampleSeries[] | undefined {
  return world.find(([part]) => query.includes(part))?.[1];
}

function notKnown(query: string): { kind: 'failed'; reason: string } {
  return { kind: 'failed', reason: `the sample world has no answer to ${query}` };
}

function perOperation(semantic: [number, number], similar: [number, number]): SampleSeries[] {
  return [
    { labels: { operation: 'semantic_search' }, calm: semantic[0], now: semantic[1] },
    { labels: { operation: 'similar_decisions' }, calm: similar[0], now: similar[1] },
  ];
}

function pointsOf(
  { labels, calm, now }: SampleSeries,
  window: { from: number; to: number; stepSeconds: number },
): Series {
  const points: Series['points'] = [];
  for (let at = window.from; at <= window.to; at += window.stepSeconds * SECOND) {
    points.push([at, at < window.to - TROUBLE_BEGAN ? calm : now]);
  }
  return { labels, points };
}
