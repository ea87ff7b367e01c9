import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalSlackActions } from '../../infra/local/inbox/press-local-button.ts';
import { type Inbox, startInbox } from '../../infra/local/inbox/start-inbox.ts';
import { type LocalSmtp, startLocalSmtp } from '../../infra/local/mail/smtp.ts';
import { type LocalSlack, startLocalSlack } from '../../infra/local/slack/slack.ts';
import { createPngEncoder } from '../../lib/channels/email/client/png-encoder.ts';
import { createSmtpClient } from '../../lib/channels/email/client/smtp-client.ts';
import { drawPictures } from '../../lib/channels/email/render/charts.ts';
import { renderMail, renderMailDocument } from '../../lib/channels/email/render/message.ts';
import { readSlackAction } from '../../lib/channels/slack/action-schema.ts';
import { createSlackBotClient } from '../../lib/channels/slack/client/bot-client.ts';
import { renderSlackReply, renderSlackRoot } from '../../lib/channels/slack/render/message.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { sampleNotice, sampleResolvedNotice } from '../support/factories/sample-notice.ts';
import { SIGNING_SECRET, slackSignature } from '../support/factories/slack-action.ts';

const VALUE = '3 4f1d2c3b5a697887.000001';
const evil = '<script>alert(1)</script><img src=x onerror=alert(2)>';
let slack: LocalSlack;
let smtp: LocalSmtp;
let inbox: Inbox;

beforeAll(async () => {
  [slack, smtp] = await Promise.all([startLocalSlack(), startLocalSmtp()]);
  inbox = await startInbox({ slack, smtp });
});
afterAll(async () => {
  await Promise.all([inbox.close(), slack.close(), smtp.close()]);
});

describe('the local inbox', () => {
  it('says so when nothing has arrived yet', async () => {
    const quiet = await startInbox({});

    const page = await (await fetch(`http://127.0.0.1:${quiet.port}/`)).text();

    await quiet.close();
    expect(page).toContain('No Slack message yet.');
    expect(page).toContain('No mail yet.');
  });

  it('shows a root with its thread, its latest text, and that it was edited', async () => {
    const channel = createSlackBotClient({ token: 'xoxb-local', apiUrl: slack.apiUrl });
    const posted = await channel.post(
      '#cryptofunk-critical',
      renderSlackRoot(sampleNotice(), ['<!channel>']),
    );
    if (posted.kind !== 'delivered' || !posted.ref) throw new Error('not delivered');
    await channel.reply(posted.ref, renderSlackReply(sampleResolvedNotice(), []), { broadcast: false });
    await channel.update(posted.ref, renderSlackRoot(sampleResolvedNotice(), []));

    const page = await get('/');
    const messages: unknown = JSON.parse(await get('/messages'));

    expect(page).toContain('<h3>#cryptofunk-critical</h3>');
    expect(page).toContain('<h4>✅ RESOLVED after 22 min DatabaseConnectionPoolCritical</h4>');
    expect(page).not.toContain('🔴 CRITICAL');
    expect(page).toContain('(edited)');
    expect(page).toContain('<summary>1 reply</summary>');
    expect(messages).toMatchObject([
      { channel: '#cryptofunk-critical', edits: 1, via: 'bot' },
      { channel: '#cryptofunk-critical', edits: 0, threadTs: posted.ref.ts },
    ]);
  });

  it('shows a mail in a frame that may run nothing, with its text next to it', async () => {
    const mail = createSmtpClient({ host: '127.0.0.1', port: smtp.port, from: 'fr@example.com' });
    await mail.send(renderMail(sampleNotice(), { to: ['ops@example.com'], domain: 'example.com' }));

    const page = await get('/');
    const mails: unknown = JSON.parse(await get('/mails'));

    expect(page).toContain('<b>[CRITICAL] DatabaseConnectionPoolCritical</b>');
    expect(page).toContain(
      'sandbox="" title="[CRITICAL] DatabaseConnectionPoolCritical" srcdoc="&lt;!doctype html&gt;',
    );
    expect(page).toMatch(/<pre class="pane text">CRITICAL {1,2}DatabaseConnectionPoolCritical/);
    expect(mails).toMatchObject([
      { recipients: ['ops@example.com'], messageId: expect.stringContaining('.1@') },
    ]);
  });

  it("shows a mail's own pictures in its frame, and lets it fetch no others", async () => {
    const mail = createSmtpClient({ host: '127.0.0.1', port: smtp.port, from: 'fr@example.com' });
    const notice = sampleNotice({ seq: 9 });
    const document = renderMailDocument(notice);
    const pictures = await drawPictures(document, createPngEncoder(), () => {});
    await mail.send(
      renderMail(notice, { to: ['ops@example.com'], domain: 'example.com' }, { document, pictures }),
    );

    const response = await fetch(`http://127.0.0.1:${inbox.port}/`);
    const page = await response.text();

    expect(page).toContain('&lt;img src=&quot;data:image/png;base64,iVBOR');
    expect(page).not.toContain('src=&quot;cid:');
    expect(response.headers.get('content-security-policy')).toContain('img-src data:;');
  });

  it('escapes every message', async () => {
    const channel = createSlackBotClient({ token: 'xoxb-local', apiUrl: slack.apiUrl });
    const raw = {
      type: 'section',
      text: { type: 'mrkdwn', text: `*${evil}* \`${evil}\` <javascript:alert(3)|x>` },
    };
    await channel.post('#evil"><b>', { text: evil, blocks: [raw] });
    const mail = createSmtpClient({ host: '127.0.0.1', port: smtp.port, from: 'fr@example.com' });
    await mail.send({
      to: ['o@example.com'],
      subject: evil,
      text: evil,
      html: evil,
      messageId: '<e@example.com>',
    });

    const response = await fetch(`http://127.0.0.1:${inbox.port}/`);
    const page = await response.text();

    expect(page).toContain('&lt;img src=x onerror=alert(2)&gt;');
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/<img|href="javascript/);
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'nonce-/);
  });

  it('shows the possible actions: buttons, a menu, and the runbook as a link', async () => {
    const channel = createSlackBotClient({ token: 'xoxb-local', apiUrl: slack.apiUrl });
    const runbook = 'https://runbooks.example/pool?a=1&b="2"';
    await channel.post('#buttons', renderSlackRoot(withButtons({ runbook: new URL(runbook).href }), []));

    const page = await get('/');

    expect(page).toContain(`data-action="acknowledge" value="${VALUE}">Acknowledge</button>`);
    expect(page).toContain(`data-action="resolve" value="${VALUE}">Resolve</button>`);
    expect(page).toContain(`<option value="1h ${VALUE}">1 hour</option>`);
    expect(page).toContain('href="https://runbooks.example/pool?a=1&amp;b=%222%22" target="_blank"');
  });

  it('has no other path', async () => {
    expect((await fetch(`http://127.0.0.1:${inbox.port}/nope`)).status).toBe(404);
  });
});

