import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { localCredentials, localRegion } from '../../infra/local/aws/dynamodb.ts';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import { createDynamoIncidentStore } from '../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { createDynamoMaintenanceStore } from '../../lib/adapters/dynamodb/operations/maintenance-store.ts';
import { createMaintenanceId } from '../../lib/core/maintenance/maintenance.ts';
import { HOUR } from '../../lib/core/shared/time.ts';
import { bearer, type HttpEventFactory, httpEvent, lambdaContext } from '../support/factories/http-event.ts';
import { SIGNING_SECRET, slackSignature } from '../support/factories/slack-action.ts';
import { storedIncident } from '../support/factories/stored-incident.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';
import {
  importHandler,
  type RouteHandler,
  type ServiceRoute,
  serviceRoutes,
  serviceVariables,
} from '../support/servers/service-routes.ts';

// Every HTTP route of serverless.yml, through its real handler and wiring, so that a new route is tested by itself.

const incident = storedIncident();
const maintenance = {
  id: createMaintenanceId(systemClock.now() + HOUR, 'abcdef0123'),
  unknown: createMaintenanceId(7, 'nothing'),
};

/** Alertmanager and proxies in between may add parameters. */
const TAKES_ANYTHING = new Set(['POST /webhooks/alertmanager']);
/** The page, which reads its query itself, and the redirect to it. They hold no data. */
const isPage = ({ path }: ServiceRoute) => path === '/' || /^\/console(\/|$)/.test(path);
/** Routes that authenticate by something else than our tokens, or not at all. */
const WITHOUT_TOKEN = new Set(['GET /health', 'POST /slack/actions']);

const routes = serviceRoutes();
/** No request of these tests gets as far as a queue. */
const queues = serviceVariables().filter((variable) => /(QUEUE|DEAD_LETTERS)_URL$/.test(variable));
const checked = routes.filter((each) => !TAKES_ANYTHING.has(each.route) && !isPage(each));
const withToken = checked.filter(({ route }) => !WITHOUT_TOKEN.has(route));
const withId = withToken.filter(({ path }) => path.includes('{id}'));
const writing = withToken.filter(({ method }) => method !== 'GET');

let local: LocalTable;
const handlers = new Map<string, RouteHandler>();

beforeAll(async () => {
  local = await startLocalTable();
  await createDynamoIncidentStore(local.table).write(incident, 0);
  await createDynamoMaintenanceStore(local.table).add({
    id: maintenance.id,
    matchers: 'alertname="Up"',
    from: systemClock.now(),
    to: systemClock.now() + HOUR,
    by: 'Ana',
    reason: 'work',
    createdAt: systemClock.now(),
  });
  for (const [name, value] of Object.entries({
    TABLE_NAME: local.table.tableName,
    AWS_ENDPOINT_URL_DYNAMODB: local.endpoint,
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    READ_TOKENS: 'reader',
    WRITE_TOKENS: 'writer',
    WEBHOOK_TOKENS: 'prod=deliverer',
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    ...Object.fromEntries(queues.map((variable) => [variable, 'http://127.0.0.1:9/queue'])),
  })) {
    vi.stubEnv(name, value);
  }
  for (const { file } of routes.filter((each) => !isPage(each))) {
    handlers.set(file, await importHandler({ file }));
  }
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await local.close();
});

/** None of these ids exists, and most of them would be dangerous in a path, a query or a page. */
const oddIds = [
  '',
  ' ',
  'a b.1',
  'a/b.1',
  '..',
  '../../etc/passwd',
  '%2e%2e%2f.1',
  '🔥.1',
  'x'.repeat(5_000),
  `${'a'.repeat(5_000)}.1`,
  'key.0',
  'key.01',
  'key.9999999',
  'key.1\n',
  'key',
  'KEY.1',
  'key.1#delivery',
  '<script>alert(1)</script>',
  "' OR 1=1 --",
  '\u0000.1',
];

/** `givenBody`: also null, as some gateways give an empty one. */
async function ask(
  each: ServiceRoute,
  change: HttpEventFactory = {},
  ...givenBody: (string | null | undefined)[]
) {
  const handler = handlers.get(each.file);
  if (handler === undefined) throw new Error(`no handler for ${each.route}`);
  const { method, path } = each;
  const body = method === 'POST' ? { body: '{"by":"Ana"}' } : {};
  const event = httpEvent({ method, path, ...body, ...change });
  if (givenBody.length > 0) Object.assign(event, { body: givenBody[0] });
  const result = await handler(event, lambdaContext);
  const text = result.body ?? '';
  const type = String(result.headers?.['content-type']);
  return { result, problem: type === 'application/problem+json' ? JSON.parse(text) : undefined };
}

