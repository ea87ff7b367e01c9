import { describe, expect, it } from 'vitest';
import { renderNoticeForTerminal } from '../../../infra/local/play/render-notice-for-terminal.ts';
import { renderMail } from '../../../lib/channels/email/render/message.ts';
import { renderSlackRoot } from '../../../lib/channels/slack/render/message.ts';
import { sampleNotice } from '../../support/factories/sample-notice.ts';

describe('a notice in the terminal', () => {
  it('reads like the Slack message, without its syntax', () => {
    const text = renderNoticeForTerminal({
      ...renderSlackRoot(sampleNotice(), ['<!channel>']),
      channel: '#cryptofunk-critical',
    });

    expect(text).toContain('┌─ Slack #cryptofunk-critical');
    expect(text).toContain('│ @channel');
    expect(text).toContain('│ 🔴 CRITICAL DatabaseConnectionPoolCritical');
    expect(text).toContain('7 are idle in transaction > 10 min');
    expect(text).toContain('│     agent-runner  idle in transac…  7');
    expect(text).toContain('-c "SELECT pg_terminate_backend(4711);"');
    expect(text).not.toMatch(/&(amp|lt|gt);|```|<!|\*What/);
  });

  it('reads like the mail, subject first', () => {
    const mail = renderMail(sampleNotice(), { to: ['ops@example.com'], domain: 'example.com' });

    const text = renderNoticeForTerminal(mail);

    expect(text).toMatch(/^┌─ Mail to ops@example.com ─+\n│ \[CRITICAL\] DatabaseConnectionPoolCritical\n/);
    expect(text).toContain('│ DO NEXT');
  });

  it('uses colours only when told to', () => {
    const message = renderSlackRoot(sampleNotice(), []);

    expect(renderNoticeForTerminal(message)).not.toContain('\u001b');
    expect(renderNoticeForTerminal(message, { color: true })).toContain('\u001b[1m');
  });

  it('lets nothing in the message move the cursor', () => {
    const text = renderNoticeForTerminal({
      to: ['a\u001b[2J'],
      subject: 'x\u001b]0;title\u0007',
      text: 'y\u001b[31mz\rq',
    });

    expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(text).toContain('yzq');
  });
});
