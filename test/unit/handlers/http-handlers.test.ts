import { describe, expect, it } from 'vitest';
import { createChangeIncident } from '../../../handlers/change-incident.ts';
import { handler as health } from '../../../handlers/health.ts';
import { createListIncidents } from '../../../handlers/list-incidents.ts';
import { MAX_BODY_BYTES } from '../../../handlers/middleware/decode-body.ts';
import type { HttpResult } from '../../../handlers/middleware/http.ts';
import { createReceiveWebhook } from '../../../handlers/receive-webhook.ts';
import { createShowIncident } from '../../../handlers/show-incident.ts';
import { capturedEvent } from '../../support/factories/captured-event.ts';
import { catalog, categories } from '../../support/factories/catalog.ts';
import {
  bearer,
  type HttpEventFactory,
  httpEvent,
  lambdaContext,
} from '../../support/factories/http-event.ts';
import { webhookAlert, webhookBody } from '../../support/factories/webhook.ts';
import { createMemoryWorld } from '../../support/fakes/memory-world.ts';
import { createRecordingLog } from '../../support/fakes/recording-log.ts';

function createApi() {
  const world = createMemoryWorld();
  const log = createRecordingLog();
  const access = { READ_TOKENS: ['reader'], WRITE_TOKENS: ['writer'] };
  const ports = { ...world, catalog: catalog(), backOff: async () => {} };
  const parts = { ports, access, categories, clock: world.clock, log };
  const webhook = createReceiveWebhook({ ...parts, tokens: [{ source: 'prod', token: 'token' }] });
  const list = createListIncidents(parts);
  const show = createShowIncident(parts);
  const change = createChangeIncident(parts);
  const write = { method: 'POST', headers: bearer('writer') };
  return {
    world,
    log,
    post: (body: string, change: HttpEventFactory = {}) =>
      webhook(
        { ...httpEvent({ method: 'POST', headers: bearer('token'), body, ...change }), source: '' },
        lambdaContext,
      ),
    list: (query: Record<string, string> = {}) =>
      list(httpEvent({ headers: bearer('reader'), query }), lambdaContext),
    show: (id: string) => show(httpEvent({ headers: bearer('reader'), parameters: { id } }), lambdaContext),
    change: (what: 'acknowledge' | 'resolve', id: string, body: string) =>
      change(
        httpEvent({ ...write, path: `/incidents/${id}/${what}`, parameters: { id }, body }),
        lambdaContext,
      ),
  };
}

function bodyOf(result: HttpResult): Record<string, unknown> {
  return JSON.parse(result.body ?? 'null');
}

async function openIncident(api: ReturnType<typeof createApi>): Promise<string> {
  const body = webhookBody([webhookAlert({ startsAt: api.world.clock.now() })]);
  const answer: { incidents: { id: string }[] } = JSON.parse((await api.post(body)).body ?? '');
  return answer.incidents[0]?.id ?? '';
}

