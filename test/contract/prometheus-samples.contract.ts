import { describe, expect, test } from 'vitest';
import type { Sample } from '../../lib/core/diagnosis/checks/probe.ts';
import { HOUR, MINUTE, type Millis } from '../../lib/core/shared/time.ts';
import { askedAt } from '../support/factories/prometheus-answers.ts';

export type OpenedPrometheus = {
  url: string;
  /** The start of the sample world. */
  start: Millis;
};

type TimelineItemBase = {
  says: string;
  query: string;
  ago?: Millis;
  finds: [label: string, value: number][];
};

const rate = (selector: string) => `rate(${selector}[5m])`;
const failing = (name: string, bad: string, by: string) =>
  `sum by (${by}) (${rate(`${name}{${bad}}`)}) / sum by (${by}) (${rate(name)})`;
const slowest = (share: number, name: string, by: string) =>
  `histogram_quantile(${share}, sum by (le, ${by}) (${rate(`${name}_bucket`)}))`;
const usedOfLimit = (pod: string) =>
  `container_memory_working_set_bytes{pod=~"${pod}-.*"} / container_spec_memory_limit_bytes`;

/** Faults of the sample world; the named label distinguishes a query's samples. */
const world: TimelineItemBase[] = [
  {
    says: '2 of 7 agents are up, 6 were 15 minutes ago',
    query: 'sum by (job) (up{job="trading-agents"})',
    finds: [['trading-agents', 2]],
  },
  {
    says: 'more agents were up before the trouble',
    query: 'sum by (job) (up{job="trading-agents"})',
    ago: 15 * MINUTE,
    finds: [['trading-agents', 6]],
  },
  {
    says: 'and all of them before arbitrage-agent was stopped',
    query: 'sum by (job) (up{job="trading-agents"})',
    ago: 133 * MINUTE,
    finds: [['trading-agents', 7]],
  },
  {
    says: 'of the other jobs one is down',
    query: 'up{job!="trading-agents"} == 0',
    finds: [['market-data-server', 0]],
  },
  {
    says: 'two circuit breakers are open',
    query: 'circuit_breaker_state',
    finds: [
      ['exchange', 2],
      ['llm', 2],
      ['database', 0],
    ],
  },
  {
    says: 'calls fail behind the open breakers',
    query: failing('circuit_breaker_requests_total', 'result="failure"', 'service'),
    finds: [
      ['exchange', 0.38],
      ['llm', 0.71],
      ['database', 0],
    ],
  },
  {
    says: 'failures are counted as failing requests are',
    query: rate('circuit_breaker_failures_total'),
    finds: [
      ['exchange', 1.14],
      ['llm', 2.84],
      ['database', 0],
    ],
  },
  {
    says: 'the api fails 9.4 % of its requests, the orchestrator 2 %',
    query: failing('http_requests_total', 'status=~"5.."', 'service'),
    finds: [
      ['api', 0.094],
      ['orchestrator', 0.02],
    ],
  },
  {
    says: 'the api is asked 42 times a second',
    query: 'sum by (service) (rate(http_requests_total{service="api"}[5m]))',
    finds: [['api', 42]],
  },
  {
    says: 'hardly a request failed half an hour ago',
    query: `${failing('http_requests_total', 'status=~"5.."', 'service')} < 0.003`,
    ago: 30 * MINUTE,
    finds: [
      ['api', 0.1 / 42],
      ['orchestrator', 0],
    ],
  },
  {
    says: 'two MCP tools fail',
    query: 'sum by (tool) (rate(mcp_tool_errors_total[5m]))',
    finds: [
      ['get_ticker', 0.8],
      ['place_order', 0.3],
      ['calculate_var', 0],
    ],
  },
  {
    says: 'one MCP tool is slow',
    query: `${slowest(0.95, 'mcp_tool_duration_seconds', 'tool')} > 0.3`,
    finds: [['get_ticker', 4]],
  },
  {
    says: 'two agents decide slowly',
    query: `${slowest(0.95, 'agent_decision_duration_seconds', 'agent')} > 2`,
    finds: [
      ['technical-agent', 11],
      ['sentiment-agent', 8],
    ],
  },
  {
    says: 'vector searches are slow',
    query: slowest(0.95, 'cryptofunk_vector_search_latency_seconds', 'operation'),
    finds: [
      ['semantic_search', 3.4],
      ['similar_decisions', 1.4],
    ],
  },
  {
    says: 'some vector searches are very slow',
    query: `${slowest(0.99, 'cryptofunk_vector_search_latency_seconds', 'operation')} > 4`,
    finds: [['semantic_search', 6.8]],
  },
  {
    says: 'vector searches were swift an hour ago',
    query: `${slowest(0.95, 'cryptofunk_vector_search_latency_seconds', 'operation')} < bool 0.5`,
    ago: HOUR,
    finds: [
      ['semantic_search', 1],
      ['similar_decisions', 1],
    ],
  },
  {
    says: '24 % of the semantic searches fail',
    query: failing('cryptofunk_vector_search_operations_total', 'status="error"', 'operation'),
    finds: [
      ['semantic_search', 0.24],
      ['similar_decisions', 0.03],
      // 0 divided by 0.
      ['explain_decision', Number.NaN],
    ],
  },
  {
    says: 'there are about 2 searches a second',
    query: 'sum by (job) (rate(cryptofunk_vector_search_operations_total[5m]))',
    finds: [['', 2]],
  },
  {
    says: 'all connections are in use and none is idle',
    query: '{__name__=~"cryptofunk_database_connections_.*", instance="api:8080", job="api"}',
    finds: [
      ['cryptofunk_database_connections_active', 10],
      ['cryptofunk_database_connections_idle', 0],
      ['cryptofunk_database_connections_max', 10],
    ],
  },
  {
    says: '6 connections were idle an hour ago',
    query: 'cryptofunk_database_connections_idle',
    ago: HOUR,
    finds: [['cryptofunk_database_connections_idle', 6]],
  },
  {
    says: 'the api uses 95 % of its memory',
    query: `sum by (container) (${usedOfLimit('api')})`,
    finds: [['api', 487 / 512]],
  },
  {
    says: 'PostgreSQL uses 1.6 of 2 GiB',
    query: `sum by (container) (${usedOfLimit('postgres')})`,
    finds: [['postgres', 0.8]],
  },
  {
    says: 'the api and PostgreSQL use nearly all of their CPU',
    query:
      'topk(2, sum by (container) (rate(container_cpu_usage_seconds_total{namespace="cryptofunk"}[5m])))',
    finds: [
      ['postgres', 0.94],
      ['api', 0.46],
    ],
  },
  {
    says: 'three containers are throttled',
    query: 'sum by (container) (rate(container_cpu_cfs_throttled_seconds_total[5m])) > 0',
    finds: [
      ['api', 0.31],
      ['postgres', 0.27],
      ['technical-agent', 0.22],
    ],
  },
  {
    says: 'the volume is 87 % full',
    query: 'kubelet_volume_stats_used_bytes / kubelet_volume_stats_capacity_bytes',
    finds: [['postgres-pvc', 0.87]],
  },
  {
    says: 'the volume took 0.9 GB in the last hour',
    query: 'delta(kubelet_volume_stats_used_bytes[1h])',
    finds: [['postgres-pvc', 0.9e9]],
  },
  {
    says: 'the disk is busy',
    query: 'rate(node_disk_io_time_seconds_total[5m])',
    finds: [['node-1', 0.92]],
  },
  {
    says: 'the drawdown is at its worst',
    query: 'cryptofunk_portfolio_drawdown_ratio >= max_over_time(cryptofunk_portfolio_drawdown_ratio[1h])',
    finds: [['cryptofunk_portfolio_drawdown_ratio', 0.119]],
  },
  {
    says: 'one position is above its limit',
    query: 'cryptofunk_position_exposure_usd > cryptofunk_position_limit_usd',
    finds: [['BTC/USDT', 105_437.5]],
  },
  {
    says: 'the other positions are not',
    query: 'cryptofunk_position_exposure_usd <= cryptofunk_position_limit_usd',
    finds: [
      ['ETH/USDT', 40_243],
      ['SOL/USDT', 29_379],
      ['ADA/USDT', 5_436],
    ],
  },
];

