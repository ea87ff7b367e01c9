import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeFingerprint, formatIdentity } from '../../../lib/core/alert/fingerprint.ts';
import { parseWebhook } from '../../../lib/core/alert/parse-webhook.ts';
import { webhookAlert, webhookBody } from '../../support/factories/webhook.ts';

const captured = 'events/alertmanager';
/** The webhooks among them; `newest/` is of a newer Alertmanager. */
const payloads = readdirSync(captured, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /(^|\/)(firing|joined|partly|refired|repeated|resolved|truncated)-[^/]*\.json$/.test(name),
);

describe('parsing a recorded webhook of Alertmanager', () => {
  it('is tried on those of an older and of a newer one', () => {
    expect(payloads.filter((name) => name.startsWith('newest/')).length).toBeGreaterThan(5);
    expect(payloads.filter((name) => !name.includes('/')).length).toBeGreaterThan(10);
  });

  it.each(payloads)('reads every alert of %s', (name) => {
    const body = readFileSync(`${captured}/${name}`, 'utf8');
    const sent = (JSON.parse(body) as { alerts: unknown[] }).alerts.length;

    const parsed = parseWebhook('prod', body);

    expect(parsed).toMatchObject({ kind: 'webhook', webhook: { rejected: [] } });
    expect(parsed.kind === 'webhook' && parsed.webhook.alerts).toHaveLength(sent);
  });

  it.each(payloads)('computes the same fingerprints as Alertmanager for %s', (name) => {
    const { alerts } = JSON.parse(readFileSync(`${captured}/${name}`, 'utf8')) as {
      alerts: { labels: Record<string, string>; fingerprint: string }[];
    };

    for (const alert of alerts) expect(computeFingerprint(alert.labels)).toBe(alert.fingerprint);
  });
});

