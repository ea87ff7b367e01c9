import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPrometheusStandIn } from '../../infra/local/prometheus/prometheus-stand-in.ts';
import type { LocalPrometheus } from '../../infra/local/prometheus/scraped-world.ts';
import { askedAt } from '../support/factories/prometheus-answers.ts';
import { runbookQueries } from '../support/factories/runbook-queries.ts';
import { otherQueries, prometheusSamplesContract } from './prometheus-samples.contract.ts';

const START = Date.UTC(2026, 10, 24, 3, 12);

let standIn: LocalPrometheus;

beforeAll(async () => {
  standIn = await startPrometheusStandIn({ start: START, now: () => START });
});

afterAll(() => standIn?.close());

prometheusSamplesContract('the stand-in', () => ({ url: standIn.url, start: START }));

describe('the stand-in for Prometheus', () => {
  test.each(runbookQueries())('answers $step', async ({ query, range }) => {
    const window = { from: START - (range ?? 0), to: START, stepSeconds: 60 };

    const answer =
      range === undefined
        ? await askedAt(standIn.url).instant(query, START)
        : await askedAt(standIn.url).range(query, window);

    expect(answer.length).toBeGreaterThan(0);
  });

  test.each(otherQueries)('answers %s', async (query) => {
    await expect(askedAt(standIn.url).instant(query, START)).resolves.toBeInstanceOf(Array);
  });
});
