import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifySlack } from '../../../handlers/middleware/verify-slack.ts';
import { readSlackAction } from '../../../lib/channels/slack/action-schema.ts';
import { parseMatchers } from '../../../lib/core/alert/matcher.ts';
import { parseWebhook } from '../../../lib/core/alert/parse-webhook.ts';
import { extractExpressions } from '../../../lib/core/diagnosis/checks/alert-expression.ts';
import { deriveCursorKey, readCursor, writeCursor } from '../../../lib/core/history/cursor.ts';
import { readIncidentQuery } from '../../../lib/core/history/query-schema.ts';
import { readMaintenanceRequest } from '../../../lib/core/maintenance/request-schema.ts';
import { listLinks, nameLinks } from '../../../lib/core/notice/notice-links.ts';
import { httpEvent } from '../../support/factories/http-event.ts';
import { SIGNING_SECRET, slackActionBody, slackSignature } from '../../support/factories/slack-action.ts';
import { STORED_AT, storedDetail, storedIncident } from '../../support/factories/stored-incident.ts';
import { anyJson, anyText, broken } from './broken-texts.ts';
import { expectBounded, fuzz } from './fuzz-parser.ts';

// Each parser of what comes from outside: it ends, it answers with its own kinds of answer, and with no more than it got.

const alert = fc.record(
  {
    status: fc.oneof(fc.constantFrom('firing', 'resolved', 'FIRING '), anyJson),
    labels: fc.oneof(fc.dictionary(anyText, anyJson, { maxKeys: 4 }), anyJson),
    annotations: fc.oneof(fc.dictionary(anyText, anyJson, { maxKeys: 3 }), anyJson),
    startsAt: fc.oneof(
      fc.constantFrom('2026-11-24T03:00:00Z', '0001-01-01T00:00:00Z', '9999-99-99T99:99:99Z'),
      anyJson,
    ),
    endsAt: fc.oneof(fc.constant('0001-01-01T00:00:00Z'), anyJson),
    generatorURL: anyJson,
    fingerprint: anyJson,
    silenceURL: anyJson,
  },
  { requiredKeys: [] },
);
const webhook = fc
  .record(
    {
      alerts: fc.oneof(
        { weight: 6, arbitrary: fc.array(fc.oneof(alert, anyJson), { maxLength: 4 }) },
        anyJson,
      ),
      status: anyJson,
      receiver: anyJson,
      truncatedAlerts: anyJson,
      externalURL: anyJson,
      orgId: anyJson,
    },
    { requiredKeys: [] },
  )
  .map((body) => JSON.stringify(body));
const deep = fc
  .integer({ min: 1, max: 6_000 })
  .map((depth) => `{"alerts":[{"labels":{"alertname":"X","a":${'['.repeat(depth)}${']'.repeat(depth)}}}]}`);

