import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSmtp, startLocalSmtp } from '../../infra/local/mail/smtp.ts';
import { type LocalSlack, startLocalSlack } from '../../infra/local/slack/slack.ts';
import { createSmtpClient } from '../../lib/channels/email/client/smtp-client.ts';
import type { MailMessage } from '../../lib/channels/email/mail-client.ts';
import { createMemoryMail } from '../../lib/channels/email/memory-mail.ts';
import { createSlackBotClient } from '../../lib/channels/slack/client/bot-client.ts';
import { createSlackWebhookClient } from '../../lib/channels/slack/client/webhook-client.ts';
import { createMemorySlack } from '../../lib/channels/slack/memory-slack.ts';
import type { SlackClient, SlackMessage } from '../../lib/channels/slack/slack-client.ts';
import { createHttpWebhookClient } from '../../lib/channels/webhook/client/http-client.ts';
import { createMemoryWebhook } from '../../lib/channels/webhook/memory-webhook.ts';
import type { SendOutcome } from '../../lib/core/delivery/delivery.ts';
import { freePorts } from '../support/servers/free-ports.ts';
import { startWebhookServer, type WebhookServer } from '../support/servers/webhook-server.ts';

type Failing = 'retryable' | 'misconfigured' | 'permanent';

/** One channel with the means to cause each behaviour of its server. */
type ChannelBench = {
  name: string;
  send(text: string, withinMs?: number): Promise<SendOutcome>;
  arrived(): string[];
  /** Makes the next send fail for a time, until somebody mends the configuration, or for good. */
  failNext(kind: Failing): void;
  recover(): void;
  /** The faults of its server for the next send: no timely answer. */
  delays: { name: string; begin(): void }[];
};

const token = 'xoxb-very-secret-token';
const password = 'hunter2-very-secret';
let slack: LocalSlack;
let smtp: LocalSmtp;
let receiver: WebhookServer;

beforeAll(async () => {
  slack = await startLocalSlack({ token });
  smtp = await startLocalSmtp();
  receiver = await startWebhookServer();
});
afterEach(() => {
  slack.clear();
  smtp.clear();
  smtp.trouble(undefined);
  receiver.accepted.splice(0);
  receiver.trouble(undefined);
});
afterAll(async () => {
  await Promise.all([slack.close(), smtp.close(), receiver.close()]);
});

const slackErrors = {
  retryable: 'internal_error',
  misconfigured: 'is_archived',
  permanent: 'invalid_blocks',
};
const webhookStatus = { retryable: 502, misconfigured: 404, permanent: 400 };
const smtpTrouble = {
  retryable: { step: 'data', code: 451 },
  misconfigured: { step: 'rcpt', code: 550 },
  permanent: { step: 'data', code: 554 },
} as const;

const slackDelays = [
  { name: 'says nothing', begin: () => slack.trouble({ kind: 'hang' }) },
  { name: 'takes it and says nothing', begin: () => slack.trouble({ kind: 'hang', served: true }) },
];
const benches: ChannelBench[] = [
  memorySlack(),
  memoryMail(),
  memoryWebhook(),
  slackBot(),
  slackWebhook(),
  smtpMail(),
  httpWebhook(),
];

describe.each(benches)('channel: $name', (bench) => {
  it('reports delivered, and the message is there once', async () => {
    const outcome = await bench.send('pool exhausted');

    expect(outcome.kind).toBe('delivered');
    expect(bench.arrived()).toEqual(['pool exhausted']);
  });

  it('keeps the message, word for word', async () => {
    const text = 'ünïcödé 🔴 &amp; <b>';

    await bench.send(text);

    expect(bench.arrived()).toContain(text);
  });

  it.each(['retryable', 'misconfigured', 'permanent'] as const)(
    'answers a %s failure as a value and sends nothing',
    async (kind) => {
      bench.recover();
      const before = bench.arrived().length;
      bench.failNext(kind);

      const outcome = await bench.send('lost');

      bench.recover();
      expect(outcome.kind).toBe(kind);
      expect(bench.arrived()).toHaveLength(before);
    },
  );

  it('works again after a failure', async () => {
    bench.failNext('retryable');
    await bench.send('first try');
    bench.recover();

    const outcome = await bench.send('second try');

    expect(outcome.kind).toBe('delivered');
    expect(bench.arrived()).toContain('second try');
  });
});