describe('a Slack action in the local inbox', () => {
  let api: Server;
  let pressable: Inbox;
  const requests: { path: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];

  beforeAll(async () => {
    api = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        requests.push({ path: request.url, headers: request.headers, body });
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    const address = api.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    pressable = await startInbox({
      slack,
      slackAction: createLocalSlackActions({ api: url, secret: SIGNING_SECRET, slack }),
    });
  });
  afterAll(async () => {
    await pressable.close();
    await new Promise((resolve) => api.close(resolve));
  });

  it("reaches the API in Slack's format, and its answer stands under the message", async () => {
    const message = await posted();
    const reading = await slackAction({ ...message, action: 'silence', value: `4h ${VALUE}` });
    const [request] = requests;
    await fetch(slack.responseUrl(message), {
      method: 'POST',
      body: JSON.stringify({ response_type: 'ephemeral', text: `*done* ${evil}` }),
    });

    expect(reading.status).toBe(200);
    expect(request?.path).toBe('/slack/actions');
    const at = Number(request?.headers['x-slack-request-timestamp']) * 1000;
    expect(request?.headers).toMatchObject(slackSignature(request?.body ?? '', at));
    expect(readSlackAction(request?.body ?? '')).toEqual({
      kind: 'action',
      slackAction: {
        kind: 'silence',
        incidentId: '4f1d2c3b5a697887.000001',
        asOf: 3,
        length: 4 * 60 * MINUTE,
      },
      by: 'you',
      responseUrl: slack.responseUrl(message),
    });
    const page = await get('/');
    expect(page).toContain('Only visible to you</span> <b>done</b>');
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
  });

  it('must be of an existing button', async () => {
    const message = await posted();

    const statuses = [
      (await slackAction({ ...message, action: 'acknowledge', value: '9 other.000001' })).status,
      (await slackAction({ ...message, ts: '1.000001', action: 'acknowledge', value: VALUE })).status,
      (await slackAction({ action: 'acknowledge' })).status,
    ];

    expect(statuses).toEqual([404, 404, 400]);
  });

  it.each([
    ['another page', 'http://evil.example'],
    ['no page', null],
  ])('is refused when it comes from %s', async (_what, origin) => {
    const message = await posted();

    const { status } = await slackAction({ ...message, action: 'resolve', value: VALUE }, origin);

    expect(status).toBe(403);
  });

  it('says when the API does not answer', async () => {
    const away = createLocalSlackActions({ api: 'http://127.0.0.1:9', secret: SIGNING_SECRET, slack });
    const inboxAlone = await startInbox({ slack, slackAction: away });
    const message = await posted();

    const { status } = await slackAction(
      { ...message, action: 'resolve', value: VALUE },
      `http://127.0.0.1:${inboxAlone.port}`,
      inboxAlone,
    );
    await inboxAlone.close();

    expect(status).toBe(502);
  });

  async function posted(): Promise<{ channelId: string; ts: string }> {
    const channel = createSlackBotClient({ token: 'xoxb-local', apiUrl: slack.apiUrl });
    const outcome = await channel.post('#pressed', renderSlackRoot(withButtons(), []));
    if (outcome.kind !== 'delivered' || !outcome.ref) throw new Error('not delivered');
    return outcome.ref;
  }

  function slackAction(
    body: Record<string, string>,
    origin: string | null = `http://127.0.0.1:${pressable.port}`,
    at = pressable,
  ): Promise<Response> {
    return fetch(`http://127.0.0.1:${at.port}/press`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: origin === null ? undefined : origin },
      body: JSON.stringify(body),
    });
  }
});

function withButtons(links: { runbook?: string } = {}) {
  return sampleNotice({
    buttons: { asOf: 3, acknowledge: true, silence: true },
    links: { ...links, others: [] },
  });
}

async function get(path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${inbox.port}${path}`)).text();
}
