import type { Millis } from '../../../lib/core/shared/time.ts';
import { sampleContainers } from './sample-containers.ts';
import { counter, gauge, since, steady, type ValueOverTime } from './value-over-time.ts';

// The series of the sample world: normal until 14 minutes ago, when Bifrost lost its upstream, unless a line says
// otherwise. They agree with the sample database, the pods and the services of the local stack.

export type Labels = Readonly<Record<string, string>>;
/** A series with its name among the labels, like in Prometheus. */
export type SampleSeries = { labels: Labels; value(at: Millis): number };

type Named = [Labels, ValueOverTime];

const TROUBLE = 14;
const IDLE_FOR = 47;
const CPU_PERIOD = 100_000;
const ARBITRAGE_STOPPED = 132;
/** Three days: the time since all processes started. */
const BEGINNING = 4_320;

/** Every series of the world, relative to its `start`. */
export function sampleSeries(start: Millis): SampleSeries[] {
  return world.map(([labels, over]) => ({ labels, value: (at) => over((at - start) / 1_000) }));
}

const agents = ['technical-agent', 'orderbook-agent', 'sentiment-agent', 'trend-agent'];
const tools = ['place_order', 'get_ticker', 'calculate_var'];

const up: Named[] = [
  ...agents.map((agent): Named => [agentUp(agent), since(TROUBLE, 1, 0)]),
  [agentUp('arbitrage-agent'), since(ARBITRAGE_STOPPED, 1, 0)],
  ...agents.map((agent): Named => [named('cryptofunk_agent_up', { agent }), since(TROUBLE, 1, 0)]),
  [named('cryptofunk_agent_up', { agent: 'arbitrage-agent' }), since(ARBITRAGE_STOPPED, 1, 0)],
  [named('cryptofunk_agent_up', { agent: 'reversion-agent' }), steady(1)],
  [named('cryptofunk_agent_up', { agent: 'risk-agent' }), steady(1)],
  // Those whose pods are not ready.
  ...['technical-agent', 'sentiment-agent', 'trend-agent'].map(
    (agent): Named => [named('cryptofunk_agent_healthy', { agent }), since(TROUBLE, 1, 0)],
  ),
  ...['orderbook-agent', 'reversion-agent', 'risk-agent'].map(
    (agent): Named => [named('cryptofunk_agent_healthy', { agent }), steady(1)],
  ),
  [agentUp('reversion-agent'), steady(1)],
  [agentUp('risk-agent'), steady(1)],
  [jobUp('market-data-server', 9201), since(TROUBLE, 1, 0)],
  [jobUp('technical-indicators-server', 9202), steady(1)],
  [jobUp('risk-analyzer-server', 9203), steady(1)],
  [jobUp('order-executor-server', 9204), steady(1)],
  [jobUp('api', 8080), steady(1)],
  [jobUp('orchestrator', 8081), steady(1)],
  [jobUp('bifrost', 8082), steady(1)],
  [jobUp('postgres', 9187), steady(1)],
  [jobUp('redis', 9121), steady(1)],
  [jobUp('nats', 7777), steady(1)],
  [jobUp('prometheus', 9090), steady(1)],
];

const circuitBreakers: Named[] = [
  // 0 closed, 1 half open, 2 open. Of 3 calls a second to the exchange 38 % fail, of 4 to the LLM 71 %.
  [named('circuit_breaker_state', { service: 'exchange' }), since(TROUBLE, 0, 2)],
  [named('circuit_breaker_state', { service: 'llm' }), since(TROUBLE, 0, 2)],
  [named('circuit_breaker_state', { service: 'database' }), steady(0)],
  ...breakerRequests('exchange', counting(2.99, 1.86), counting(0.01, 1.14)),
  ...breakerRequests('llm', counting(3.99, 1.16), counting(0.01, 2.84)),
  ...breakerRequests('database', counting(50, 50), counting(0, 0)),
];

const requests: Named[] = [
  // The api fails 9.4 % of its 42 requests a second, the orchestrator 2 % of its 6.
  [served('api', '200'), counting(41.9, 38.052)],
  [served('api', '500'), counting(0.08, 2.688)],
  [served('api', '503'), counting(0.02, 1.26)],
  [served('orchestrator', '200'), counting(6, 5.88)],
  [served('orchestrator', '500'), counting(0, 0.12)],
  [served('orchestrator', '503'), counting(0, 0)],
];

