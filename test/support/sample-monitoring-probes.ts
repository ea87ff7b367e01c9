import type { AlertmanagerProbe, PrometheusProbe, Sample, Series } from '../../lib/core/diagnosis/probe.ts';

type Values = Record<string, number>;
/** A series' values until 14 minutes ago and since. */
type Shape = { labels: Record<string, string>; before: number; since: number };

const TROUBLE_MS = 14 * 60_000;

/** Which samples a query over the sample world's series brings, by what stands in the query. The first that fits. */
const instants: [pattern: RegExp, label: string, values: Values][] = [
  [/circuit_breaker_state/, 'service', { exchange: 2, llm: 2, database: 0 }],
  [/result="failure"/, 'service', { exchange: 0.38, llm: 0.71, database: 0 }],
  [/result="success"/, 'service', { exchange: 1.9, llm: 0.6, database: 11.8 }],
  [/kubelet_volume_stats_used_bytes.*capacity_bytes/, '', { '': 0.87 }],
  [/http_requests_total\{status.*http_requests_total/, 'service', { api: 0.094, orchestrator: 0.02 }],
  [/http_requests_total/, 'service', { api: 42, orchestrator: 6 }],
  [/mcp_tool_errors_total/, 'tool', { get_ticker: 0.8, place_order: 0.3, calculate_var: 0 }],
  [/mcp_tool_duration_seconds/, 'tool', { get_ticker: 4.1, place_order: 0.28, calculate_var: 0.12 }],
  [/1 - up\{/, 'job', { postgres: 0, redis: 0, nats: 0 }],
  [
    /max_over_time\(cryptofunk_position_exposure_usd/,
    'symbol',
    { 'BTC/USDT': 7.8, 'ETH/USDT': 6.1, 'SOL/USDT': 2.2, 'ADA/USDT': 0.9 },
  ],
  [
    /cryptofunk_position_exposure_usd.*limit_usd/,
    'symbol',
    { 'BTC/USDT': 1.054375, 'ETH/USDT': 0.40243, 'SOL/USDT': 0.29379, 'ADA/USDT': 0.05436 },
  ],
  [
    /agent_decision_duration_seconds/,
    'agent',
    {
      'technical-agent': 11.2,
      'sentiment-agent': 8.1,
      'trend-agent': 1.7,
      'risk-agent': 0.9,
      'reversion-agent': 1.2,
      'orderbook-agent': 1.4,
    },
  ],
  [/cpu_cfs_throttled.*pod="api/, '', { '': 0.43 }],
  [/cpu_cfs_throttled/, 'pod', { 'technical-agent-6c9f7d8b5d-x2k9q': 0.02 }],
  [/delta\(container_memory/, '', { '': 0.364 }],
];

const ranges: [pattern: RegExp, shapes: Shape[]][] = [
  [
    /circuit_breaker_failures_total/,
    [shape({ service: 'llm' }, 0, 1.4), shape({ service: 'exchange' }, 0, 0.9)],
  ],
  [/http_requests_total/, [shape({}, 0.1, 4.1)]],
  [/^sum\(up/, [shape({}, 6, 2)]],
  [/cryptofunk_portfolio_drawdown_ratio/, [shape({}, 8.2, 11.9)]],
  [/cryptofunk_position_exposure_usd/, [shape({}, 97_812, 105_437.5)]],
  [/container_memory_working_set_bytes/, [shape({}, 402, 487)]],
  [/container_cpu_usage_seconds_total/, [shape({}, 180, 460)]],
];

/** The sample world's metrics. A query that nothing is known of fails, so that a test notices it. */
export const sampleMetrics: PrometheusProbe = {
  async instant(_source, promql) {
    const found = instants.find(([pattern]) => pattern.test(promql));
    if (found === undefined) return { kind: 'failed', reason: `nothing is known of ${promql}` };
    const [, label, values] = found;
    const samples = Object.entries(values).map(
      ([name, value]): Sample => ({ labels: label === '' ? {} : { [label]: name }, value }),
    );
    return { kind: 'ok', value: samples };
  },
  async range(_source, promql, { from, to, stepSeconds }) {
    const found = ranges.find(([pattern]) => pattern.test(promql));
    if (found === undefined) return { kind: 'failed', reason: `nothing is known of ${promql}` };
    const step = stepSeconds * 1_000;
    const times = Array.from(
      { length: Math.floor((to - from) / step) + 1 },
      (_, index) => from + index * step,
    );
    const series = found[1].map(
      ({ labels, before, since }): Series => ({
        labels,
        points: times.map((time) => [time, time < to - TROUBLE_MS ? before : since]),
      }),
    );
    return { kind: 'ok', value: series };
  },
};

/** Two circuit breaker alerts for 14 minutes. */
export function sampleAlertmanager(at: number): AlertmanagerProbe {
  const alerts = ['exchange', 'llm'].map((service) => ({
    fingerprint: service,
    labels: { alertname: 'CircuitBreakerOpen', severity: 'warning', service },
    annotations: {},
    startsAt: at - 14 * 60_000,
    state: 'active' as const,
  }));
  return { alerts: async () => ({ kind: 'ok', value: alerts }) };
}

function shape(labels: Record<string, string>, before: number, since: number): Shape {
  return { labels, before, since };
}
