/**
 * The sample cluster: CryptoFunk's namespace, 14 minutes after Bifrost lost the provider behind it. All times are
 * seconds before now. Prometheus and the logs show the same events for the same pods.
 */

export const NAMESPACE = 'cryptofunk';
export const NODE = 'node-1';

/** In a manifest's format: `250m`, `256Mi`. */
export type Amounts = { cpu: string; memory: string };

export type SampleWorkload = {
  deployment: string;
  component: string;
  image: string;
  /** The suffix of its replica set's name. */
  hash: string;
  /** The suffix of the pod's name after that; absent: it is scaled to 0. */
  pod?: string;
  age: number;
  ready: boolean;
  /** Why its container waits. */
  waiting?: { reason: string; message: string };
  restarts: number;
  lastExit?: { reason: string; exitCode: number; ago: number };
  requests?: Amounts;
  limits?: Amounts;
  /** Absent: no container runs, so nothing is measured. */
  usage?: Amounts;
};

export type SampleEvent = {
  /** The deployment whose pod it is about. */
  about: string;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  count: number;
  firstAgo: number;
  lastAgo: number;
};

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const TROUBLE_BEGAN = 14 * MINUTE;

const registry = 'cryptofunk';
const calm = { ready: true, restarts: 0 };
const small = { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '200m', memory: '256Mi' } };

function agent(deployment: string, hash: string, pod?: string) {
  return {
    deployment,
    hash,
    pod,
    component: 'trading-agent',
    image: `${registry}/agent:1.42.0`,
    age: 2 * DAY + 5 * HOUR,
    ...calm,
    ...small,
  };
}

function mcpServer(deployment: string, hash: string, pod: string) {
  return {
    deployment,
    hash,
    pod,
    component: 'mcp-server',
    image: `${registry}/${deployment}:1.42.0`,
    age: 2 * DAY + 5 * HOUR,
    ...calm,
    ...small,
  };
}