const delays = benches.flatMap((bench) => bench.delays.map((delay) => ({ bench, delay, name: bench.name })));

describe.each(delays)('channel: $name, whose server $delay.name', ({ bench, delay }) => {
  it('ends in the given time, and reports that the outcome is unknown', async () => {
    delay.begin();

    const outcome = await bench.send('late', 90);

    bench.recover();
    expect(outcome).toMatchObject({ kind: 'retryable', mayHaveArrived: true });
  });
});

const editable: [string, () => SlackClient & { texts(): string[] }][] = [
  [
    'memory',
    () => {
      const channel = createMemorySlack();
      return Object.assign(channel, { texts: () => channel.posted.map((each) => each.message.text) });
    },
  ],
  ['bot', () => Object.assign(bot(), { texts: () => slack.messages().map((each) => each.text) })],
];

describe.each(editable)('a Slack channel that can edit: %s', (_name, create) => {
  it('returns a reference by which the message is edited in place', async () => {
    const channel = create();
    const posted = await channel.post('#alerts', slackMessage('firing'));
    const ref = refOf(posted);

    const outcome = await channel.update(ref, slackMessage('resolved'));

    expect(outcome.kind).toBe('delivered');
    expect(channel.texts()).toEqual(['resolved']);
  });

  it('answers in the thread of the message', async () => {
    const channel = create();
    const ref = refOf(await channel.post('#alerts', slackMessage('root')));

    const outcome = await channel.reply(ref, slackMessage('reply'), { broadcast: false });

    expect(outcome.kind).toBe('delivered');
    expect(refOf(outcome).ts).not.toBe(ref.ts);
    expect(channel.texts()).toEqual(['root', 'reply']);
  });

  it('reports not_found, for good, for a message that is gone', async () => {
    const channel = create();
    const gone = { channelId: 'C0GONE00000', ts: '1.000001' };

    const edited = await channel.update(gone, slackMessage('x'));
    const replied = await channel.reply(gone, slackMessage('x'), { broadcast: false });

    expect(edited).toMatchObject({ kind: 'permanent', reason: 'not_found' });
    expect(replied).toMatchObject({ kind: 'permanent', reason: 'not_found' });
  });
});

describe.each([
  ['memory', () => createMemorySlack({ canEdit: false })],
  ['webhook', () => webhookChannel()],
])('a Slack channel that cannot edit: %s', (_name, create) => {
  it('says so and returns no reference', async () => {
    const channel = create();

    const posted = await channel.post('#alerts', slackMessage('firing'));
    const edited = await channel.update({ channelId: 'C0', ts: '1' }, slackMessage('x'));

    expect(channel.canEdit).toBe(false);
    expect(posted).toEqual({ kind: 'delivered' });
    expect(edited).toMatchObject({ kind: 'permanent', reason: 'not_found' });
  });
});