describe('parsing a webhook body', () => {
  const alert = webhookAlert({ startsAt: 1_700_000_000_000 });

  it.each([
    ['that is not JSON', '{', '', 'the body is not JSON'],
    ['that is empty', '', '', 'the body is empty; it must be a JSON object'],
    ['that is blank', ' \n', '', 'the body is empty; it must be a JSON object'],
    ['that is null', 'null', '', 'the body must be a JSON object'],
    ['that is a list', '[]', '', 'the body must be a JSON object'],
    ['without alerts', '{"version":"4"}', 'alerts', 'alerts is missing'],
    ['whose alerts are no list', '{"alerts":{}}', 'alerts', 'alerts must be a list'],
  ])('refuses a body %s and names the field', (_, body, path, reason) => {
    const parsed = parseWebhook('prod', body);

    expect(parsed).toEqual({ kind: 'malformed', path, reason });
  });

  it.each([
    ['labels missing', { ...alert, labels: undefined }, 'labels is missing'],
    ['a list for labels', { ...alert, labels: ['a'] }, 'labels must be an object of strings'],
    ['an unknown status', { ...alert, status: 'pending' }, 'status must be "firing" or "resolved"'],
    ['nothing of an alert', 7, 'the alert must be a JSON object'],
  ])('rejects only the alert with %s, and names the field', (_, bad, reason) => {
    const parsed = parseWebhook('prod', JSON.stringify({ alerts: [alert, bad, alert] }));

    expect(parsed).toMatchObject({ kind: 'webhook', webhook: { rejected: [{ index: 1, reason }] } });
    expect(parsed.kind === 'webhook' && parsed.webhook.alerts).toHaveLength(2);
  });

  it.each([
    ['labels', { alertname: 'X', port: 5432, replicated: true, pod: null, '': 'x', nested: { a: [1] } }],
    ['annotations', null],
    ['annotations', { summary: 7, description: null }],
    ['generatorURL', 7],
    ['fingerprint', 7],
    ['fingerprint', '13cc38e7'],
    ['endsAt', {}],
    ['status', undefined],
    ['status', ' Firing '],
    ['startsAt', undefined],
    ['startsAt', 1_700_000_000],
  ])('accepts a firing alert although its %s is %o', (field, value) => {
    const parsed = parseWebhook('prod', JSON.stringify({ alerts: [{ ...alert, [field]: value }] }));

    expect(parsed).toMatchObject({
      kind: 'webhook',
      webhook: {
        rejected: [],
        alerts: [{ endsAt: 0, fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) }],
      },
    });
  });

  it('turns annotations that are not text into text', () => {
    const mixed = { ...alert, annotations: { summary: 'down', retries: 3 } };

    const parsed = parseWebhook('prod', JSON.stringify({ alerts: [mixed] }));

    expect(parsed).toMatchObject({
      webhook: { alerts: [{ annotations: { summary: 'down', retries: '3' } }] },
    });
  });

  it.each([
    ['2026-11-24T03:33:32.110987654Z', Date.UTC(2026, 10, 24, 3, 33, 32, 110)],
    ['2026-11-24T05:33:32+02:00', Date.UTC(2026, 10, 24, 3, 33, 32)],
  ])('reads %s to the millisecond', (startsAt, expected) => {
    const parsed = parseWebhook('prod', JSON.stringify({ alerts: [{ ...alert, startsAt }] }));

    expect(parsed).toMatchObject({ webhook: { alerts: [{ startsAt: expected }] } });
  });

  it.each([
    ['absent', undefined],
    ['in year 1', '0001-01-01T00:00:00Z'],
    ['the beginning of 1970', '1970-01-01T00:00:00Z'],
    ['in no time zone', '2026-11-24T03:00:00'],
    ['on a day that no calendar has', '2026-13-32T03:00:00Z'],
  ])('treats a time that is %s as absent', (_, time) => {
    const resolved = { ...alert, status: 'resolved', startsAt: time, endsAt: time };

    const parsed = parseWebhook('prod', JSON.stringify({ alerts: [resolved] }));

    expect(parsed).toMatchObject({ webhook: { alerts: [{ startsAt: 0, endsAt: 0 }], rejected: [] } });
  });

  it.each([
    [undefined, 'resolved', 'resolved'],
    [null, 'firing', 'firing'],
    ['suppressed', 'firing', 'firing'],
    ['RESOLVED', 'firing', 'resolved'],
  ])('reads the status %o of an alert in a group with status %s as %s', (status, group, expected) => {
    const parsed = parseWebhook('prod', webhookBody([{ ...alert, status }], { status: group }));

    expect(parsed).toMatchObject({ webhook: { alerts: [{ status: expected }] } });
  });

  it.each([
    ['an end', '2026-11-24T04:00:00Z', 'resolved'],
    ['no end', '0001-01-01T00:00:00Z', 'firing'],
  ])('derives an absent status from the end time: with %s', (_, endsAt, expected) => {
    const parsed = parseWebhook(
      'prod',
      JSON.stringify({ alerts: [{ ...alert, status: undefined, endsAt }] }),
    );

    expect(parsed).toMatchObject({ webhook: { alerts: [{ status: expected }] } });
  });

  it('turns labels into text, and drops those without a name or a value', () => {
    const labels = { port: 5432, replicated: true, pod: null, '': 'x', tags: ['a'] };

    const parsed = parseWebhook('prod', JSON.stringify({ alerts: [{ ...alert, labels }] }));

    expect(parsed).toMatchObject({
      webhook: { alerts: [{ labels: { port: '5432', replicated: 'true', tags: '["a"]' } }] },
    });
    const seen = parsed.kind === 'webhook' ? parsed.webhook.alerts[0] : undefined;
    expect(Object.keys(seen?.labels ?? {})).toEqual(['port', 'replicated', 'tags']);
  });

  it('accepts an alert with a label that is nested too deeply to be written as JSON', () => {
    const body = JSON.stringify({ alerts: [{ ...alert, labels: { alertname: 'X', deep: 'DEEP' } }] });

    const parsed = parseWebhook('prod', body.replace('"DEEP"', '['.repeat(50_000) + ']'.repeat(50_000)));

    expect(parsed).toMatchObject({
      webhook: { alerts: [{ labels: { alertname: 'X', deep: '(nested too deeply)' } }] },
    });
  });

  it('ignores unknown fields, and optional fields of a wrong type', () => {
    const body = webhookBody([alert], { notification_reason: 'x', routeLabels: {}, truncatedAlerts: 'many' });

    expect(parseWebhook('prod', body)).toMatchObject({ kind: 'webhook', webhook: { truncatedAlerts: 0 } });
  });

  it.each([
    ['3', 3],
    ['2.5', 3],
    ['"3"', 3],
    ['-3', 0],
    ['" "', 0],
    ['"many"', 0],
    ['[4]', 0],
    ['1e300', 1_000_000],
    ['1e999', 1_000_000],
  ])('reads truncatedAlerts %s as %i', (written, truncatedAlerts) => {
    const body = webhookBody([]).replace('"truncatedAlerts":0', `"truncatedAlerts":${written}`);

    expect(parseWebhook('prod', body)).toMatchObject({ kind: 'webhook', webhook: { truncatedAlerts } });
  });

  it('computes an absent fingerprint, and keeps labels that are named like built-ins', () => {
    const labels = '{"alertname":"X","__proto__":"p","constructor":"c"}';
    const body = `{"alerts":[{"status":"firing","labels":${labels},"startsAt":"2026-01-01T00:00:00Z"}]}`;

    const parsed = parseWebhook('prod', body);

    const seen = parsed.kind === 'webhook' ? parsed.webhook.alerts[0] : undefined;
    expect(seen?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(seen?.labels['constructor']).toBe('c');
    expect(({} as Record<string, unknown>)['p']).toBeUndefined();
  });

  it('distinguishes alerts by any label, even one called __proto__', () => {
    const one = (value: string) =>
      `{"status":"firing","labels":{"alertname":"X","__proto__":"${value}"},"startsAt":"2026-01-01T00:00:00Z"}`;

    const parsed = parseWebhook('prod', `{"alerts":[${one('a')},${one('b')}]}`);

    const alerts = parsed.kind === 'webhook' ? parsed.webhook.alerts : [];
    expect(new Set(alerts.map(({ fingerprint }) => fingerprint)).size).toBe(2);
    expect(Object.getPrototypeOf(alerts[0]?.labels)).toBe(Object.prototype);
  });

  it('never throws for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (value, inner) => {
        for (const body of [value, { alerts: value }, { alerts: [inner, { ...alert, labels: inner }] }]) {
          expect(['webhook', 'malformed']).toContain(parseWebhook('prod', JSON.stringify(body)).kind);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the hash of the labels without the severity', () => {
  it('is the same for alerts that differ only in severity', () => {
    const labels = { alertname: 'X', pod: 'a' };

    expect(formatIdentity({ ...labels, severity: 'warning' })).toBe(
      formatIdentity({ severity: 'critical', ...labels }),
    );
    expect(formatIdentity({ ...labels, pod: 'b' })).not.toBe(formatIdentity(labels));
  });
});