export const sampleWorkloads: SampleWorkload[] = [
  {
    deployment: 'orchestrator',
    component: 'orchestrator',
    image: `${registry}/orchestrator:1.42.0`,
    hash: '7b6d5c9f88',
    pod: 'h4k2p',
    age: 2 * DAY + 5 * HOUR,
    ready: true,
    restarts: 3,
    lastExit: { reason: 'Error', exitCode: 1, ago: TROUBLE_BEGAN },
    requests: { cpu: '100m', memory: '128Mi' },
    limits: { cpu: '500m', memory: '512Mi' },
    usage: { cpu: '85m', memory: '212Mi' },
  },
  {
    deployment: 'api',
    component: 'api',
    image: `${registry}/api:1.42.0`,
    hash: '5d8f9c7b46',
    pod: 'q7w2m',
    age: 2 * DAY + 5 * HOUR,
    ...calm,
    requests: { cpu: '250m', memory: '256Mi' },
    limits: { cpu: '500m', memory: '512Mi' },
    usage: { cpu: '460m', memory: '487Mi' },
  },
  {
    deployment: 'bifrost',
    component: 'llm-gateway',
    image: 'maximhq/bifrost:1.3.9',
    hash: '6f7c8d9b5c',
    pod: 'z8x4n',
    age: 9 * DAY,
    ...calm,
    requests: { cpu: '100m', memory: '128Mi' },
    limits: { cpu: '500m', memory: '512Mi' },
    usage: { cpu: '120m', memory: '173Mi' },
  },
  {
    deployment: 'postgres',
    component: 'database',
    image: 'timescale/timescaledb:2.22.0-pg18',
    hash: '0c9d8e7f6a',
    pod: 'm3v7c',
    age: 31 * DAY,
    ...calm,
    requests: { cpu: '500m', memory: '1Gi' },
    limits: { cpu: '1', memory: '2Gi' },
    usage: { cpu: '940m', memory: '1638Mi' },
  },
  {
    ...mcpServer('order-executor-server', '84b7c6d5f9', 't6r2k'),
    restarts: 1,
    lastExit: { reason: 'Error', exitCode: 1, ago: 26 * HOUR },
    usage: { cpu: '35m', memory: '91Mi' },
  },
  { ...mcpServer('market-data-server', '5c6b7d8f4d', 'w9q3z'), usage: { cpu: '18m', memory: '77Mi' } },
  {
    ...mcpServer('technical-indicators-server', '6d7e8f9a5b', 'k5j8l'),
    usage: { cpu: '22m', memory: '84Mi' },
  },
  {
    deployment: 'risk-analyzer-server',
    component: 'mcp-server',
    image: `${registry}/risk-analyzer-server:1.42.0`,
    hash: '7e8f9a6b4c',
    pod: 'p2n6v',
    age: 2 * DAY + 5 * HOUR,
    ...calm,
    usage: { cpu: '41m', memory: '139Mi' },
  },
  {
    ...agent('technical-agent', '6c9f7d8b5d', 'x2k9q'),
    ready: false,
    restarts: 6,
    waiting: {
      reason: 'CrashLoopBackOff',
      message:
        'back-off 5m0s restarting failed container=technical-agent pod=technical-agent-6c9f7d8b5d-x2k9q',
    },
    lastExit: { reason: 'OOMKilled', exitCode: 137, ago: 3 * MINUTE },
  },
  {
    ...agent('orderbook-agent', '58d7c6b9f4', 'r4t7w'),
    restarts: 2,
    lastExit: { reason: 'Error', exitCode: 1, ago: 13 * MINUTE },
    usage: { cpu: '24m', memory: '88Mi' },
  },
  {
    ...agent('sentiment-agent', '7d9b8c6f5a', 'f8g3h'),
    ready: false,
    usage: { cpu: '12m', memory: '96Mi' },
  },
  { ...agent('trend-agent', '6b8c9d7e5f', 'j2k6m'), ready: false, usage: { cpu: '9m', memory: '81Mi' } },
  agent('arbitrage-agent', '59c8d7b6e4'),
  { ...agent('reversion-agent', '6e7d8c9b5a', 'v5b9n'), usage: { cpu: '31m', memory: '90Mi' } },
  { ...agent('risk-agent', '7f6e5d8c9b', 'c3x8z'), usage: { cpu: '38m', memory: '102Mi' } },
];

export const sampleEvents: SampleEvent[] = [
  {
    about: 'technical-agent',
    type: 'Warning',
    reason: 'BackOff',
    message:
      'Back-off restarting failed container technical-agent in pod technical-agent-6c9f7d8b5d-x2k9q_cryptofunk',
    count: 17,
    firstAgo: 12 * MINUTE,
    lastAgo: 25,
  },
  {
    about: 'technical-agent',
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    count: 9,
    firstAgo: TROUBLE_BEGAN,
    lastAgo: 4 * MINUTE,
  },
  {
    about: 'technical-agent',
    type: 'Normal',
    reason: 'Pulled',
    message: 'Container image "cryptofunk/agent:1.42.0" already present on machine',
    count: 7,
    firstAgo: 2 * DAY + 5 * HOUR,
    lastAgo: 3 * MINUTE + 40,
  },
  ...['sentiment-agent', 'trend-agent'].map(
    (about): SampleEvent => ({
      about,
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      count: 84,
      firstAgo: TROUBLE_BEGAN,
      lastAgo: 8,
    }),
  ),
  {
    about: 'orderbook-agent',
    type: 'Normal',
    reason: 'Started',
    message: 'Started container orderbook-agent',
    count: 3,
    firstAgo: 2 * DAY + 5 * HOUR,
    lastAgo: 13 * MINUTE - 4,
  },
];

export function podName({ deployment, hash, pod }: SampleWorkload): string | undefined {
  return pod === undefined ? undefined : `${deployment}-${hash}-${pod}`;
}
