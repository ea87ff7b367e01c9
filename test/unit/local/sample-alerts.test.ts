import { describe, expect, test } from 'vitest';
import { sampleAlertnames, sampleAlerts } from '../../../infra/local/play/sample-alerts.ts';
import { sampleDelivery } from '../../../infra/local/play/sample-delivery.ts';
import { parseWebhook } from '../../../lib/core/alert/parse-webhook.ts';

const NOW = new Date('2026-11-25T03:12:00Z');

describe('the alerts that can be played', () => {
  test('are deliveries that nothing in is rejected of', () => {
    for (const alertname of sampleAlertnames()) {
      const alerts = sampleAlerts(alertname, 'http://prometheus:9090') ?? [];

      const parsed = parseWebhook('local', JSON.stringify(sampleDelivery(alerts, NOW, 'firing')));

      expect(parsed).toMatchObject({ kind: 'webhook', webhook: { rejected: [] } });
      expect(alerts.length).toBeGreaterThan(0);
    }
  });

  test('say in their annotations which series it is, with nothing left to fill', () => {
    const [alert] = sampleAlerts('AgentDown', 'http://prometheus:9090', { agent: 'risk-agent' }) ?? [];

    expect(alert?.annotations['summary']).toBe('Agent risk-agent is down');
    for (const alertname of sampleAlertnames()) {
      for (const { annotations } of sampleAlerts(alertname, 'http://p') ?? []) {
        expect(JSON.stringify(annotations)).not.toContain('{{');
      }
    }
  });

  test('carry the expression of their rule, for the chart of the last hour', () => {
    const [alert] = sampleAlerts('DatabaseConnectionPoolCritical', 'http://prometheus:9090') ?? [];

    expect(new URL(alert?.generatorURL ?? '').searchParams.get('g0.expr')).toBe(
      'cryptofunk_database_connections_idle == 0',
    );
  });

  test('an alert that is played again two seconds after its end is a new firing, and no doubtful one', () => {
    const alerts = sampleAlerts('HighErrorRate', 'http://prometheus:9090') ?? [];
    const again = new Date(NOW.getTime() + 2_000);

    const ended = parseWebhook('local', JSON.stringify(sampleDelivery(alerts, NOW, 'resolved')));
    const began = parseWebhook('local', JSON.stringify(sampleDelivery(alerts, again, 'firing')));

    const [end] = ended.kind === 'webhook' ? ended.webhook.alerts : [];
    const [start] = began.kind === 'webhook' ? began.webhook.alerts : [];
    expect(start?.startsAt).toBeGreaterThan(end?.endsAt ?? Number.POSITIVE_INFINITY);
  });

  test('keep their fingerprints from one play to the next, so that the end finds its beginning', () => {
    const alerts = sampleAlerts('AgentDown', 'http://prometheus:9090') ?? [];
    const later = new Date(NOW.getTime() + 60_000);

    const began = parseWebhook('local', JSON.stringify(sampleDelivery(alerts, NOW, 'firing')));
    const ended = parseWebhook('local', JSON.stringify(sampleDelivery(alerts, later, 'resolved')));

    const fingerprints = (parsed: typeof began) =>
      parsed.kind === 'webhook' ? parsed.webhook.alerts.map(({ fingerprint }) => fingerprint) : [];
    expect(fingerprints(began)).toEqual(fingerprints(ended));
    expect(new Set(fingerprints(began)).size).toBe(alerts.length);
  });

  test('are none for a name without a rule', () => {
    expect(sampleAlerts('NoSuchAlert', 'http://prometheus:9090')).toBeUndefined();
  });
});
