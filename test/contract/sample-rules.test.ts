import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleAlerts, sampleExpressions } from '../../infra/local/play/sample-alerts.ts';
import { startPrometheusStandIn } from '../../infra/local/prometheus/prometheus-stand-in.ts';
import type { LocalPrometheus } from '../../infra/local/prometheus/scraped-world.ts';
import { askedAt } from '../support/factories/prometheus-answers.ts';

const START = Date.UTC(2026, 10, 24, 3, 12);
/** Labels that a rule itself adds. */
const ADDED = new Set(['alertname', 'severity']);

let standIn: LocalPrometheus;

beforeAll(async () => {
  standIn = await startPrometheusStandIn({ start: START, now: () => START });
});

afterAll(() => standIn?.close());

describe('the rules that alerts are played from', () => {
  test.each(Object.entries(sampleExpressions()))(
    '%s fires in the sample world for what is played of it',
    async (alertname, expression) => {
      const fires = await askedAt(standIn.url).instant(expression, START);

      const played = (sampleAlerts(alertname, standIn.url) ?? []).map(({ labels }) => ownLabels(labels));
      expect(played.length).toBeGreaterThan(0);
      expect(fires.map(({ labels }) => ownLabels(labels))).toEqual(expect.arrayContaining(played));
    },
  );

  test.each(Object.entries(sampleExpressions()))(
    '%s did not fire an hour ago',
    async (alertname, expression) => {
      // These began before: the volume has been filling for days, and one agent was stopped two hours ago.
      const known = new Set(['DiskSpaceWarning', 'AgentDown']);

      const fired = await askedAt(standIn.url).instant(expression, START - 60 * 60_000);

      expect(fired.length > 0).toBe(known.has(alertname));
    },
  );
});

function ownLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(([name]) => !ADDED.has(name) && name !== '__name__'),
  );
}
