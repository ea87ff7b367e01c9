import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, identityOf } from '../../../lib/core/alert/fingerprint.ts';
import { parseDelivery } from '../../../lib/core/alert/parse-delivery.ts';
import { webhookAlert, webhookBody } from '../../support/webhook.ts';

const captured = 'events/alertmanager';
const payloads = readdirSync(captured).filter(
  (name) => name.endsWith('.json') && !name.startsWith('headers'),
);

describe('reading what a real Alertmanager posted', () => {
  it.each(payloads)('reads every alert of %s', (name) => {
    const body = readFileSync(`${captured}/${name}`, 'utf8');
    const sent = (JSON.parse(body) as { alerts: unknown[] }).alerts.length;

    const parsed = parseDelivery('prod', body);

    expect(parsed).toMatchObject({ kind: 'delivery', delivery: { rejected: [] } });
    expect(parsed.kind === 'delivery' && parsed.delivery.alerts).toHaveLength(sent);
  });

  it.each(payloads)('computes the same fingerprints as Alertmanager for %s', (name) => {
    const { alerts } = JSON.parse(readFileSync(`${captured}/${name}`, 'utf8')) as {
      alerts: { labels: Record<string, string>; fingerprint: string }[];
    };

    for (const alert of alerts) expect(fingerprintOf(alert.labels)).toBe(alert.fingerprint);
  });
});

describe('reading a webhook body', () => {
  const alert = webhookAlert({ startsAt: 1_700_000_000_000 });

  it.each([
    ['not JSON at all', '{', '', 'not JSON'],
    ['a list', '[]', '', ''],
    ['no alerts', '{"version":"4"}', 'alerts', ''],
    ['alerts that are no list', '{"alerts":{}}', 'alerts', ''],
  ])('refuses a body that is %s and says where', (_, body, path, reason) => {
    const parsed = parseDelivery('prod', body);

    expect(parsed).toMatchObject({ kind: 'malformed', path });
    expect(parsed.kind === 'malformed' && parsed.reason).toContain(reason);
  });

  it.each([
    ['labels missing', { ...alert, labels: undefined }, 'labels'],
    ['a label that is a number', { ...alert, labels: { a: 1 } }, 'labels.a'],
    ['an unknown status', { ...alert, status: 'pending' }, 'status'],
    ['a start before 1970', { ...alert, startsAt: '0001-01-01T00:00:00Z' }, 'startsAt'],
    ['a resolve without an end', { ...alert, status: 'resolved', endsAt: undefined }, 'endsAt'],
    ['nothing of an alert', 7, 'the alert'],
  ])('rejects only the alert with %s, and names the field', (_, bad, field) => {
    const parsed = parseDelivery('prod', JSON.stringify({ alerts: [alert, bad, alert] }));

    expect(parsed).toMatchObject({ kind: 'delivery', delivery: { rejected: [{ index: 1 }] } });
    expect(parsed.kind === 'delivery' && parsed.delivery.alerts).toHaveLength(2);
    expect(parsed.kind === 'delivery' && parsed.delivery.rejected[0]?.reason).toContain(field);
  });

  it('ignores fields it does not know and those of a wrong type that it can do without', () => {
    const body = webhookBody([alert], { notification_reason: 'x', routeLabels: {}, truncatedAlerts: 'many' });

    expect(parseDelivery('prod', body)).toMatchObject({ kind: 'delivery', delivery: { truncatedAlerts: 0 } });
  });

  it('computes a fingerprint that is absent, and keeps labels with the names of built-ins as data', () => {
    const labels = '{"alertname":"X","__proto__":"p","constructor":"c"}';
    const body = `{"alerts":[{"status":"firing","labels":${labels},"startsAt":"2026-01-01T00:00:00Z"}]}`;

    const parsed = parseDelivery('prod', body);

    const seen = parsed.kind === 'delivery' ? parsed.delivery.alerts[0] : undefined;
    expect(seen?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(seen?.labels['constructor']).toBe('c');
    expect(({} as Record<string, unknown>)['p']).toBeUndefined();
  });

  it('never throws, whatever JSON it is given', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (value, inner) => {
        for (const body of [value, { alerts: value }, { alerts: [inner, { ...alert, labels: inner }] }]) {
          expect(['delivery', 'malformed']).toContain(parseDelivery('prod', JSON.stringify(body)).kind);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('identity', () => {
  it('is shared by alerts that differ only in severity', () => {
    const labels = { alertname: 'X', pod: 'a' };

    expect(identityOf({ ...labels, severity: 'warning' })).toBe(
      identityOf({ severity: 'critical', ...labels }),
    );
    expect(identityOf({ ...labels, pod: 'b' })).not.toBe(identityOf(labels));
  });
});