const TOOL_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Shares of the calls that took at most as long as each bound. 95 % within a quarter of a second, and within 4 s. */
const swiftTool = [0.45, 0.8, 0.97, 0.99, 0.995, 1, 1, 1];
const slowTool = [0.1, 0.2, 0.35, 0.5, 0.7, 0.905, 0.98, 1];

const mcpTools: Named[] = [
  [named('mcp_tool_errors_total', { tool: 'place_order' }), counting(0.01, 0.3)],
  [named('mcp_tool_errors_total', { tool: 'get_ticker' }), counting(0.01, 0.8)],
  [named('mcp_tool_errors_total', { tool: 'calculate_var' }), counting(0, 0)],
  ...tools.flatMap((tool) =>
    histogram(
      'mcp_tool_duration_seconds',
      { tool },
      tool === 'get_ticker' ? 2 : 0.8,
      TOOL_BOUNDS,
      swiftTool,
      tool === 'get_ticker' ? slowTool : swiftTool,
    ),
  ),
];

const DECISION_BOUNDS = [0.25, 0.5, 1, 2, 5, 10, 15, 30];
const swiftDecision = [0.3, 0.62, 0.87, 0.98, 1, 1, 1, 1];
/** 95 % within 8 s, and within 11 s. */
const slowDecision = [0.02, 0.06, 0.15, 0.4, 0.8975, 0.985, 1, 1];
const slowestDecision = [0.01, 0.03, 0.08, 0.2, 0.6, 0.94, 0.99, 1];

const decisions: Named[] = [
  decided('technical-agent', slowestDecision),
  decided('sentiment-agent', slowDecision),
  ...['orderbook-agent', 'trend-agent', 'reversion-agent', 'risk-agent'].map((agent) =>
    decided(agent, swiftDecision),
  ),
].flat();

const SEARCH_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const swiftSearch = [0.35, 0.68, 0.93, 0.98, 0.995, 1, 1, 1];
/** 95 % within 3.4 s and 99 % within 6.8 s, and within 1.4 s and 2.6 s. */
const slowSearch = [0.02, 0.08, 0.25, 0.48, 0.75, 0.930664, 0.984375, 1];
const slowSimilar = [0.08, 0.2, 0.45, 0.72, 0.9356, 0.9896, 1, 1];

const vectorSearch: Named[] = [
  // Of 1.4 semantic searches a second 24 % fail, of 0.6 searches for similar decisions 3 %.
  ...searches('semantic_search', counting(1.393, 1.064), counting(0.007, 0.336)),
  ...searches('similar_decisions', counting(0.597, 0.582), counting(0.003, 0.018)),
  // The last request for an explanation was three quarters of an hour ago.
  ...searches('explain_decision', counter([BEGINNING, 0.2], [IDLE_FOR, 0]), steady(0)),
  ...searchLatency('semantic_search', 1.4, slowSearch),
  ...searchLatency('similar_decisions', 0.6, slowSimilar),
];

const pool = { instance: 'api:8080', job: 'api' };
const volume = { namespace: 'cryptofunk', persistentvolumeclaim: 'postgres-pvc' };
const disk = { instance: 'node-1', device: 'nvme0n1' };

const infrastructure: Named[] = [
  [named('cryptofunk_database_connections_active', pool), since(TROUBLE, 4, 10)],
  [named('cryptofunk_database_connections_idle', pool), since(TROUBLE, 6, 0)],
  [named('cryptofunk_database_connections_max', pool), steady(10)],
  // 0.9 GB an hour, until the volume is full in 7 h 12 m.
  [named('kubelet_volume_stats_used_bytes', volume), gauge([600, 34.5075e9], [0, 43.5075e9], [-432.8, 50e9])],
  [named('kubelet_volume_stats_capacity_bytes', volume), steady(50e9)],
  [named('node_disk_io_time_seconds_total', disk), counting(0.35, 0.92)],
];

const trading: Named[] = [
  [named('cryptofunk_trading_sessions_active'), since(TROUBLE, 1, 0)],
  [named('cryptofunk_portfolio_drawdown_ratio'), gauge([60, 0.041], [30, 0.05], [14, 0.062], [0, 0.119])],
  exposed('BTC/USDT', gauge([60, 88_400], [20, 98_900], [9, 105_437.5])),
  exposed('ETH/USDT', gauge([60, 41_800], [0, 40_243])),
  exposed('SOL/USDT', gauge([60, 30_150], [0, 29_379])),
  exposed('ADA/USDT', gauge([60, 5_468], [0, 5_436])),
  ...['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'ADA/USDT'].map(
    (symbol): Named => [named('cryptofunk_position_limit_usd', { symbol }), steady(100_000)],
  ),
];

