import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../lib/adapters/clock/system-clock.ts';
import { bearer } from '../../support/factories/http-event.ts';
import { SIGNING_SECRET, slackActionBody, slackSignature } from '../../support/factories/slack-action.ts';
import { serviceRoutes } from '../../support/servers/service-routes.ts';
import { type AskedService, startService } from './asked-service.ts';
import { expectedStatus, RIGHTS, TOKENS, tries } from './tried-tokens.ts';

// Every route of serverless.yml with every way to show a token, right and wrong.

const routes = serviceRoutes();
const logged: string[] = [];
let service: AskedService;

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    logged.push(String(line));
    return true;
  });
  service = await startService({
    READ_TOKENS: TOKENS.reader,
    WRITE_TOKENS: TOKENS.writer,
    WEBHOOK_TOKENS: `prod=${TOKENS.deliverer}`,
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
  });
});

afterAll(async () => {
  vi.restoreAllMocks();
  await service.close();
});

it('the rights of every route are known, and of no other', () => {
  expect(routes.map(({ route }) => route).toSorted()).toEqual(Object.keys(RIGHTS).toSorted());
  expect(routes.length * tries.length).toBeGreaterThan(1_500);
});

describe('access', () => {
  it.each(routes)('$route lets nobody pass but who has the right', async (route) => {
    const right = RIGHTS[route.route] ?? 'write';
    const wrong: string[] = [];
    for (const { what, change, holder } of tries) {
      const expected = expectedStatus(right, holder);
      // A holder of the right asks only below: a request may end a maintenance or resolve an incident.
      if (expected === undefined && right !== 'nothing') continue;
      const { statusCode = 0, body = '', headers } = await service.ask(route, change);
      const fits = expected === undefined ? ![401, 403, 500].includes(statusCode) : statusCode === expected;
      const tells = Object.values(TOKENS).some((token) =>
        `${body}${JSON.stringify(headers)}`.includes(token),
      );
      if (!fits || tells) wrong.push(`${what}: ${statusCode}${tells ? ' with a token in it' : ''}`);
    }

    expect(wrong).toEqual([]);
  });

  it.each(routes.filter(({ route }) => !['nothing', 'signature'].includes(RIGHTS[route] ?? '')))(
    '$route lets who has the right pass, in each way to show it',
    async (route) => {
      const right = RIGHTS[route.route] ?? 'write';
      const allowed = tries.filter(({ holder }) => holder && expectedStatus(right, holder) === undefined);
      const wrong: string[] = [];
      for (const { what, change } of allowed) {
        const { statusCode = 0, body } = await service.ask(route, change);
        if (statusCode < 200 || statusCode > 299) wrong.push(`${what}: ${statusCode} ${body?.slice(0, 200)}`);
      }

      expect(wrong).toEqual([]);
      expect(allowed.length).toBeGreaterThanOrEqual(4);
    },
  );

  it('Slack is believed by its signature, and by nothing else', async () => {
    const route = routes.find((each) => each.route === 'POST /slack/actions');
    if (route === undefined) throw new Error('there is no such route');
    const body = slackActionBody({ action: 'acknowledge', value: '1 nothing.1' });
    const now = systemClock.now();
    const signed = slackSignature(body, now);
    const ask = async (headers: Record<string, string>, given = body) =>
      (await service.ask(route, { headers, body: given })).statusCode;

    expect(await ask(signed)).toBe(200);
    expect(await ask(signed, `${body} `)).toBe(401);
    expect(await ask(slackSignature(body, now, 'another'))).toBe(401);
    expect(await ask(slackSignature(body, now, ''))).toBe(401);
    expect(await ask(slackSignature(body, now - 6 * 60_000))).toBe(401);
    expect(await ask(slackSignature(body, now + 6 * 60_000))).toBe(401);
    for (const token of Object.values(TOKENS)) expect(await ask(bearer(token))).toBe(401);
    const signature = String(signed['x-slack-signature']);
    for (const changed of [
      '',
      'v0=',
      signature.slice(0, -1),
      `${signature}0`,
      signature.toUpperCase(),
      signature.slice(3),
    ]) {
      expect(await ask({ ...signed, 'x-slack-signature': changed }), changed).toBe(401);
    }
  });

  it('no token and no secret is in the log', () => {
    const secrets = [...Object.values(TOKENS), SIGNING_SECRET];
    expect(logged.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
  });
});
