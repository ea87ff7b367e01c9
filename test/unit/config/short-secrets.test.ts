import { describe, expect, it } from 'vitest';
import * as schemas from '../../../lib/config/handler-schemas.ts';
import { loadConfiguration } from '../../../lib/config/load-configuration.ts';
import { findShortSecrets } from '../../../lib/config/short-secrets.ts';
import { warnOfShortSecrets } from '../../../lib/wiring/warn-of-short-secrets.ts';
import { createRecordingLog } from '../../support/fakes/recording-log.ts';

const LONG = 'a'.repeat(16);
const SHORT = 'hunter2';
const storage = { TABLE_NAME: 'table', DIAGNOSE_QUEUE_URL: 'http://queue' };

describe('a secret under 16 characters', () => {
  it.each([
    ['READ_TOKENS', [LONG, SHORT, 'x'], { variable: 'READ_TOKENS', short: 2 }],
    ['WRITE_TOKENS', ['a'.repeat(15)], { variable: 'WRITE_TOKENS', short: 1 }],
    ['SLACK_SIGNING_SECRET', SHORT, { variable: 'SLACK_SIGNING_SECRET', short: 1 }],
    ['NOTIFY_WEBHOOK_SECRET', SHORT, { variable: 'NOTIFY_WEBHOOK_SECRET', short: 1 }],
    [
      'WEBHOOK_TOKENS',
      [
        { source: 'prod', token: SHORT },
        { source: 'staging', token: LONG },
        { source: 'prod', token: 'x' },
      ],
      { variable: 'WEBHOOK_TOKENS', short: 2, sources: ['prod'] },
    ],
  ])('is found in %s', (variable, value, found) => {
    expect(findShortSecrets({ [variable]: value })).toEqual([found]);
  });

  it('is none of 16 characters, of a variable that is not set, or of one that others give out', () => {
    const config = {
      READ_TOKENS: [LONG],
      WRITE_TOKENS: undefined,
      SLACK_BOT_TOKEN: 'xoxb',
      SMTP_PASSWORD: 'x',
    };

    expect(findShortSecrets(config)).toEqual([]);
  });

  it('is warned of in one line with variable and source, without the secret, and starts all the same', async () => {
    const log = createRecordingLog();
    const environment = { ...storage, WEBHOOK_TOKENS: `prod=${SHORT},staging=${LONG}` };

    const config = await loadConfiguration(schemas.createReceiveWebhookSchema(), async () => '', environment);
    const started = warnOfShortSecrets(config, log);

    expect(started.WEBHOOK_TOKENS).toHaveLength(2);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'secrets under 16 characters can be guessed',
        data: { secrets: [{ variable: 'WEBHOOK_TOKENS', short: 1, sources: ['prod'] }] },
      },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain(SHORT);
  });

  it("is none of npm start's own", async () => {
    const { withLocalDefaults } = await import('../../../infra/local/stack/settings.ts');
    const environment = { ...storage, ...withLocalDefaults({}, 3000) };

    const configs = [
      await loadConfiguration(schemas.createReceiveWebhookSchema(), async () => '', environment),
      await loadConfiguration(schemas.createReadHistorySchema(), async () => '', environment),
    ];

    expect(configs.flatMap((config) => findShortSecrets(config))).toEqual([]);
  });
});