describe('Slack by bot token', () => {
  it.each([
    ['ratelimited', 'retryable', 'rate_limited'],
    ['message_limit_exceeded', 'retryable', 'rate_limited'],
    ['internal_error', 'retryable', 'unavailable'],
    ['fatal_error', 'retryable', 'unavailable'],
    ['service_unavailable', 'retryable', 'unavailable'],
    ['channel_not_found', 'misconfigured', 'not_found'],
    ['is_archived', 'misconfigured', 'not_found'],
    ['not_in_channel', 'misconfigured', 'not_found'],
    ['message_not_found', 'permanent', 'not_found'],
    ['cant_update_message', 'permanent', 'not_found'],
    ['edit_window_closed', 'permanent', 'not_found'],
    ['thread_not_found', 'permanent', 'not_found'],
    ['cannot_reply_to_message', 'permanent', 'not_found'],
    ['thread_locked', 'permanent', 'not_found'],
    ['restricted_action_thread_locked', 'permanent', 'not_found'],
    ['restricted_action_non_threadable_channel', 'permanent', 'not_found'],
    ['restricted_action', 'misconfigured', 'not_found'],
    ['restricted_action_read_only_channel', 'misconfigured', 'not_found'],
    ['restricted_action_thread_only_channel', 'misconfigured', 'not_found'],
    ['is_inactive', 'misconfigured', 'not_found'],
    ['channel_is_frozen', 'misconfigured', 'not_found'],
    ['messages_tab_disabled', 'misconfigured', 'not_found'],
    ['accesslimited', 'misconfigured', 'unauthorized'],
    ['ekm_access_denied', 'misconfigured', 'unauthorized'],
    ['enterprise_is_restricted', 'misconfigured', 'unauthorized'],
    ['external_channel_migrating', 'retryable', 'unavailable'],
    ['update_failed', 'retryable', 'unavailable'],
    ['invalid_auth', 'misconfigured', 'unauthorized'],
    ['token_revoked', 'misconfigured', 'unauthorized'],
    ['account_inactive', 'misconfigured', 'unauthorized'],
    ['msg_blocks_too_long', 'permanent', 'rejected'],
    ['invalid_blocks', 'permanent', 'rejected'],
    ['some_error_of_next_year', 'permanent', 'rejected'],
  ])('takes %s as %s, %s', async (error, kind, reason) => {
    slack.trouble({ kind: 'error', error });

    const outcome = await bot().post('#alerts', slackMessage('x'));

    expect(outcome).toMatchObject({ kind, reason, detail: expect.stringContaining(error) });
  });

  it.each(['{}', '{"ok":false}', '{"ok":false,"error":7}', '{"ok":false,"error":""}'])(
    'treats %s, which names no error, as temporary',
    async (body) => {
      slack.trouble({ kind: 'status', status: 200, body });

      const outcome = await bot().post('#alerts', slackMessage('x'));

      expect(outcome).toMatchObject({ kind: 'retryable', reason: 'unavailable' });
    },
  );

  it.each([400, 401, 403, 404, 502])('treats a bare HTTP %i as temporary', async (status) => {
    slack.trouble({ kind: 'status', status });

    const outcome = await bot().post('#alerts', slackMessage('x'));

    expect(outcome).toMatchObject({ kind: 'retryable', reason: 'unavailable' });
  });

  it('passes on how long Slack wants no requests, and does not try again itself', async () => {
    slack.trouble({ kind: 'rate-limit', retryAfterSeconds: 7 });

    const outcome = await bot().post('#alerts', slackMessage('x'));

    expect(outcome).toMatchObject({ kind: 'retryable', reason: 'rate_limited', retryAfterMs: 7000 });
    expect(slack.messages()).toEqual([]);
  });

  it('treats a server error and a page from a proxy as temporary', async () => {
    slack.trouble(
      { kind: 'status', status: 503 },
      { kind: 'status', status: 200, body: '<html>maintenance</html>' },
    );

    const first = await bot().post('#alerts', slackMessage('x'));
    const second = await bot().post('#alerts', slackMessage('x'));

    expect(first).toMatchObject({ kind: 'retryable', reason: 'unavailable' });
    expect(second).toMatchObject({ kind: 'retryable', reason: 'unavailable' });
  });

  it('gives up waiting for an answer, temporarily', async () => {
    slack.trouble({ kind: 'hang' });

    const outcome = await bot().post('#alerts', slackMessage('x'), 60);

    expect(outcome).toMatchObject({ kind: 'retryable', reason: 'timeout' });
  });

  it('stops reading an endless answer', async () => {
    slack.trouble({ kind: 'endless' });

    const outcome = await bot().post('#alerts', slackMessage('x'));

    expect(outcome).toMatchObject({ kind: 'retryable', reason: 'unavailable', mayHaveArrived: true });
  });

  it('counts a repeated edit as done, because it does no harm', async () => {
    slack.trouble({ kind: 'hang' });

    const outcome = await bot().update({ channelId: 'C0', ts: '1' }, slackMessage('x'), 60);

    expect(outcome).toMatchObject({ kind: 'retryable', reason: 'timeout' });
    expect(outcome).not.toHaveProperty('unconfirmed');
  });

  it('treats a port where nobody listens as temporary', async () => {
    const outcome = await bot({ apiUrl: `http://127.0.0.1:${await unusedPort()}/api/` }).post(
      '#a',
      slackMessage('x'),
    );

    expect(outcome).toMatchObject({ kind: 'retryable', reason: 'unavailable' });
  });

  it('never asks Slack to look for names or addresses in the text', async () => {
    await bot().post('#alerts', slackMessage('@channel http://evil.example'));

    const [call] = slack.calls();
    expect(call).not.toHaveProperty('link_names');
    expect(call).not.toHaveProperty('parse');
    expect(call).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
  });

  it('shows a reply in the channel too when asked', async () => {
    const ref = refOf(await bot().post('#alerts', slackMessage('root')));

    await bot().reply(ref, slackMessage('quiet'), { broadcast: false });
    await bot().reply(ref, slackMessage('loud'), { broadcast: true });

    expect(slack.messages().map((each) => [each.text, each.threadTs, each.broadcast])).toEqual([
      ['root', undefined, false],
      ['quiet', ref.ts, false],
      ['loud', ref.ts, true],
    ]);
  });

  it('names the part of the blocks that Slack refuses', async () => {
    const outcome = await bot().post('#alerts', { text: 'x', blocks: [{ type: 'section' }] });

    expect(outcome).toMatchObject({
      kind: 'permanent',
      reason: 'rejected',
      detail: expect.stringContaining('/blocks/0'),
    });
  });

  it('keeps the token out of every outcome', async () => {
    slack.trouble({ kind: 'error', error: token }, { kind: 'status', status: 500, body: token });
    const wrong = createSlackBotClient({ token: 'xoxb-wrong-token', apiUrl: slack.apiUrl });

    const outcomes = [
      await bot().post('#alerts', slackMessage('x')),
      await bot().post('#alerts', slackMessage('x')),
      await bot({ apiUrl: `http://127.0.0.1:${await unusedPort()}/api/` }).post('#alerts', slackMessage('x')),
      await wrong.post('#alerts', slackMessage('x')),
    ];

    expect(outcomes.map((each) => each.kind)).not.toContain('delivered');
    expect(JSON.stringify(outcomes)).not.toContain('xoxb');
  });
});

