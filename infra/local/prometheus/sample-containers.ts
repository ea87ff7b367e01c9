import { gauge, steady, type ValueOverTime } from './value-over-time.ts';

/** One container's use and limits; its name is the deployment's, with which the pod's name begins. */
export type SampleContainer = {
  pod: string;
  /** Mebibytes; the limit is 0 where there is none, as in cAdvisor. */
  memory: ValueOverTime;
  memoryLimit: number;
  /** Cores; 0 where there is no limit. */
  cpuLimit: number;
  /** Cores before the trouble and since. */
  cpu: [calm: number, now: number];
  /** Seconds a second that it waited for its share of the CPU since the trouble began. */
  throttled: number;
};

/** The pods of the sample world: the api is about to run out of memory, technical-agent did three minutes ago. */
export const sampleContainers: SampleContainer[] = [
  container('orchestrator-7b6d5c9f88-h4k2p', steady(212), 512, 0.5, [0.09, 0.085]),
  container('api-5d8f9c7b46-q7w2m', gauge([60, 310], [14, 378], [0, 487]), 512, 0.5, [0.21, 0.46], 0.31),
  container('bifrost-6f7c8d9b5c-z8x4n', steady(173), 512, 0.5, [0.18, 0.12]),
  container('postgres-0c9d8e7f6a-m3v7c', gauge([60, 1_320], [0, 1_638]), 2_048, 1, [0.38, 0.94], 0.27),
  container('order-executor-server-84b7c6d5f9-t6r2k', steady(91), 256, 0.2, [0.045, 0.035]),
  container('market-data-server-5c6b7d8f4d-w9q3z', steady(77), 256, 0.2, [0.09, 0.018]),
  container('technical-indicators-server-6d7e8f9a5b-k5j8l', steady(84), 256, 0.2, [0.03, 0.022]),
  container('risk-analyzer-server-7e8f9a6b4c-p2n6v', steady(139), 0, 0, [0.04, 0.041]),
  container(
    'technical-agent-6c9f7d8b5d-x2k9q',
    gauge([60, 140], [14, 150], [3.01, 255], [3, 31]),
    256,
    0.2,
    [0.04, 0.17],
    0.22,
  ),
  container('orderbook-agent-58d7c6b9f4-r4t7w', steady(88), 256, 0.2, [0.05, 0.024]),
  container('sentiment-agent-7d9b8c6f5a-f8g3h', steady(96), 256, 0.2, [0.05, 0.012]),
  container('trend-agent-6b8c9d7e5f-j2k6m', steady(81), 256, 0.2, [0.04, 0.009]),
  container('reversion-agent-6e7d8c9b5a-v5b9n', steady(90), 256, 0.2, [0.03, 0.031]),
  container('risk-agent-7f6e5d8c9b-c3x8z', steady(102), 256, 0.2, [0.04, 0.038]),
];

function container(
  pod: string,
  memory: ValueOverTime,
  memoryLimit: number,
  cpuLimit: number,
  cpu: [calm: number, now: number],
  throttled = 0,
): SampleContainer {
  return { pod, memory, memoryLimit, cpuLimit, cpu, throttled };
}
