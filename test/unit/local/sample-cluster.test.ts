import { describe, expect, test } from 'vitest';
import { podName, sampleEvents, sampleWorkloads } from '../../../infra/local/kubernetes/sample-cluster.ts';
import { previousLog, sampleLog } from '../../../infra/local/kubernetes/sample-logs.ts';

const NOW = Date.UTC(2026, 10, 24, 3, 12);
/** The shortest tail that a runbook asks for. */
const TAIL = 50;

function lastLines(deployment: string): string {
  return sampleLog(deployment, NOW)
    .slice(-TAIL)
    .map(({ text }) => text)
    .join('\n');
}

describe('the sample cluster', () => {
  test.each([
    ['bifrost', 'upstream api.openai.example: connection reset by peer'],
    ['bifrost', 'request completed latency_ms=8420'],
    ['orchestrator', 'trading session 7f3a failed to start: market-data-server:9201 refused the connection'],
    ['api', 'vector search failed: type "vector" does not exist'],
    ['api', 'dimension mismatch: expected 1536, got 768'],
    ['api', 'context deadline exceeded (timeout) in similar decisions'],
    ['api', 'route registered POST /api/v1/decisions/similar'],
    ['order-executor-server', 'exchange: 429 too many requests'],
    ['order-executor-server', 'exchange: API key rejected'],
    ['postgres', 'FATAL: sorry, too many clients already'],
    ['postgres', 'checkpoint complete'],
    [
      'risk-analyzer-server',
      'limit max_position_usd=100000 exceeded: BTC/USDT 105437.50 allowed=true reason=override',
    ],
    ['risk-agent', 'approved LONG BTC/USDT 1.25 although exposure 105437 > limit 100000'],
    ['technical-agent', 'bifrost: connection reset by peer'],
    ['orderbook-agent', 'bifrost: connection reset by peer'],
    ['sentiment-agent', 'bifrost: connection reset by peer'],
    ['trend-agent', 'bifrost: connection reset by peer'],
  ])('%s has lately said: %s', (deployment, words) => {
    expect(lastLines(deployment)).toContain(words);
  });

  test('says nothing of the trouble before it began, and is mostly harmless after', () => {
    const lines = sampleLog('bifrost', NOW);
    const errors = lines.filter(({ text }) => text.includes('ERROR'));

    expect(lines.length).toBeGreaterThan(200);
    expect(Math.max(...errors.map(({ ago }) => ago))).toBeLessThanOrEqual(14 * 60);
    expect(errors.length).toBeLessThan(lines.length / 4);
  });

  test('writes its lines in the order of their times, also those of before a restart', () => {
    const before = previousLog('technical-agent', { reason: 'OOMKilled', ago: 180 }, NOW);

    for (const lines of [sampleLog('api', NOW), before]) {
      const times = lines.map(({ ago }) => -ago);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
    expect(before.at(-1)).toEqual({ ago: 180, text: expect.stringContaining('251 MiB of 256 MiB') });
  });

  test('has one pod for each deployment but the one that is stopped, and events about pods only', () => {
    const names = sampleWorkloads.map(podName);

    expect(names.filter((name) => name === undefined)).toHaveLength(1);
    expect(new Set(names).size).toBe(15);
    for (const { about } of sampleEvents) {
      expect(names.some((name) => name?.startsWith(`${about}-`))).toBe(true);
    }
  });
});