describe('Slack by incoming webhook', () => {
  it.each([
    [429, 'ratelimited', 'retryable', 'rate_limited'],
    [500, 'internal', 'retryable', 'unavailable'],
    [200, '<html>', 'retryable', 'unavailable'],
    [400, 'invalid_blocks', 'permanent', 'rejected'],
    [403, 'invalid_token', 'misconfigured', 'unauthorized'],
    [404, 'channel_not_found', 'misconfigured', 'not_found'],
    [410, 'channel_is_archived', 'misconfigured', 'not_found'],
    [302, '', 'retryable', 'unavailable'],
    [403, '<html>denied by a proxy</html>', 'retryable', 'unavailable'],
    [404, '', 'retryable', 'unavailable'],
    [413, '<html>too large</html>', 'permanent', 'rejected'],
  ])('takes HTTP %i %s as %s, %s', async (status, body, kind, reason) => {
    slack.trouble({ kind: 'status', status, body });

    const outcome = await webhookChannel().post('', slackMessage('x'));

    expect(outcome).toMatchObject({ kind, reason });
  });

  it('passes on how long Slack wants no requests', async () => {
    slack.trouble({ kind: 'rate-limit', retryAfterSeconds: 3 });

    const outcome = await webhookChannel().post('', slackMessage('x'));

    expect(outcome).toMatchObject({ kind: 'retryable', reason: 'rate_limited', retryAfterMs: 3000 });
  });

  it('gives up waiting for an answer, temporarily', async () => {
    slack.trouble({ kind: 'hang' });

    const outcome = await webhookChannel().post('', slackMessage('x'), 60);

    expect(outcome).toMatchObject({ kind: 'retryable', reason: 'timeout' });
  });

  it('stops reading an endless answer', async () => {
    slack.trouble({ kind: 'endless' });

    const outcome = await webhookChannel().post('', slackMessage('x'));

    expect(outcome).toMatchObject({ kind: 'retryable', reason: 'unavailable', mayHaveArrived: true });
  });

  it('keeps its address, which is a secret, out of every outcome', async () => {
    const port = await unusedPort();
    const unreachable = createSlackWebhookClient({
      url: `http://127.0.0.1:${port}/services/T0/B0/secret-part`,
    });
    const broken = createSlackWebhookClient({ url: 'http://[secret-part' });
    slack.trouble({ kind: 'status', status: 500, body: 'see /services/T0/B0/secret-part' });

    const outcomes = [
      await unreachable.post('', slackMessage('x')),
      await broken.post('', slackMessage('x')),
      await webhookChannel().post('', slackMessage('x')),
    ];

    expect(outcomes.map((each) => each.kind)).toEqual(['retryable', 'retryable', 'retryable']);
    expect(JSON.stringify(outcomes)).not.toMatch(/secret-part|services/);
  });
});