/** Credentials of a caller with all rights. */
function allowed(each: ServiceRoute): Record<string, string> {
  if (each.route !== 'POST /slack/actions') return bearer('writer');
  return slackSignature('{"by":"Ana"}', systemClock.now());
}

function ids({ path }: ServiceRoute): { known: string; unknown: string } {
  return path.startsWith('/maintenance/')
    ? { known: maintenance.id, unknown: maintenance.unknown }
    : { known: incident.id, unknown: 'nothing.1' };
}

it('some routes have an id, and some write', () => {
  expect(checked.length).toBeGreaterThan(5);
  expect(withId.length).toBeGreaterThan(2);
  expect(writing.length).toBeGreaterThan(2);
});

describe('an invalid address', () => {
  it.each(checked)('is refused with 400 that names an unknown parameter: $route', async (each) => {
    const parameters = each.path.includes('{id}') ? { id: ids(each).known } : undefined;

    const { problem } = await ask(each, {
      headers: allowed(each),
      query: { colour: 'red' },
      ...(parameters && { parameters }),
    });

    expect(problem).toMatchObject({ status: 400, path: 'colour' });
  });

  it.each(withId)('is refused with 400 that names the id, whatever its characters: $route', async (each) => {
    for (const id of oddIds) {
      const { problem } = await ask(each, { headers: allowed(each), parameters: { id } });

      expect(problem, id).toMatchObject({ status: 400, path: 'id' });
      expect(problem.detail.length, id).toBeLessThan(200);
    }
  });

  it.each(withId)('with a valid id that does not exist is 404: $route', async (each) => {
    const { problem } = await ask(each, { headers: allowed(each), parameters: { id: ids(each).unknown } });

    expect(problem).toMatchObject({ status: 404, path: 'id' });
  });
});

/** A redrive needs to be told nothing, and neither does an end. */
const takingBody = routes.filter(
  ({ method, route }) => method === 'POST' && route !== 'POST /dead-letters/redrive',
);

describe('a body that says nothing', () => {
  it('belongs to five routes at least', () => {
    expect(takingBody.length).toBeGreaterThanOrEqual(5);
  });

  it.each(takingBody)('is refused with 400 and one sentence: $route', async (each) => {
    const encoded = (text: string) => Buffer.from(text).toString('base64');
    const bodies: { body: string | null | undefined; isBase64Encoded?: boolean }[] = [
      ...[undefined, null, '', ' \n', 'null', '[]', '"x"', '0', 'true', '{', '{}'].map((body) => ({ body })),
      ...['', ' ', 'null'].map((body) => ({ body: encoded(body), isBase64Encoded: true })),
    ];
    for (const { body, isBase64Encoded = false } of bodies) {
      const raw = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString();
      const isSlack = each.route === 'POST /slack/actions';
      const headers = isSlack
        ? slackSignature(raw, systemClock.now())
        : bearer(TAKES_ANYTHING.has(each.route) ? 'deliverer' : 'writer');
      const parameters = each.path.includes('{id}') ? { id: incident.id } : undefined;
      const change = { headers, isBase64Encoded, ...(parameters && { parameters }) };

      const { problem } = await ask(each, change, body);

      expect(problem, JSON.stringify(body)).toMatchObject({ status: 400, detail: expect.any(String) });
      if (!isSlack && raw !== '{}') expect(problem.detail, raw).toMatch(/^the body (is|must be) [^.]+\.?$/i);
      if (raw.trim() === '' && !isSlack) expect(problem.detail).toMatch(/^the body is empty/i);
    }
  });
});

describe('a caller without the right', () => {
  it.each(withToken)('gets 401 and learns nothing, whatever the request: $route', async (each) => {
    const { known, unknown } = ids(each);
    const addresses: HttpEventFactory[] = [known, unknown, ...oddIds]
      .map((id): HttpEventFactory => ({ parameters: { id } }))
      .concat([{ query: { colour: 'red' } }, { body: 'x'.repeat(10_000) }]);

    const answers = new Set<string>();
    for (const address of addresses) {
      for (const headers of [{}, bearer('wrong'), bearer('')]) {
        const { result } = await ask(each, { ...address, headers });
        expect(result.statusCode).toBe(401);
        answers.add(JSON.stringify(result));
      }
    }

    expect(answers.size).toBe(1);
  });

  it.each(writing)(
    'who may read but not write gets 403 and learns nothing, whatever the request: $route',
    async (each) => {
      const { known, unknown } = ids(each);

      const answers = new Set<string>();
      for (const id of [known, unknown, ...oddIds]) {
        const { result } = await ask(each, { parameters: { id }, headers: bearer('reader') });
        expect(result.statusCode).toBe(403);
        answers.add(JSON.stringify(result));
      }

      expect(answers.size).toBe(1);
    },
  );
});
