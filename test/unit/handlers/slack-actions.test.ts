import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSlackActions, type SlackActionsParts } from '../../../handlers/slack-actions.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { receiveWebhook } from '../../../lib/flow/receive/receive-webhook.ts';
import { catalog } from '../../support/factories/catalog.ts';
import { type HttpEventFactory, httpEvent, lambdaContext } from '../../support/factories/http-event.ts';
import {
  SIGNING_SECRET,
  type SlackActionFactory,
  slackActionBody,
  slackSignature,
} from '../../support/factories/slack-action.ts';
import { webhookAlert, webhookBody } from '../../support/factories/webhook.ts';
import { createMemoryWorld } from '../../support/fakes/memory-world.ts';
import { createRecordingLog } from '../../support/fakes/recording-log.ts';

const RESPONSE_URL = 'https://hooks.slack.com/actions/T0123/1/abc';

function startSlack(change: Partial<SlackActionsParts> = {}) {
  const world = createMemoryWorld();
  const log = createRecordingLog();
  const replies: { url: string; text: string }[] = [];
  const never = new AbortController().signal;
  const ports = {
    ...world,
    catalog: catalog(),
    backOff: async () => {},
    abortAfter: () => never,
  };
  const handler = createSlackActions({
    signingSecret: SIGNING_SECRET,
    ports,
    clock: world.clock,
    log,
    async reply(url, text) {
      replies.push({ url, text });
      return { kind: 'delivered' };
    },
    ...change,
  });
  const send = (event: HttpEventFactory) =>
    handler(httpEvent({ method: 'POST', path: '/slack/actions', ...event }), lambdaContext);
  return {
    world,
    log,
    replies,
    send,
    slackAction(slackAction: SlackActionFactory) {
      const body = slackActionBody({ responseUrl: RESPONSE_URL, ...slackAction });
      return send({ body, headers: slackSignature(body, world.clock.now()) });
    },
    async openIncident(): Promise<string> {
      const body = webhookBody([webhookAlert({ startsAt: world.clock.now() })]);
      await receiveWebhook(ports, { source: 'prod', body, now: world.clock.now() });
      return [...world.incidents.items.keys()][0] ?? '';
    },
  };
}

