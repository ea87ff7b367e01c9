import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Inbox, startInbox } from '../../infra/local/inbox/start-inbox.ts';
import { type LocalSlack, startLocalSlack } from '../../infra/local/slack.ts';
import { type LocalSmtp, startLocalSmtp } from '../../infra/local/smtp.ts';
import { createSmtpMailChannel } from '../../lib/adapters/email/smtp-mail-channel.ts';
import { createPngEncoder } from '../../lib/adapters/png/png-encoder.ts';
import { createSlackBotChannel } from '../../lib/adapters/slack/slack-bot-channel.ts';
import { drawPictures } from '../../lib/core/notice/email-charts.ts';
import { renderMail } from '../../lib/core/notice/email-message.ts';
import { renderSlackReply, renderSlackRoot } from '../../lib/core/notice/slack-message.ts';
import { sampleNotice, sampleResolvedNotice } from '../support/sample-notice.ts';

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
  it('says so when nothing came yet', async () => {
    const quiet = await startInbox({});

    const page = await (await fetch(`http://127.0.0.1:${quiet.port}/`)).text();

    await quiet.close();
    expect(page).toContain('No Slack message yet.');
    expect(page).toContain('No mail yet.');
  });

  it('shows a root with its thread, its latest text, and that it was edited', async () => {
    const channel = createSlackBotChannel({ token: 'xoxb-local', apiUrl: slack.apiUrl });
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

  it('shows a mail in a frame that may run nothing, and its text beside it', async () => {
    const mail = createSmtpMailChannel({ host: '127.0.0.1', port: smtp.port, from: 'fr@example.com' });
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
    const mail = createSmtpMailChannel({ host: '127.0.0.1', port: smtp.port, from: 'fr@example.com' });
    const notice = sampleNotice({ seq: 9 });
    const pictures = await drawPictures(notice, createPngEncoder(), () => {});
    await mail.send(renderMail(notice, { to: ['ops@example.com'], domain: 'example.com' }, pictures));

    const response = await fetch(`http://127.0.0.1:${inbox.port}/`);
    const page = await response.text();

    expect(page).toContain('&lt;img src=&quot;data:image/png;base64,iVBOR');
    expect(page).not.toContain('src=&quot;cid:');
    expect(response.headers.get('content-security-policy')).toContain('img-src data:;');
  });

  it('escapes whatever is sent to it', async () => {
    const channel = createSlackBotChannel({ token: 'xoxb-local', apiUrl: slack.apiUrl });
    const raw = {
      type: 'section',
      text: { type: 'mrkdwn', text: `*${evil}* \`${evil}\` <javascript:alert(3)|x>` },
    };
    await channel.post('#evil"><b>', { text: evil, blocks: [raw] });
    const mail = createSmtpMailChannel({ host: '127.0.0.1', port: smtp.port, from: 'fr@example.com' });
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

  it('has nothing else', async () => {
    expect((await fetch(`http://127.0.0.1:${inbox.port}/nope`)).status).toBe(404);
  });
});

async function get(path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${inbox.port}${path}`)).text();
}
