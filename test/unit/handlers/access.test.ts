import { describe, expect, it } from 'vitest';
import { createChangeIncident } from '../../../handlers/change-incident.ts';
import { createListIncidents } from '../../../handlers/list-incidents.ts';
import type { HttpResult } from '../../../handlers/middleware/http.ts';
import { createReceiveWebhook } from '../../../handlers/receive-webhook.ts';
import { createShowIncident } from '../../../handlers/show-incident.ts';
import { catalog, categories } from '../../support/factories/catalog.ts';
import { basic, bearer, httpEvent, lambdaContext } from '../../support/factories/http-event.ts';
import { webhookAlert, webhookBody } from '../../support/factories/webhook.ts';
import { createMemoryWorld } from '../../support/fakes/memory-world.ts';
import { silentLog } from '../../support/harness/first-responder.ts';

function createApi() {
  const world = createMemoryWorld();
  const ports = { ...world, catalog: catalog(), backOff: async () => {} };
  const access = { READ_TOKENS: ['reader'], WRITE_TOKENS: ['writer'] };
  const tokens = [
    { source: 'prod', token: 'prod-old' },
    { source: 'prod', token: 'prod-new' },
    { source: 'staging', token: 'staging-1' },
  ];
  const parts = { ports, access, categories, clock: world.clock, log: silentLog };
  const webhook = createReceiveWebhook({ ...parts, tokens });
  const list = createListIncidents(parts);
  const show = createShowIncident(parts);
  const change = createChangeIncident(parts);
  const body = webhookBody([webhookAlert({ startsAt: world.clock.now() })]);
  const parameters = { id: 'unknown.1' };
  return {
    world,
    webhook: (headers: Record<string, string>) =>
      webhook({ ...httpEvent({ method: 'POST', headers, body }), source: 'forged' }, lambdaContext),
    list: (headers: Record<string, string>) => list(httpEvent({ headers }), lambdaContext),
    show: (headers: Record<string, string>) => show(httpEvent({ headers, parameters }), lambdaContext),
    acknowledge: (headers: Record<string, string>) =>
      change(
        httpEvent({ method: 'POST', path: '/x/acknowledge', headers, parameters, body: '{"by":"Ana"}' }),
        lambdaContext,
      ),
  };
}

type Api = ReturnType<typeof createApi>;
type Call = (api: Api) => (headers: Record<string, string>) => Promise<HttpResult>;

const webhook: Call = (api) => api.webhook;
const list: Call = (api) => api.list;
const show: Call = (api) => api.show;
const acknowledge: Call = (api) => api.acknowledge;

describe('who may call what', () => {
  it.each<[string, Call, string, Record<string, string>, number]>([
    ['the webhook', webhook, 'no credentials', {}, 401],
    ['the webhook', webhook, 'an unknown token', bearer('prod-older'), 401],
    ['the webhook', webhook, 'a part of a token', bearer('prod-ol'), 401],
    ['the webhook', webhook, 'an empty token', { authorization: 'Bearer ' }, 401],
    ['the webhook', webhook, 'another scheme', { authorization: 'Digest prod-old' }, 401],
    ['the webhook', webhook, 'a bare token', { authorization: 'prod-old' }, 401],
    ['the webhook', webhook, 'a token as user name', basic('prod-old', ''), 401],
    ['the webhook', webhook, 'basic without a colon', { authorization: `Basic ${btoa('prod-old')}` }, 401],
    ['the webhook', webhook, 'a read token', bearer('reader'), 401],
    ['the webhook', webhook, 'a write token', bearer('writer'), 401],
    ['the webhook', webhook, 'the first token of a source', bearer('prod-old'), 200],
    ['the webhook', webhook, 'the second token of a source', bearer('prod-new'), 200],
    ['the webhook', webhook, 'a token as basic password', basic('alertmanager', 'prod-new'), 200],
    ['the webhook', webhook, 'a scheme in lower case', { Authorization: 'bearer staging-1' }, 200],
    ['the listing', list, 'no credentials', {}, 401],
    ['the listing', list, 'a webhook token', bearer('prod-old'), 401],
    ['the listing', list, 'a read token', bearer('reader'), 200],
    ['the listing', list, 'a write token', bearer('writer'), 200],
    ['an incident', show, 'no credentials', {}, 401],
    ['an incident', show, 'a read token', basic('ana', 'reader'), 404],
    ['an incident', show, 'a write token', bearer('writer'), 404],
    ['a change', acknowledge, 'no credentials', {}, 401],
    ['a change', acknowledge, 'an unknown token', bearer('writers'), 401],
    ['a change', acknowledge, 'a read token', bearer('reader'), 403],
    ['a change', acknowledge, 'a write token', bearer('writer'), 404],
  ])('%1$s answers %3$s with %5$d', async (_target, call, _with, headers, status) => {
    const api = createApi();

    const result = await call(api)(headers);

    expect(result.statusCode).toBe(status);
    if (status >= 400) expect(result.headers?.['content-type']).toBe('application/problem+json');
    expect(Object.hasOwn(result.headers ?? {}, 'www-authenticate')).toBe(status === 401);
  });

  it('takes the source from the token, whatever the event claims', async () => {
    const api = createApi();

    await api.webhook(bearer('staging-1'));

    const { incidents } = await api.world.history.list({ from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1 });
    expect(incidents[0]?.source).toBe('staging');
  });

  it('lets nobody pass when no tokens are configured', async () => {
    const world = createMemoryWorld();
    const handler = createListIncidents({
      ports: world,
      access: {},
      categories,
      clock: world.clock,
      log: silentLog,
    });

    const results = await Promise.all(
      [{}, bearer(''), basic('', ''), bearer('undefined')].map((headers) =>
        handler(httpEvent({ headers }), lambdaContext),
      ),
    );

    expect(results.map((result) => result.statusCode)).toEqual([401, 401, 401, 401]);
  });
});
