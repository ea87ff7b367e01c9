import { afterEach, describe, expect, it, vi } from 'vitest';
import { bearer } from '../../support/factories/http-event.ts';
import { slackSignature } from '../../support/factories/slack-action.ts';
import { serviceRoutes } from '../../support/servers/service-routes.ts';
import { type AskedService, startService } from './asked-service.ts';
import { RIGHTS, tries } from './tried-tokens.ts';

// A variable that is left empty, or holds nothing but separators, gives nobody a right.

let service: AskedService | undefined;

afterEach(async () => {
  await service?.close();
  service = undefined;
  vi.restoreAllMocks();
});

const guarded = serviceRoutes().filter(({ route }) => RIGHTS[route] !== 'nothing');

describe('tokens that are not set', () => {
  it.each([
    ['empty', { READ_TOKENS: '', WRITE_TOKENS: '', WEBHOOK_TOKENS: '', SLACK_SIGNING_SECRET: '' }],
    [
      'only separators',
      { READ_TOKENS: ',', WRITE_TOKENS: ' , ', WEBHOOK_TOKENS: 'prod=', SLACK_SIGNING_SECRET: '' },
    ],
    [
      'an empty one beside another',
      {
        READ_TOKENS: ',x-token,',
        WRITE_TOKENS: ',',
        WEBHOOK_TOKENS: 'prod=,=x,prod=y-token',
        SLACK_SIGNING_SECRET: '',
      },
    ],
  ])('%s: nobody passes', async (_, variables) => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    service = await startService(variables);
    const passed: string[] = [];
    for (const route of guarded) {
      const empty = [
        {},
        bearer(''),
        { authorization: 'Basic Og==' },
        { authorization: 'Basic OiA=' },
        bearer('undefined'),
      ];
      const headers: Record<string, string>[] = [
        ...empty,
        ...tries.flatMap(({ change }) => (change.headers === undefined ? [] : [change.headers])),
        slackSignature('{"by":"Ana"}', Date.now(), ''),
      ];
      for (const each of headers) {
        const { statusCode = 0 } = await service.ask(route, { headers: each });
        if (![401, 403, 503].includes(statusCode))
          passed.push(`${route.route} ${JSON.stringify(each)}: ${statusCode}`);
      }
    }

    expect(passed).toEqual([]);
  });
});
