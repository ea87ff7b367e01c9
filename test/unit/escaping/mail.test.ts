import { describe, expect, it } from 'vitest';
import { renderFrame } from '../../../lib/channels/email/render/frame.ts';
import { createMailHeaders } from '../../../lib/channels/email/render/headers.ts';
import { createMailIds, toIdPart } from '../../../lib/channels/email/render/ids.ts';
import { escapeMarkup } from '../../../lib/channels/email/render/markup.ts';
import { HOUR } from '../../../lib/core/shared/time.ts';
import { sampleNotice } from '../../support/factories/sample-notice.ts';

describe('markup in mails', () => {
  it('has every inserted text escaped, for elements and for attributes', () => {
    expect(escapeMarkup`<a title="${`<&>"'`}">${'<script>'}</a>`.html).toBe(
      '<a title="&lt;&amp;&gt;&quot;&#39;">&lt;script&gt;</a>',
    );
  });

  it('keeps inserted markup, alone and in lists, and numbers', () => {
    const bold = escapeMarkup`<b>${'&'}</b>`;

    expect(escapeMarkup`${bold}|${[bold, bold]}|${[]}|${7}.`.html).toBe(
      '<b>&amp;</b>|<b>&amp;</b><b>&amp;</b>||7.',
    );
    expect(escapeMarkup`plain`.html).toBe('plain');
  });

  it('has no control characters', () => {
    expect(escapeMarkup`${'a\u0000b\u202ec'}`.html).toBe('abc');
  });
});

describe('fixed-width text in mails', () => {
  const content = (text: string) => /<td[^>]*>(.*)<\/td>/s.exec(renderFrame(text).html)?.[1];

  it('has a break between its lines, so that they wrap everywhere', () => {
    expect(content('a <b\nc d')).toBe('a &lt;b<br>c d');
    expect(content('one')).toBe('one');
  });

  it.each(['a  b', 'a\tb', ' a', 'a ', 'a\n b', 'a \nb'])('keeps the spaces of %j', (text) => {
    expect(content(text)).toMatch(/^<pre style="[^"]*white-space:pre-wrap[^"]*">.*<\/pre>$/s);
    expect(content(text)).toContain(`>${text}<`);
  });
});

describe('headers of mails', () => {
  const headers = (change: Parameters<typeof sampleNotice>[0], words = 'Base') =>
    createMailHeaders(sampleNotice(change), { words, version: 1 } as never, 'example.com');

  it('say what rules of mail programs may sort by', () => {
    expect(headers({ incidentId: 'k.1', alertname: 'A', source: 'prod', tier: 2 })).toMatchObject({
      'List-Id': 'first-responder alerts <alerts.first-responder.example.com>',
      'Thread-Topic': 'Base',
      'X-First-Responder-Incident': 'k.1',
      'X-First-Responder-Alertname': 'A',
      'X-First-Responder-Source': 'prod',
      'X-First-Responder-Severity': 'critical',
      'X-First-Responder-State': 'firing',
      'X-First-Responder-Reason': 'opened',
      'X-First-Responder-Tier': 'L2',
    });
  });

  it('are one line each, never empty, and at most 200 characters', () => {
    const odd = headers({ alertname: 'A\r\nBcc: x@evil.example', source: '\n', incidentId: 'i'.repeat(201) });

    expect(odd['X-First-Responder-Alertname']).toBe('A Bcc: x@evil.example');
    expect(odd['X-First-Responder-Source']).toBe('none');
    expect(odd['X-First-Responder-Incident']).toBe(`${'i'.repeat(199)}…`);
  });

  it('mark only critical pages of what fires as important', () => {
    const important = { Importance: 'high', 'X-Priority': '1' };

    expect(headers({})).toMatchObject(important);
    for (const change of [
      { ping: false },
      { severity: 'warning' as const },
      { state: 'resolved' as const },
    ]) {
      expect(headers(change)).not.toHaveProperty('Importance');
      expect(headers(change)).not.toHaveProperty('X-Priority');
    }
  });

  it('keep the mails of an incident in one conversation of Outlook, and of no other', () => {
    const index = (change: Parameters<typeof sampleNotice>[0]) =>
      Buffer.from(String(headers(change)['Thread-Index']), 'base64').toString('hex');

    // 1970-01-01 in steps of 100 ns since 1601 is 0x019db1ded53e8000, of which Outlook takes bytes two to six.
    expect(index({ incidentId: 'k.1', openedAt: 0 })).toMatch(/^019db1ded53e[0-9a-f]{32}$/);
    expect(index({ incidentId: 'k.1', openedAt: HOUR })).toMatch(/^019db1e73702/);
    expect(index({ incidentId: 'k.1', openedAt: 0.9 })).toBe(index({ incidentId: 'k.1', openedAt: 0 }));
    expect(index({ incidentId: 'k.1', seq: 9 })).toBe(index({ incidentId: 'k.1', seq: 1 }));
    expect(index({ incidentId: 'k.1' })).not.toBe(index({ incidentId: 'k.2' }));
    expect(index({ incidentId: 'k.1', openedAt: 0 })).toHaveLength(44);
  });
});

describe('ids of mails', () => {
  it('depend on incident and version alone, and refer to one root', () => {
    expect(createMailIds({ incidentId: 'k.1', seq: 3 }, 'mail.example.com')).toEqual({
      messageId: '<k.1.3@mail.example.com>',
      inReplyTo: '<k.1@mail.example.com>',
      references: ['<k.1@mail.example.com>'],
    });
  });

  it.each([
    ['a<b>\r\nc@d', 'a-b-c-d'],
    ['..-a.-', 'a'],
    ['a...b', 'a.b'],
    ['<>', 'incident'],
    ['', 'incident'],
    ['A_z-0.9', 'A_z-0.9'],
    [`${'x'.repeat(199)}.y`, 'x'.repeat(199)],
    ['y'.repeat(201), 'y'.repeat(200)],
  ])('have only characters that need no quotes: %j', (raw, part) => {
    expect(toIdPart(raw)).toBe(part);
  });
});
