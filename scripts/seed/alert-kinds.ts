/** How one alert behaves in a history: how often it fires compared with the others, and for how long. */
export type AlertKind = {
  alertname: string;
  weight: number;
  /** Median, in minutes. */
  lasts: number;
  /** The label; absent: the runbook's, or warning. */
  severity?: 'critical' | 'warning' | 'info';
  /** The labels that differ between its alerts, and how many fire at once at most. */
  label: string;
  values: readonly [string, ...string[]];
};

const agents = [
  'technical-agent',
  'orderbook-agent',
  'sentiment-agent',
  'trend-agent',
  'risk-agent',
] as const;
const pods = [
  'api-5d8f9c7b46-q7w2m',
  'api-5d8f9c7b46-x2k9p',
  'orchestrator-6b7d-4tz8n',
  'bifrost-79c5-m1q3r',
] as const;
const symbols = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] as const;
const services = ['api', 'order-executor', 'market-data', 'llm-gateway'] as const;
const nodes = ['10.0.1.11:9100', '10.0.1.12:9100', '10.0.1.13:9100'] as const;

/** The alerts that have a runbook here, and some more of a typical cluster. */
export const alertKinds: readonly [AlertKind, ...AlertKind[]] = [
  { alertname: 'HighErrorRate', weight: 9, lasts: 14, label: 'service', values: services },
  { alertname: 'AgentUnhealthy', weight: 12, lasts: 9, label: 'agent', values: agents },
  { alertname: 'AgentDown', weight: 6, lasts: 12, label: 'agent', values: agents },
  { alertname: 'AgentHighLatency', weight: 11, lasts: 16, label: 'agent', values: agents },
  { alertname: 'CircuitBreakerOpen', weight: 5, lasts: 7, label: 'service', values: services },
  { alertname: 'PositionLimitExceeded', weight: 4, lasts: 21, label: 'symbol', values: symbols },
  {
    alertname: 'MaxDrawdownExceeded',
    weight: 1,
    lasts: 95,
    label: 'session',
    values: ['momentum-1', 'carry-2'],
  },
  {
    alertname: 'TradingSessionFailure',
    weight: 2,
    lasts: 18,
    label: 'session',
    values: ['momentum-1', 'carry-2'],
  },
  {
    alertname: 'DatabaseConnectionPoolExhausted',
    weight: 4,
    lasts: 11,
    label: 'instance',
    values: ['api:8080'],
  },
  {
    alertname: 'DatabaseConnectionPoolCritical',
    weight: 2,
    lasts: 17,
    label: 'instance',
    values: ['api:8080'],
  },
  { alertname: 'HighMemoryUsage', weight: 8, lasts: 32, label: 'pod', values: pods },
  { alertname: 'HighCPUUsage', weight: 10, lasts: 13, label: 'pod', values: pods },
  {
    alertname: 'DiskSpaceWarning',
    weight: 3,
    lasts: 240,
    label: 'persistentvolumeclaim',
    values: ['postgres-pvc'],
  },
  {
    alertname: 'VectorSearchHighLatency',
    weight: 6,
    lasts: 19,
    label: 'operation',
    values: ['semantic_search'],
  },
  {
    alertname: 'VectorSearchCriticalLatency',
    weight: 2,
    lasts: 12,
    label: 'operation',
    values: ['semantic_search'],
  },
  {
    alertname: 'VectorSearchHighErrorRate',
    weight: 3,
    lasts: 15,
    label: 'operation',
    values: ['semantic_search'],
  },
  {
    alertname: 'VectorSearchNoOperations',
    weight: 2,
    lasts: 45,
    label: 'operation',
    values: ['explain_decision'],
  },
  { alertname: 'KubePodCrashLooping', weight: 7, lasts: 25, severity: 'warning', label: 'pod', values: pods },
  { alertname: 'KubePodNotReady', weight: 6, lasts: 22, severity: 'warning', label: 'pod', values: pods },
  {
    alertname: 'KubeJobFailed',
    weight: 4,
    lasts: 130,
    severity: 'info',
    label: 'job_name',
    values: ['backup', 'retrain'],
  },
  { alertname: 'TargetDown', weight: 5, lasts: 10, severity: 'critical', label: 'job', values: services },
  {
    alertname: 'NodeFilesystemAlmostFull',
    weight: 2,
    lasts: 300,
    severity: 'warning',
    label: 'instance',
    values: nodes,
  },
  { alertname: 'NodeClockSkew', weight: 2, lasts: 55, severity: 'info', label: 'instance', values: nodes },
  {
    alertname: 'CertificateExpiresSoon',
    weight: 1,
    lasts: 900,
    severity: 'info',
    label: 'service',
    values: services,
  },
  {
    alertname: 'QueueBacklogGrowing',
    weight: 6,
    lasts: 20,
    severity: 'warning',
    label: 'queue',
    values: ['orders', 'fills'],
  },
  {
    alertname: 'MarketDataStale',
    weight: 5,
    lasts: 6,
    severity: 'critical',
    label: 'symbol',
    values: symbols,
  },
  {
    alertname: 'ModelDrift',
    weight: 2,
    lasts: 500,
    severity: 'info',
    label: 'model',
    values: ['trend-v3', 'risk-v2'],
  },
];

type Source = { source: string; weight: number };

/** The sources. */
export const sources: readonly [Source, ...Source[]] = [
  { source: 'prod', weight: 60 },
  { source: 'staging', weight: 28 },
  { source: 'research', weight: 12 },
];

/** Who is on call. */
export const people = ['Ana', 'Ben', 'Chidi', 'Dana', 'Emre', 'Farah'] as const;