describe.each([
  ['memory', memoryMailBox],
  ['SMTP', () => ({ channel: mailChannel(), pictures: smtpPictures })],
])('a mail channel: %s', (_name, create) => {
  it('carries the pictures that the HTML names, byte for byte', async () => {
    const { channel, pictures } = create();
    const png = Uint8Array.from({ length: 300 }, (_, index) => index % 256);

    const outcome = await channel.send({
      ...mail('x'),
      html: '<img src="cid:chart-1@example.com" alt="">',
      pictures: [{ contentId: 'chart-1@example.com', fileName: 'chart-1.png', png }],
    });

    expect(outcome.kind).toBe('delivered');
    expect(pictures()).toEqual([['chart-1@example.com', [...png]]]);
  });

  it('carries none when there is none', async () => {
    const { channel, pictures } = create();

    await channel.send(mail('x'));

    expect(pictures()).toEqual([]);
  });
});

describe('mail by SMTP', () => {
  it('passes on further headers, none of which can undo that robots do not answer', async () => {
    await mailChannel().send({ ...mail('x'), headers: { 'X-Tier': 'L2', 'Auto-Submitted': 'no' } });

    const lines = smtp.mails()[0]?.headerLines;
    expect(lines).toContain('X-Tier: L2');
    expect(lines).toContain('Auto-Submitted: auto-generated');
    expect(lines).toContain('X-Auto-Response-Suppress: All');
    expect(lines).not.toContain('Auto-Submitted: no');
  });

  it('passes on id, references, subject and both bodies unchanged', async () => {
    await mailChannel().send(mail('pool exhausted'));

    expect(smtp.mails()).toMatchObject([
      {
        from: '"First Responder" <alerts@example.com>',
        recipients: ['ops@example.com', 'oncall@example.com'],
        messageId: '<inc.1@example.com>',
        inReplyTo: '<inc@example.com>',
        references: ['<inc@example.com>'],
        subject: '[CRITICAL] X',
        text: 'pool exhausted',
      },
    ]);
    expect(smtp.mails()[0]?.html).toContain('<p>pool exhausted</p>');
    expect(smtp.mails()[0]?.headerLines).toContain('Auto-Submitted: auto-generated');
  });

  it('sends the same mail again with the same id', async () => {
    await mailChannel().send(mail('again'));
    await mailChannel().send(mail('again'));

    expect(smtp.mails().map((each) => each.messageId)).toEqual([
      '<inc.1@example.com>',
      '<inc.1@example.com>',
    ]);
  });

  it('cannot be made to add a header or a recipient', async () => {
    await mailChannel().send({
      ...mail('x'),
      subject: 'a\r\nBcc: evil@example.com\r\n\r\nbody',
      to: ['ops@example.com'],
    });

    const [arrived] = smtp.mails();
    expect(arrived?.recipients).toEqual(['ops@example.com']);
    expect(arrived?.headerLines.filter((line) => /^bcc:/i.test(line))).toEqual([]);
  });

  it.each([
    [{ step: 'mail', code: 451 }, 'retryable', 'unavailable'],
    [{ step: 'rcpt', code: 450 }, 'retryable', 'unavailable'],
    [{ step: 'data', code: 452 }, 'retryable', 'unavailable'],
    [{ step: 'mail', code: 553 }, 'misconfigured', 'unauthorized'],
    [{ step: 'mail', code: 552 }, 'permanent', 'rejected'],
    [{ step: 'rcpt', code: 550 }, 'misconfigured', 'not_found'],
    [{ step: 'data', code: 554 }, 'permanent', 'rejected'],
  ] as const)('takes %o as %s, %s', async (trouble, kind, reason) => {
    smtp.trouble(trouble);

    const outcome = await mailChannel().send(mail('x'));

    expect(outcome).toMatchObject({ kind, reason, detail: expect.stringContaining('SMTP') });
    expect(smtp.mails()).toEqual([]);
  });

  it('counts a mail as delivered when some of its recipients accepted it', async () => {
    smtp.trouble({ step: 'rcpt', code: 550, address: 'oncall@example.com' });

    const outcome = await mailChannel().send(mail('x'));

    expect(outcome).toEqual({
      kind: 'delivered',
      refused: expect.stringMatching(/^refused for oncall@example\.com: SMTP: .*550/),
    });
    expect(smtp.mails()[0]?.recipients).toEqual(['ops@example.com']);
  });

  it('names the recipients that have a mail when others are to get it later', async () => {
    smtp.trouble({ step: 'rcpt', code: 450, address: 'oncall@example.com' });

    const outcome = await mailChannel().send(mail('x'));

    expect(outcome).toMatchObject({
      kind: 'retryable',
      detail: expect.stringContaining('oncall@example.com'),
      taken: ['ops@example.com'],
    });
  });

  it('gives up on a silent server, temporarily', async () => {
    smtp.trouble({ step: 'hang' });

    const outcome = await mailChannel({ silenceMs: 80 }).send(mail('x'));

    expect(outcome).toMatchObject({ kind: 'retryable', reason: 'timeout' });
  });

  it('treats a port where nobody listens as temporary', async () => {
    const outcome = await mailChannel({ port: await unusedPort() }).send(mail('x'));

    expect(outcome).toMatchObject({ kind: 'retryable', reason: 'unavailable' });
  });

  it('logs in when it has a name, and keeps the password out of the outcome of a failed login', async () => {
    const guarded = await startLocalSmtp({ credentials: { username: 'ana', password } });
    const right = mailChannel({ port: guarded.port, username: 'ana', password });
    const wrong = mailChannel({ port: guarded.port, username: 'ana', password: `${password}-old` });

    const outcomes = [await right.send(mail('x')), await wrong.send(mail('x'))];

    await guarded.close();
    expect(outcomes[0]?.kind).toBe('delivered');
    expect(outcomes[1]).toMatchObject({ kind: 'misconfigured', reason: 'unauthorized' });
    expect(JSON.stringify(outcomes)).not.toContain(password);
  });

  it('does not log in without a name, even where it could', async () => {
    const guarded = await startLocalSmtp({ credentials: { username: 'ana', password } });

    const outcome = await mailChannel({ port: guarded.port }).send(mail('x'));

    await guarded.close();
    expect(outcome).toMatchObject({ kind: 'misconfigured', reason: 'unauthorized' });
  });
});