describe('a press', () => {
  it('acknowledges in the name of whoever pressed, and tells them', async () => {
    const slack = startSlack();
    const id = await slack.openIncident();

    const result = await slack.slackAction({ action: 'acknowledge', value: `1 ${id}` });

    expect(result.statusCode).toBe(200);
    expect(JSON.parse(result.body ?? '')).toEqual({
      response_type: 'ephemeral',
      replace_original: false,
      text: 'Acknowledged: it is yours.',
    });
    expect(slack.replies).toEqual([{ url: RESPONSE_URL, text: 'Acknowledged: it is yours.' }]);
    expect(slack.world.incidents.items.get(id)?.ack).toMatchObject({ by: 'ana', asOf: 1 });
  });

  it('is taken as API Gateway encodes it', async () => {
    const slack = startSlack();
    const id = await slack.openIncident();
    const body = slackActionBody({ action: 'resolve', value: `1 ${id}` });

    const result = await slack.send({
      body: Buffer.from(body).toString('base64'),
      isBase64Encoded: true,
      headers: slackSignature(body, slack.world.clock.now()),
    });

    expect(result.statusCode).toBe(200);
    expect(slack.world.incidents.items.get(id)).toMatchObject({ status: 'resolved', resolvedBy: 'ana' });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['only the id is known', { id: 'U012345AB' }, 'U012345AB'],
    ['nothing is known', {}, 'somebody on Slack'],
    ['the name holds what has no place in one', { name: 'a\u202en\na\u0000' }, 'an a'],
    ['the name has no end', { name: 'x'.repeat(500) }, `${'x'.repeat(79)}…`],
  ])('has a name on the timeline also when %s', async (_when, user, by) => {
    const slack = startSlack();
    const id = await slack.openIncident();

    await slack.slackAction({ action: 'acknowledge', value: `1 ${id}`, user });

    expect(slack.world.incidents.items.get(id)?.ack?.by).toBe(by);
  });

  it('on a link to a runbook, or on what is not ours, does nothing', async () => {
    const slack = startSlack();

    const results = [
      await slack.slackAction({ action: 'runbook' }),
      await slack.slackAction({ action: 'somebody-elses', value: 'x' }),
    ];

    expect(results.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(slack.replies).toEqual([]);
  });

  it.each([
    ['no payload', 'a=b'],
    ['a payload that is no JSON', 'payload=%7B'],
    ['a payload that is no object', 'payload=7'],
    ['a value that is not ours', slackActionBody({ action: 'acknowledge', value: 'abc' })],
    ['a version that is none', slackActionBody({ action: 'acknowledge', value: '0 abc.1' })],
    ['a length that is not offered', slackActionBody({ action: 'silence', option: '9d 1 abc.1' })],
    ['no length', slackActionBody({ action: 'silence', option: '1 abc.1' })],
  ])('with %s is refused with 400', async (_what, body) => {
    const slack = startSlack();

    const result = await slack.send({ body, headers: slackSignature(body, slack.world.clock.now()) });

    expect(result).toMatchObject({
      statusCode: 400,
      headers: { 'content-type': 'application/problem+json' },
    });
  });

  it('escapes what it says', async () => {
    const slack = startSlack();
    const id = await slack.openIncident();
    await slack.slackAction({ action: 'acknowledge', value: `1 ${id}`, user: { name: '<!channel>' } });

    await slack.slackAction({ action: 'acknowledge', value: `1 ${id}` });

    expect(slack.replies.at(-1)?.text).toBe('Already acknowledged by &lt;!channel&gt; 0 s ago.');
  });
});

describe('a press is answered in time', () => {
  it('when the store is down, and says that nothing was done', async () => {
    const slack = startSlack();
    const id = await slack.openIncident();
    slack.world.faults.failOn('incidents.get');

    const result = await slack.slackAction({ action: 'acknowledge', value: `1 ${id}` });

    expect(result.statusCode).toBe(200);
    expect(slack.replies.at(-1)?.text).toMatch(/^That could not be done/);
  });

  it('when the store does not answer', async () => {
    const slack = startSlack();
    const { ports } = slackPortsThatHang(slack.world);
    const hanging = startSlack({ ports, clock: slack.world.clock });
    const body = slackActionBody({ action: 'acknowledge', value: '1 abc.000001' });

    const answering = hanging.send({ body, headers: slackSignature(body, slack.world.clock.now()) });
    await Promise.resolve();
    setImmediate(() => slack.world.clock.advance(1_900));
    const result = await answering;

    expect(result.statusCode).toBe(200);
    expect(result.body).toContain('takes longer than it should');
  });

  it('when Slack does not take the reply', async () => {
    const slack = startSlack({ reply: async () => ({ kind: 'failed', reason: 'HTTP 404' }) });
    const id = await slack.openIncident();

    const result = await slack.slackAction({ action: 'acknowledge', value: `1 ${id}` });

    expect(result.statusCode).toBe(200);
    expect(slack.world.incidents.items.get(id)?.ack).toBeDefined();
    expect(slack.log.lines).toContainEqual(expect.objectContaining({ level: 'warn' }));
  });

  function slackPortsThatHang(world: ReturnType<typeof createMemoryWorld>) {
    const ports: SlackActionsParts['ports'] = {
      ...world,
      incidents: { ...world.incidents, get: () => new Promise(() => {}) },
      catalog: catalog(),
      backOff: async () => {},
      abortAfter: () => new AbortController().signal,
    };
    return { ports };
  }
});

describe('a request that Slack did not sign', () => {
  const body = slackActionBody({ action: 'runbook' });
  const now = createMemoryWorld().clock.now();
  const unsigned = { 'content-type': 'application/x-www-form-urlencoded' };

  it.each<[string, Record<string, string>]>([
    ['has no signature', unsigned],
    ['is signed with another secret', slackSignature(body, now, 'another')],
    ['is older than five minutes', slackSignature(body, now - 5 * MINUTE - 1000)],
    ['is from more than five minutes ahead', slackSignature(body, now + 5 * MINUTE + 1000)],
    ['has a time that is none', { ...slackSignature(body, now), 'x-slack-request-timestamp': 'NaN' }],
  ])('is refused with 401 when it %s', async (_what, headers) => {
    const result = await startSlack().send({ body, headers });

    expect(result).toMatchObject({
      statusCode: 401,
      headers: { 'content-type': 'application/problem+json' },
    });
  });

  it('is refused whichever byte of it was changed', async () => {
    const slack = startSlack();
    const headers = slackSignature(body, now);
    const parts = ['body', 'x-slack-signature', 'x-slack-request-timestamp'] as const;
    const change = fc.record({
      part: fc.constantFrom(...parts),
      at: fc.nat(),
      to: fc.integer({ min: 32, max: 126 }),
    });

    await fc.assert(
      fc.asyncProperty(change, async ({ part, at, to }) => {
        const whole = part === 'body' ? body : (headers[part] ?? '');
        const where = at % whole.length;
        const changed = whole.slice(0, where) + String.fromCharCode(to) + whole.slice(where + 1);
        fc.pre(changed !== whole);

        const result = await slack.send(
          part === 'body' ? { body: changed, headers } : { body, headers: { ...headers, [part]: changed } },
        );

        expect(result.statusCode).toBe(401);
      }),
      { numRuns: 300 },
    );
  });

  it('is let in up to five minutes', async () => {
    const result = await startSlack().send({
      body,
      headers: slackSignature(body, now - 5 * MINUTE + 1000),
    });

    expect(result.statusCode).toBe(200);
  });

  it('is not told apart where there is no secret: nobody passes, and the answer says why', async () => {
    const slack = startSlack({ signingSecret: undefined });

    const result = await slack.send({ body, headers: slackSignature(body, now) });

    expect(result.statusCode).toBe(503);
    expect(result.body).toContain('SLACK_SIGNING_SECRET');
  });
});