describe('fuzzed parsers', () => {
  it('webhook: every body is read, alert by alert, or refused in one sentence', () => {
    const bodies = fc.oneof(
      { weight: 40, arbitrary: webhook },
      { weight: 30, arbitrary: broken(webhook) },
      { weight: 5, arbitrary: anyText },
      { weight: 1, arbitrary: deep },
    );
    fuzz('webhook', bodies, 25_000, (body) => {
      const parsed = parseWebhook('prod', body);

      expectBounded(parsed, body, { perByte: 12, plus: 2_000 });
      if (parsed.kind === 'malformed') {
        expect(parsed.reason.length).toBeLessThan(400);
        expect(parsed.path.length).toBeLessThanOrEqual(200);
        return;
      }
      for (const { reason } of parsed.webhook.rejected) expect(reason.length).toBeLessThan(400);
      for (const { labels, startsAt, endsAt } of parsed.webhook.alerts) {
        expect(
          Object.values(labels).every((value) => typeof value === 'string' && value.isWellFormed()),
        ).toBe(true);
        expect([startsAt, endsAt].every((time) => Number.isSafeInteger(time) && time >= 0)).toBe(true);
      }
      expect(Object.prototype).not.toHaveProperty('pwned');
    });
  });

  const actions = fc
    .record({
      action: fc.oneof(fc.constantFrom('acknowledge', 'silence', 'resolve', 'runbook', '__proto__'), anyText),
      value: fc.oneof(
        fc.constantFrom('3 4f1d.000001', '1h 3 4f1d.000001', '99h 3 x', 'constructor 3 x'),
        anyText,
      ),
      responseUrl: anyText,
      user: fc.dictionary(fc.constantFrom('id', 'name', 'username'), anyText),
    })
    .map(slackActionBody);

  it('Slack actions: every body is an action of ours, nothing, or unreadable', () => {
    fuzz('slack-actions', fc.oneof(actions, broken(actions), anyText), 12_000, (body) => {
      const reading = readSlackAction(body);

      expect(['action', 'nothing', 'unreadable']).toContain(reading.kind);
      if (reading.kind !== 'action') return;
      expect(reading.by.length).toBeLessThanOrEqual(80);
      expect(reading.by).not.toMatch(/\p{Cc}/u);
      expect(reading.slackAction.incidentId).toMatch(/^[\w.-]{1,100}$/);
      expect(Number.isSafeInteger(reading.slackAction.asOf) && reading.slackAction.asOf > 0).toBe(true);
    });
  });

  it('Slack signature: nothing passes but what was signed, with the time at which it was', () => {
    const guard = verifySlack(SIGNING_SECRET, { now: () => STORED_AT });
    const changes = fc.record({
      body: broken(actions),
      timestamp: anyText,
      signature: fc.oneof(anyText, fc.constantFrom('v0=', 'v1=')),
    });
    const which = fc.constantFrom('body', 'timestamp', 'signature', 'none');
    fuzz('slack-signature', fc.tuple(actions, changes, which), 8_000, ([body, changed, part]) => {
      const signed = slackSignature(body, STORED_AT);
      const headers = {
        ...signed,
        ...(part === 'timestamp' && { 'x-slack-request-timestamp': changed.timestamp }),
        ...(part === 'signature' && { 'x-slack-signature': changed.signature }),
      };
      const given = part === 'body' ? changed.body : body;
      const event = httpEvent({ method: 'POST', headers, body: given });

      const refusal: unknown = Reflect.apply(guard.before ?? (() => undefined), undefined, [{ event }]);

      if (part === 'none') expect(refusal).toBeUndefined();
      // A body of other half characters may have the same bytes.
      else if (part !== 'body' || Buffer.compare(Buffer.from(given), Buffer.from(body)) !== 0)
        expect(refusal).toMatchObject({ statusCode: 401 });
    });
  });

  const key = deriveCursorKey({ READ_TOKENS: ['reader'] });
  const genuine = fc
    .tuple(fc.integer({ min: 0, max: 4e12 }), fc.stringMatching(/^[a-f0-9]{24}\.[1-9]$/))
    .map(([openedAt, id]) => writeCursor({ openedAt, id }, { from: STORED_AT }, key));

  it('cursor: nothing is read but what was written', () => {
    fuzz('cursor', fc.oneof(broken(genuine), anyText, fc.base64String()), 15_000, (cursor) => {
      const reading = readCursor(cursor, {}, key);

      if (reading.kind === 'refused') expect(reading.reason.length).toBeLessThan(200);
      else expect(writeCursor(reading.after, { from: reading.from }, key)).toBe(cursor);
    });
  });

  it('query: every set of parameters is a listing within its bounds, or names one parameter', () => {
    const names = fc.oneof(
      fc.constantFrom('status', 'severity', 'from', 'to', 'limit', 'cursor', 'alertname', '__proto__'),
      anyText,
    );
    const parameters = fc.dictionary(
      names,
      fc.oneof(anyText, fc.constantFrom('open', '7', '2026-11-24', '2026-11-24T03:00:00Z')),
      { maxKeys: 4 },
    );
    fuzz('query', parameters, 5_000, (given) => {
      const reading = readIncidentQuery(given, STORED_AT, { key, categories: [] });

      if (reading.kind === 'refused') expect(reading.reason.length).toBeLessThan(600);
      else expect(reading.query.limit).toBeLessThanOrEqual(1_000);
    });
  });

  const addresses = fc.oneof(
    anyText,
    anyText.map((text) => `http://prometheus:9090/graph?g0.expr=${encodeURIComponent(text.toWellFormed())}`),
    broken(
      fc.constantFrom(
        'http://prometheus:9090/graph?g0.expr=up%20%3D%3D%200',
        'https://u:p@grafana/d/x?var=1#y',
        'http://[::1]:9090/vmui/',
      ),
    ),
  );

  it('generatorURL: expressions and links are few and short, and lead to the web', () => {
    fuzz(
      'links',
      fc.record({ generatorURL: addresses, externalURL: addresses, annotation: addresses, name: anyText }),
      12_000,
      (given) => {
        const detail = storedDetail('a', {
          generatorURL: given.generatorURL,
          annotations: { [`${given.name}_url`]: given.annotation, runbook_url: given.annotation },
        });
        const incident = storedIncident({
          externalURL: given.externalURL,
          alertname: given.name,
          group: { x: given.name },
        });
        const expressions = extractExpressions([detail]);
        const links = nameLinks(
          listLinks({
            incident,
            current: [detail],
            worst: detail,
            runbookUrl: given.annotation,
            publicUrl: 'https://fr.example',
          }),
        );

        expect(expressions.every((each) => each.length <= 4_000)).toBe(true);
        expect(links.length).toBeLessThan(40);
        for (const { name, url } of links) {
          expect(['http:', 'https:']).toContain(new URL(url).protocol);
          expect([new URL(url).username, new URL(url).password]).toEqual(['', '']);
          expect(url).not.toMatch(/[\s|<>"'`\\]/);
          expect([url.length <= 1_500, name.length <= 60]).toEqual([true, true]);
        }
      },
    );
  });

  const matchers = fc.oneof(
    anyText,
    broken(fc.constantFrom('{alertname="Up", service=~"api|web"}', 'a!="b",c!~"d.*"', '"a b"="c\\"d"')),
    fc
      .tuple(anyText, fc.constantFrom('=', '=~', '!=', '!~'), anyText)
      .map(([name, sign, value]) => `${JSON.stringify(name)}${sign}${JSON.stringify(value)}`),
  );

  it('matchers: every text is matchers, or one sentence', () => {
    fuzz('matchers', matchers, 10_000, (text) => {
      const parsed = parseMatchers(text);

      if (!Array.isArray(parsed)) expect(parsed.mistake.length).toBeLessThan(400);
      else expect(parsed.length).toBeGreaterThan(0);
      expectBounded(parsed, text, { perByte: 30, plus: 500 });
    });
  });

  it('maintenance: every body is a maintenance of at most 30 days, or names one field', () => {
    const body = fc
      .record(
        {
          matchers: fc.oneof(matchers, fc.array(matchers, { maxLength: 3 }), anyJson),
          to: fc.oneof(fc.constant('2026-11-24T04:00:00Z'), anyJson),
          from: anyJson,
          by: fc.oneof(fc.constant('Ana'), anyJson),
          reason: fc.oneof(fc.constant('work'), anyJson),
          extra: anyJson,
        },
        { requiredKeys: ['matchers', 'to', 'by', 'reason'] },
      )
      .map((each) => JSON.stringify(each));
    fuzz('maintenance', fc.oneof(body, broken(body)), 5_000, (text) => {
      const reading = readMaintenanceRequest(text, STORED_AT);

      if (reading.kind === 'refused') expect(reading.reason.length).toBeLessThan(text.length + 600);
      else expect(reading.request.to - reading.request.from).toBeLessThanOrEqual(30 * 86_400_000);
    });
  });
});