/** Queries beyond those of the world, to compare evaluators. */
export const otherQueries = [
  '1 + 2 * 3 ^ 2 % 5 - -1',
  'up{job="trading-agents", instance!~"(risk|trend)-agent.*"} unless up == 1',
  'up == 1 and on (instance) {job="trading-agents"}',
  'up{job="api"} or up{job="redis"} or vector(7)',
  'sum without (instance) (up)',
  'count(up) - sum(up)',
  'avg by (job) (up)',
  'bottomk(2, cryptofunk_position_exposure_usd)',
  'sort_desc(cryptofunk_position_exposure_usd)',
  'max(cryptofunk_position_exposure_usd) / ignoring (symbol) min(cryptofunk_position_limit_usd)',
  'clamp_max(abs(-cryptofunk_position_exposure_usd), 30000)',
  'increase(mcp_tool_errors_total[10m])',
  'irate(http_requests_total{service="api"}[2m])',
  'max_over_time(cryptofunk_database_connections_idle[20m]) - min_over_time(cryptofunk_database_connections_idle[20m])',
  'avg_over_time(cryptofunk_portfolio_drawdown_ratio[30m])',
  'rate(http_requests_total[5m] offset 1h)',
  'kubelet_volume_stats_used_bytes - kubelet_volume_stats_used_bytes offset 1h',
  'up == 0 and up offset 1h > 0 or 1 - cryptofunk_portfolio_drawdown_ratio offset 30m * 2 ^ 3 ^ 0.5',
  '-cryptofunk_portfolio_drawdown_ratio offset 30m * 100 + 1',
  'round(increase(circuit_breaker_failures_total[10m]), 10)',
  'cryptofunk_database_connections_idle offset 30m > bool 3',
  '0.05 < 2 * circuit_breaker_state',
  'predict_linear(kubelet_volume_stats_used_bytes[1h], 4 * 3600)',
  'changes(circuit_breaker_state[1h])',
  'absent(no_such_metric{job="api"})',
  'no_such_metric',
  'scalar(cryptofunk_portfolio_drawdown_ratio) * 100',
  'rate(mcp_tool_duration_seconds_sum[5m]) / rate(mcp_tool_duration_seconds_count[5m])',
  'histogram_quantile(0.5, rate(agent_decision_duration_seconds_bucket[5m]))',
];