const containers: Named[] = sampleContainers.flatMap((sample) => {
  const { pod, memory, memoryLimit, cpuLimit, cpu, throttled } = sample;
  const container = pod.replace(/-[^-]+-[^-]+$/, '');
  const labels = { namespace: 'cryptofunk', pod, container };
  const [calmCpu, cpuNow] = cpu;
  return [
    [named('container_memory_working_set_bytes', labels), (seconds) => memory(seconds) * 2 ** 20],
    [named('container_spec_memory_limit_bytes', labels), steady(memoryLimit * 2 ** 20)],
    // cAdvisor's form of a limit: microseconds of each period. No limit, no quota.
    ...(cpuLimit === 0 ? [] : [cpuQuota(labels, cpuLimit)]),
    [named('container_spec_cpu_period', labels), steady(CPU_PERIOD)],
    [named('container_cpu_usage_seconds_total', labels), counting(calmCpu, cpuNow)],
    [named('container_cpu_cfs_throttled_seconds_total', labels), counting(0, throttled)],
  ] satisfies Named[];
});

const world: Named[] = [
  ...up,
  ...circuitBreakers,
  ...requests,
  ...mcpTools,
  ...decisions,
  ...vectorSearch,
  ...infrastructure,
  ...trading,
  ...containers,
];

function cpuQuota(labels: Labels, cores: number): Named {
  return [named('container_spec_cpu_quota', labels), steady(cores * CPU_PERIOD)];
}

function named(name: string, labels: Labels = {}): Labels {
  return { __name__: name, ...labels };
}

function counting(calmPerSecond: number, perSecond: number): ValueOverTime {
  return counter([BEGINNING, calmPerSecond], [TROUBLE, perSecond]);
}

function agentUp(agent: string): Labels {
  return named('up', { job: 'trading-agents', instance: `${agent}:9101` });
}

function jobUp(job: string, port: number): Labels {
  return named('up', { job, instance: `${job}:${port}` });
}

function breakerRequests(service: string, succeeded: ValueOverTime, failed: ValueOverTime): Named[] {
  return [
    [named('circuit_breaker_requests_total', { service, result: 'success' }), succeeded],
    [named('circuit_breaker_requests_total', { service, result: 'failure' }), failed],
    [named('circuit_breaker_failures_total', { service }), failed],
  ];
}

function served(service: string, status: string): Labels {
  return named('http_requests_total', { job: 'api', service, status });
}

function decided(agent: string, shares: number[]): Named[] {
  const name = 'agent_decision_duration_seconds';
  return histogram(name, { agent }, 0.4, DECISION_BOUNDS, swiftDecision, shares);
}

function searches(operation: string, succeeded: ValueOverTime, failed: ValueOverTime): Named[] {
  const name = 'cryptofunk_vector_search_operations_total';
  return [
    [named(name, { operation, status: 'success' }), succeeded],
    [named(name, { operation, status: 'error' }), failed],
  ];
}

function searchLatency(operation: string, perSecond: number, shares: number[]): Named[] {
  const name = 'cryptofunk_vector_search_latency_seconds';
  return histogram(name, { operation }, perSecond, SEARCH_BOUNDS, swiftSearch, shares);
}

function exposed(symbol: string, usd: ValueOverTime): Named {
  return [named('cryptofunk_position_exposure_usd', { symbol }), usd];
}

/** So many a second; `calm` and `now` are the shares at or below each bound. */
function histogram(
  name: string,
  labels: Labels,
  perSecond: number,
  bounds: number[],
  calm: number[],
  now: number[],
): Named[] {
  const buckets = bounds.map((bound, at): Named => {
    const over = counting(perSecond * (calm[at] ?? 1), perSecond * (now[at] ?? 1));
    return [named(`${name}_bucket`, { ...labels, le: String(bound) }), over];
  });
  return [
    ...buckets,
    [named(`${name}_bucket`, { ...labels, le: '+Inf' }), counting(perSecond, perSecond)],
    [named(`${name}_count`, labels), counting(perSecond, perSecond)],
    [
      named(`${name}_sum`, labels),
      counting(perSecond * meanOf(bounds, calm), perSecond * meanOf(bounds, now)),
    ],
  ];
}

/** Each observation in the middle of its bucket. */
function meanOf(bounds: number[], shares: number[]): number {
  return bounds.reduce((mean, bound, at) => {
    const share = (shares[at] ?? 1) - (shares[at - 1] ?? 0);
    return mean + share * ((bound + (bounds[at - 1] ?? 0)) / 2);
  }, 0);
}