describe('a webhook by HTTP', () => {
  const request = { name: 'pager', key: 'k1', body: '{"text":"ünï"}' };

  it('is signed over the time and the body as sent, under the key of its message', async () => {
    await webhookClient().post(request);

    const [{ headers, body } = { headers: {}, body: '' }] = receiver.accepted;
    const expected = createHmac('sha256', 'shared').update(`1795490732.${body}`).digest('hex');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': 'k1',
      'x-first-responder-timestamp': '1795490732',
      'x-first-responder-signature': `sha256=${expected}`,
    });
    expect(body).toBe(request.body);
  });

  it.each([
    [429, 'retryable', 'rate_limited'],
    [408, 'retryable', 'unavailable'],
    [500, 'retryable', 'unavailable'],
    [401, 'misconfigured', 'unauthorized'],
    [403, 'misconfigured', 'unauthorized'],
    [404, 'misconfigured', 'not_found'],
    [410, 'misconfigured', 'not_found'],
    [400, 'permanent', 'rejected'],
    [413, 'permanent', 'rejected'],
  ])('takes %i as %s, %s', async (status, kind, reason) => {
    receiver.trouble({ status });

    expect(await webhookClient().post(request)).toMatchObject({ kind, reason });
  });

  it.each([
    [429, '42', 42_000],
    [503, '42', 42_000],
    [429, new Date(1_795_490_762_999).toUTCString(), 29_001],
    [429, '', undefined],
    [429, 'soon', undefined],
  ])('waits after %i as long as the receiver asks: %j', async (status, header, retryAfterMs) => {
    receiver.trouble({ status, headers: { 'retry-after': header } });

    expect(await webhookClient().post(request)).toMatchObject({ retryAfterMs });
  });

  it('goes by the status alone, whatever the answer holds', async () => {
    receiver.trouble({ status: 200, headers: { 'content-encoding': 'gzip' }, body: 'x'.repeat(300_000) });

    expect(await webhookClient().post(request)).toEqual({ kind: 'delivered' });
  });

  it('goes to no proxy, which would read what never leaves this machine', async () => {
    const before = process.env.HTTP_PROXY;
    process.env.HTTP_PROXY = `http://127.0.0.1:${await unusedPort()}`;
    try {
      expect(await webhookClient().post(request)).toEqual({ kind: 'delivered' });
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = before;
    }
  });

  it('follows no redirect', async () => {
    receiver.trouble({ status: 307, headers: { location: receiver.url } });

    const outcome = await webhookClient().post(request);

    expect(outcome).toMatchObject({ kind: 'misconfigured', detail: expect.stringContaining('not followed') });
    expect(receiver.accepted).toEqual([]);
  });

  it('shows its address in no outcome', async () => {
    receiver.trouble({ status: 500 });
    const nobody = new Map([['pager', `http://127.0.0.1:${await unusedPort()}/?key=very-secret`]]);

    const outcomes = [
      await webhookClient().post(request),
      await webhookClient({ urls: nobody }).post(request),
      await webhookClient().post({ ...request, name: 'other' }),
    ];

    expect(outcomes.map(({ kind }) => kind)).toEqual(['retryable', 'retryable', 'misconfigured']);
    expect(JSON.stringify(outcomes)).not.toContain('very-secret');
  });
});