describe('POST /webhooks/alertmanager', () => {
  it('takes in what a real Alertmanager posts', async () => {
    const api = createApi();

    const result = await api.post(capturedEvent('firing-critical'));

    expect(result.statusCode).toBe(200);
    expect(bodyOf(result)).toMatchObject({ incidents: [{ outcome: 'opened' }], rejected: [] });
  });

  it('takes a body that API Gateway encoded', async () => {
    const api = createApi();
    const body = Buffer.from(capturedEvent('firing-critical')).toString('base64');

    const result = await api.post(body, { isBase64Encoded: true });

    expect(bodyOf(result)).toMatchObject({ incidents: [{ outcome: 'opened' }] });
  });

  it('says which alert was rejected and takes its neighbours', async () => {
    const api = createApi();
    const good = webhookAlert({ startsAt: api.world.clock.now() });

    const result = await api.post(webhookBody([{ ...good, labels: 'none' }, good]));

    expect(result.statusCode).toBe(200);
    expect(bodyOf(result)).toMatchObject({ incidents: [{ outcome: 'opened' }], rejected: [{ index: 0 }] });
  });

  it('names the first 100 rejected alerts, counts all of them, and logs their entry in the quarantine', async () => {
    const api = createApi();

    const result = await api.post(webhookBody(Array.from({ length: 150 }, () => ({ status: 'gone' }))));

    const { rejected, rejectedTotal } = bodyOf(result);
    expect(rejected).toHaveLength(100);
    expect(rejectedTotal).toBe(150);
    const [entry] = await api.world.quarantine.list(1);
    expect(JSON.parse(entry?.body ?? '').rejected).toHaveLength(150);
    expect(api.log.lines).toContainEqual({
      level: 'warn',
      message: 'alerts quarantined',
      data: { source: 'prod', rejected: 150, entry: entry?.id },
    });
  });

  it('answers what it could take in part only with 503 and when to repeat it', async () => {
    const api = createApi();
    const { incidents, clock } = api.world;
    const write = incidents.write;
    incidents.write = (...given) => {
      clock.advance(15_000);
      return write(...given);
    };
    const alerts = Array.from({ length: 20 }, (_, n) =>
      webhookAlert({ alertname: `A${n}`, startsAt: clock.now() }),
    );

    const result = await api.post(webhookBody(alerts));

    expect(result).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
    expect(bodyOf(result).detail).toMatch(/^\d+ of its 20 incidents are stored; the rest/);
  });

  it('answers an unreadable body with 400, names the path, and keeps the body', async () => {
    const api = createApi();

    const result = await api.post('{"alerts": "none"}');

    expect(result).toMatchObject({
      statusCode: 400,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(bodyOf(result)).toMatchObject({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      path: 'alerts',
    });
    expect(await api.world.quarantine.list(1)).toMatchObject([
      { source: 'prod', body: '{"alerts": "none"}' },
    ]);
  });

  it.each([
    ['no body', undefined],
    ['an empty body', ''],
    ['no JSON', 'alerts!'],
  ])('answers %s with 400', async (_what, body) => {
    const api = createApi();

    const result = await api.post('', body === undefined ? {} : { body });

    expect(result.statusCode).toBe(400);
  });

  it.each([
    ['plain', false],
    ['encoded', true],
  ])('answers a %s body over the limit with 413', async (_what, isBase64Encoded) => {
    const api = createApi();
    const large = 'x'.repeat(MAX_BODY_BYTES + 1);
    const body = isBase64Encoded ? Buffer.from(large).toString('base64') : large;

    const result = await api.post(body, { isBase64Encoded });

    expect(result.statusCode).toBe(413);
    expect(bodyOf(result).detail).toMatch(
      /^The body has 5242881 bytes; at most 5242880 are accepted\. Set max_alerts/,
    );
    expect(await api.world.quarantine.list(1)).toMatchObject([{ source: 'prod', body: large }]);
    const [incident] = [...api.world.incidents.items.values()];
    expect(incident).toMatchObject({ alertname: 'AlertmanagerPayloadTooLarge', source: 'prod' });
  });

  it.each(['incidents.write', 'effects.hand', 'quarantine.add'])(
    'answers 500 and not 413 while it cannot be told of, because %s fails',
    async (call) => {
      const api = createApi();
      const large = 'x'.repeat(MAX_BODY_BYTES + 1);
      api.world.faults.failOn(call);

      const answers = [(await api.post(large)).statusCode, (await api.post(large)).statusCode];

      expect(answers).toEqual([500, 413]);
    },
  );

  it('opens nothing for a stranger whose body is over the limit', async () => {
    const api = createApi();

    const result = await api.post('x'.repeat(MAX_BODY_BYTES + 1), { headers: bearer('stranger') });

    expect(result.statusCode).toBe(401);
    expect(api.world.faults.calls).toEqual({});
  });

  it('measures an encoded body by what it holds, not by its encoding', async () => {
    const api = createApi();
    const body = Buffer.from('x'.repeat(MAX_BODY_BYTES)).toString('base64');

    const result = await api.post(body, { isBase64Encoded: true });

    expect(result.statusCode).toBe(400);
  });

  it('answers 401 before it looks at the body', async () => {
    const api = createApi();

    const result = await api.post('x'.repeat(MAX_BODY_BYTES + 1), { headers: bearer('wrong') });

    expect(result.statusCode).toBe(401);
  });

  it('answers a broken store with 500, so that Alertmanager delivers again, and logs why', async () => {
    const api = createApi();
    const broken = createReceiveWebhook({
      tokens: [{ source: 'prod', token: 'token' }],
      clock: api.world.clock,
      log: api.log,
      ports: {
        ...api.world,
        catalog: catalog(),
        backOff: async () => {},
        incidents: { ...api.world.incidents, latest: () => Promise.reject(new Error('table gone')) },
      },
    });
    const event = httpEvent({
      method: 'POST',
      headers: bearer('token'),
      body: capturedEvent('firing-critical'),
    });

    const result = await broken({ ...event, source: '' }, lambdaContext);

    expect(result).toMatchObject({
      statusCode: 500,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(result.body).toContain('request-1');
    expect(result.body).not.toContain('table gone');
    expect(api.log.lines.at(-1)).toMatchObject({ level: 'error', message: 'request failed' });
  });

  it('logs no token and no label', async () => {
    const api = createApi();

    await api.post(webhookBody([webhookAlert({ startsAt: 1, labels: { pod: 'secret-pod' } })]));

    const lines = JSON.stringify(api.log.lines);
    expect(lines).toContain('webhook accepted');
    expect(lines).not.toContain('secret-pod');
    expect(lines).not.toContain('"token"');
  });
});

describe('GET /incidents', () => {
  it('lists the incident that a delivery opened', async () => {
    const api = createApi();
    const id = await openIncident(api);

    const result = await api.list({ status: 'open' });

    expect(result.statusCode).toBe(200);
    expect(bodyOf(result)).toMatchObject({ incidents: [{ id, status: 'open', severity: 'critical' }] });
  });

  it.each([
    ['limit', '0'],
    ['status', 'burning'],
    ['from', 'yesterday'],
    ['cursor', 'x'],
    ['color', 'red'],
  ])('answers a bad %s with 400 and names it', async (name, value) => {
    const api = createApi();

    const result = await api.list({ [name]: value });

    expect(result.statusCode).toBe(400);
    expect(bodyOf(result)).toMatchObject({ path: name });
  });
});

describe('GET /incidents/{id}', () => {
  it('shows one incident', async () => {
    const api = createApi();
    const id = await openIncident(api);

    const result = await api.show(id);

    expect(bodyOf(result)).toMatchObject({ incident: { id }, deliveries: [] });
  });

  it('answers an unknown id with 404', async () => {
    const result = await createApi().show('nothing.1');

    expect(bodyOf(result)).toMatchObject({ status: 404, path: 'id' });
  });
});

describe('POST /incidents/{id}/acknowledge and /resolve', () => {
  it('acknowledges in the name of a person', async () => {
    const api = createApi();
    const id = await openIncident(api);

    const result = await api.change('acknowledge', id, '{"by":"Ana","note":"looking"}');

    expect(bodyOf(result)).toMatchObject({ outcome: 'changed', incident: { id, acknowledgedBy: 'Ana' } });
  });

  it('resolves', async () => {
    const api = createApi();
    const id = await openIncident(api);

    const result = await api.change('resolve', id, '{"by":"Ana"}');

    expect(bodyOf(result)).toMatchObject({ outcome: 'changed', incident: { status: 'resolved' } });
  });

  it('says when there was nothing left to change', async () => {
    const api = createApi();
    const id = await openIncident(api);
    await api.change('resolve', id, '{"by":"Ana"}');

    const result = await api.change('resolve', id, '{"by":"Ben"}');

    expect(bodyOf(result)).toMatchObject({ outcome: 'unchanged' });
  });

  it.each([
    ['no name', '{}', 'by'],
    ['an empty name', '{"by":" "}', 'by'],
    ['a name that is no text', '{"by":1}', 'by'],
    ['a note that is too long', JSON.stringify({ by: 'Ana', note: 'x'.repeat(1001) }), 'note'],
    ['a version that is none', '{"by":"Ana","asOf":"2"}', 'asOf'],
    ['no JSON', 'by=Ana', ''],
  ])('answers %s with 400', async (_what, body, path) => {
    const api = createApi();
    const id = await openIncident(api);

    const result = await api.change('acknowledge', id, body);

    expect(bodyOf(result)).toMatchObject({ status: 400, path });
  });

  it('refuses a field it does not know, such as a misspelt one', async () => {
    const api = createApi();
    const id = await openIncident(api);

    const result = await api.change('acknowledge', id, '{"by":"Ana","asof":1}');

    expect(result.statusCode).toBe(400);
  });
});

describe('GET /health', () => {
  it('answers without asking anything', async () => {
    expect(await health(httpEvent(), lambdaContext)).toMatchObject({
      statusCode: 200,
      body: '{"status":"ok"}',
    });
  });
});
