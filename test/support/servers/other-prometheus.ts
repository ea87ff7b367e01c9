import type { PrometheusProbe } from '../../../lib/core/diagnosis/checks/probe.ts';

// For answers that the sample world's own Prometheus cannot give.

/** Prometheus that knows of no series at all. */
export function emptyPrometheus(): PrometheusProbe {
  return {
    instant: async () => ({ kind: 'ok', value: [] }),
    range: async () => ({ kind: 'ok', value: [] }),
  };
}

const SEARCHES = 'increase(cryptofunk_vector_search_operations_total[30m])';

/**
 * The same, except for the number of vector searches. The sample world counts whole ones in half an hour, and floating
 * point makes them a hair more or less. For the whole day of the query it has two and a half hours.
 */
export function withSearchesCounted(prometheus: PrometheusProbe): PrometheusProbe {
  const counts = { semantic_search: 2_158, similar_decisions: 1_439, explain_decision: 0 };
  return {
    async instant(source, query, at, bounds) {
      if (query !== `sum by (operation) (${SEARCHES})`) return prometheus.instant(source, query, at, bounds);
      const value = Object.entries(counts).map(([operation, count]) => ({
        labels: { operation },
        value: count,
      }));
      return { kind: 'ok', value };
    },
    async range(source, query, window, bounds) {
      if (query !== `sum(${SEARCHES})`) return prometheus.range(source, query, window, bounds);
      const points: [number, number][] = [
        [window.from, 3_600],
        [window.to, 3_597],
      ];
      return { kind: 'ok', value: [{ labels: {}, points }] };
    },
  };
}
