import { describe, expect, it } from 'vitest';
import { createChangeIncident } from '../../../handlers/change-incident.ts';
import { createChangeMaintenance } from '../../../handlers/change-maintenance.ts';
import { createFeedIncidents } from '../../../handlers/feed-incidents.ts';
import { MAX_BODY_BYTES } from '../../../handlers/middleware/decode-body.ts';
import { createRedriveDeadLetters } from '../../../handlers/redrive-dead-letters.ts';
import { createReportIncident } from '../../../handlers/report-incident.ts';
import { createSlackActions } from '../../../handlers/slack-actions.ts';
import { createMaintenanceId } from '../../../lib/core/maintenance/maintenance.ts';
import { receiveWebhook } from '../../../lib/flow/receive/receive-webhook.ts';
import { catalog, categories } from '../../support/factories/catalog.ts';
import {
  bearer,
  type HttpEventFactory,
  httpEvent,
  lambdaContext,
} from '../../support/factories/http-event.ts';
import { SIGNING_SECRET, slackSignature } from '../../support/factories/slack-action.ts';
import { webhookAlert, webhookBody } from '../../support/factories/webhook.ts';
import { createMemoryWorld } from '../../support/fakes/memory-world.ts';
import { silentLog } from '../../support/harness/first-responder.ts';

const TOO_LARGE = 'x'.repeat(MAX_BODY_BYTES + 1);
const unknownParameter = { query: { colour: 'red' } };
const invalidId = { parameters: { id: 'no id' } };

function createHandlers() {
  const world = createMemoryWorld();
  const ports = {
    ...world,
    catalog: catalog(),
    backOff: async () => {},
    abortAfter: () => new AbortController().signal,
    feed: { write: () => '<feed/>' },
    writeMarkdown: () => '# Report',
    deadLetters: { redrive: async () => ({ redriven: 0, remaining: 0 }) },
  };
  const access = { READ_TOKENS: ['reader'], WRITE_TOKENS: ['writer'] };
  const parts = { ports, access, categories, clock: world.clock, log: silentLog };
  const handlers = {
    change: createChangeIncident(parts),
    maintain: createChangeMaintenance({ ...parts, unique: () => 'unique' }),
    redrive: createRedriveDeadLetters(parts),
    report: createReportIncident(parts),
    feed: createFeedIncidents(parts),
    slack: createSlackActions({
      ...parts,
      signingSecret: SIGNING_SECRET,
      reply: async () => ({ kind: 'delivered' }),
    }),
  };
  return {
    world,
    async openIncident(): Promise<string> {
      const body = webhookBody([webhookAlert({ startsAt: world.clock.now() })]);
      await receiveWebhook(ports, { source: 'prod', body, now: world.clock.now() });
      return [...world.incidents.items.keys()][0] ?? '';
    },
    async ask(name: keyof typeof handlers, event: HttpEventFactory) {
      const result = await handlers[name](httpEvent({ method: 'POST', ...event }), lambdaContext);
      return { ...result, path: result.statusCode === 400 ? JSON.parse(result.body ?? '').path : undefined };
    },
  };
}

describe('a request with several mistakes', () => {
  it.each<[string, HttpEventFactory, number, string | undefined]>([
    ['no token', { ...unknownParameter, ...invalidId, body: TOO_LARGE }, 401, undefined],
    [
      'a token that may only read',
      { headers: bearer('reader'), ...unknownParameter, ...invalidId, body: TOO_LARGE },
      403,
      undefined,
    ],
    [
      'an unknown parameter',
      { headers: bearer('writer'), ...unknownParameter, ...invalidId, body: TOO_LARGE },
      400,
      'colour',
    ],
    ['an invalid id', { headers: bearer('writer'), ...invalidId, body: TOO_LARGE }, 400, 'id'],
    [
      'a body that is too large',
      { headers: bearer('writer'), parameters: { id: 'unknown.1' }, body: TOO_LARGE },
      413,
      undefined,
    ],
    [
      'a body that cannot be read',
      { headers: bearer('writer'), parameters: { id: 'unknown.1' }, body: '{"by":3}' },
      400,
      'by',
    ],
  ])('is told first of %s', async (_mistake, event, status, path) => {
    const result = await createHandlers().ask('change', event);

    expect(result).toMatchObject({ statusCode: status, path });
  });

  it('to POST /slack/actions is told of its signature, then its parameters, then its size', async () => {
    const { world, ask } = createHandlers();
    const headers = slackSignature(TOO_LARGE, world.clock.now());

    const results = [
      await ask('slack', { ...unknownParameter, body: TOO_LARGE }),
      await ask('slack', { ...unknownParameter, headers, body: TOO_LARGE }),
      await ask('slack', { headers, body: TOO_LARGE }),
    ];

    expect(results.map(({ statusCode }) => statusCode)).toEqual([401, 400, 413]);
  });
});

describe('a body', () => {
  it('that is too large is refused where a maintenance is ended, and ignored where no body is taken', async () => {
    const { ask } = createHandlers();
    const parameters = { id: createMaintenanceId(7, 'nothing') };
    const large = { headers: bearer('writer'), body: TOO_LARGE };

    const results = [
      await ask('maintain', { ...large, parameters }),
      await ask('maintain', large),
      await ask('redrive', large),
    ];

    expect(results.map(({ statusCode }) => statusCode)).toEqual([413, 413, 200]);
  });
});

describe('an answer that is a file', () => {
  it('is never stored, and no browser guesses its type', async () => {
    const { openIncident, ask } = createHandlers();
    const parameters = { id: await openIncident() };
    const headers = bearer('reader');

    const [report, feed] = [
      await ask('report', { headers, parameters }),
      await ask('feed', { headers, path: '/incidents.atom' }),
    ];

    const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
    expect(report.headers).toEqual({
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': expect.stringMatching(/^inline; filename="[\w.-]+\.md"$/),
      ...always,
    });
    expect(feed.headers).toEqual({ 'content-type': 'application/atom+xml; charset=utf-8', ...always });
  });
});