function memorySlack(): ChannelBench {
  const channel = createMemorySlack();
  return {
    name: 'Slack in memory',
    send: (text, withinMs) => channel.post('#alerts', slackMessage(text), withinMs),
    arrived: () => channel.posted.map((each) => each.message.text),
    failNext: (kind) => channel.script({ kind, reason: 'unavailable', detail: 'scripted' }),
    recover() {},
    delays: [{ name: 'says nothing', begin: () => channel.script('hang') }],
  };
}

function memoryMail(): ChannelBench {
  const channel = createMemoryMail();
  return {
    name: 'mail in memory',
    send: (text, withinMs) => channel.send(mail(text), withinMs),
    arrived: () => channel.sent.map((each) => each.text),
    failNext: (kind) => channel.script({ kind, reason: 'unavailable', detail: 'scripted' }),
    recover() {},
    delays: [{ name: 'says nothing', begin: () => channel.script('hang') }],
  };
}

function slackBot(): ChannelBench {
  return {
    name: 'Slack by bot token',
    send: (text, withinMs) => bot().post('#alerts', slackMessage(text), withinMs),
    arrived: () => slack.messages().map((each) => each.text),
    failNext: (kind) => slack.trouble({ kind: 'error', error: slackErrors[kind] }),
    recover() {},
    delays: slackDelays,
  };
}