export const worldQueries = world.map(({ query }) => query);

/** The answers of the local stack's Prometheus about the sample world, the real one and its stand-in. */
export function prometheusSamplesContract(name: string, opened: () => OpenedPrometheus): void {
  describe(`the sample world in ${name}`, () => {
    test.each(world)('$says', async ({ query, ago = 0, finds }) => {
      const { url, start } = opened();

      const samples = await askedAt(url).instant(query, start - ago);

      const notified = finds.map(([label]) => samples.filter(({ labels }) => labelled(labels, label)).length);
      expect(samples).toHaveLength(finds.length);
      expect(notified).toEqual(finds.map(() => 1));
      for (const [label, value] of finds) expect(valueOf(samples, label), label).toSatisfy(near(value));
    });

    test('has an hour of history in every series, and counters that never fall', async () => {
      const { url, start } = opened();
      const window = { from: start - HOUR, to: start, stepSeconds: 15 };

      const series = await askedAt(url).range('{__name__=~".+_(total|bucket|sum|count)"}', window);

      expect(series.length).toBeGreaterThan(150);
      for (const { labels, points } of series) {
        const values = points.map(([, value]) => value);
        expect(points, JSON.stringify(labels)).toHaveLength(241);
        expect(values).toEqual(values.toSorted((a, b) => a - b));
      }
    });
  });
}

function labelled(labels: Sample['labels'], value: string): boolean {
  return value === '' ? Object.keys(labels).length === 0 : Object.values(labels).includes(value);
}

function valueOf(samples: Sample[], label: string): number | undefined {
  return samples.find(({ labels }) => labelled(labels, label))?.value;
}

/** Within 5 %, which people would call the same. */
export function near(expected: number): (actual: number | undefined) => boolean {
  return (actual = Number.NaN) =>
    Object.is(actual, expected) || Math.abs(actual - expected) <= Math.abs(expected) * 0.05 + 1e-9;
}