function slackWebhook(): ChannelBench {
  return {
    name: 'Slack by incoming webhook',
    send: (text, withinMs) => webhookChannel().post('', slackMessage(text), withinMs),
    arrived: () => slack.messages().map((each) => each.text),
    failNext: (kind) => slack.trouble({ kind: 'status', status: webhookStatus[kind] }),
    recover() {},
    delays: slackDelays,
  };
}

function smtpMail(): ChannelBench {
  return {
    name: 'mail by SMTP',
    send: (text, withinMs) => mailChannel().send(mail(text), withinMs),
    arrived: () => smtp.mails().map((each) => each.text.trim()),
    failNext: (kind) => smtp.trouble(smtpTrouble[kind]),
    recover: () => smtp.trouble(undefined),
    delays: [
      { name: 'says nothing', begin: () => smtp.trouble({ step: 'hang' }) },
      {
        name: 'answers each command, but late',
        begin: () => smtp.trouble({ step: 'slow', eachMs: 40 }),
      },
    ],
  };
}

function memoryWebhook(): ChannelBench {
  const client = createMemoryWebhook();
  return {
    name: 'a webhook in memory',
    send: (body, withinMs) => client.post({ name: 'pager', key: 'k', body }, withinMs),
    arrived: () => client.posted.map(({ body }) => body),
    failNext: (kind) => client.script({ kind, reason: 'unavailable', detail: 'scripted' }),
    recover: () => client.recover(),
    delays: [{ name: 'says nothing', begin: () => client.script('hang') }],
  };
}

function httpWebhook(): ChannelBench {
  const status = { retryable: 503, misconfigured: 404, permanent: 422 };
  return {
    name: 'a webhook by HTTP',
    send: (body, withinMs) => webhookClient().post({ name: 'pager', key: 'k', body }, withinMs),
    arrived: () => receiver.accepted.map(({ body }) => body),
    failNext: (kind) => receiver.trouble({ status: status[kind] }),
    recover: () => receiver.trouble(undefined),
    delays: [
      { name: 'says nothing', begin: () => receiver.trouble('hang') },
      { name: 'breaks off', begin: () => receiver.trouble('break') },
    ],
  };
}

function webhookClient(options: { urls?: ReadonlyMap<string, string> } = {}) {
  const urls = new Map([['pager', receiver.url]]);
  return createHttpWebhookClient({ urls, secret: 'shared', now: () => 1_795_490_732_999, ...options });
}

function bot(options: { apiUrl?: string } = {}): SlackClient {
  return createSlackBotClient({ token, apiUrl: slack.apiUrl, ...options });
}

function webhookChannel(): SlackClient {
  return createSlackWebhookClient({ url: slack.webhookUrl });
}

function mailChannel(
  options: { port?: number; username?: string; password?: string; silenceMs?: number } = {},
) {
  return createSmtpClient({
    host: '127.0.0.1',
    port: smtp.port,
    from: 'First Responder <alerts@example.com>',
    ...options,
  });
}

function slackMessage(text: string): SlackMessage {
  return { text, blocks: [{ type: 'divider' }] };
}

function mail(text: string): MailMessage {
  return {
    to: ['ops@example.com', 'oncall@example.com'],
    subject: '[CRITICAL] X',
    text,
    html: `<p>${text}</p>`,
    messageId: '<inc.1@example.com>',
    inReplyTo: '<inc@example.com>',
    references: ['<inc@example.com>'],
  };
}

function refOf(outcome: SendOutcome) {
  if (outcome.kind !== 'delivered' || !outcome.ref)
    throw new Error(`no reference: ${JSON.stringify(outcome)}`);
  return outcome.ref;
}

async function unusedPort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

function memoryMailBox() {
  const channel = createMemoryMail();
  const pictures = () =>
    channel.sent.flatMap((each) => (each.pictures ?? []).map((one) => [one.contentId, [...one.png]]));
  return { channel, pictures };
}

function smtpPictures() {
  return smtp
    .mails()
    .flatMap((each) =>
      each.attachments.map((one) => [one.contentId, [...Buffer.from(one.base64, 'base64')]]),
    );
}
