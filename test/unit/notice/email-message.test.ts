import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { getMailDomain, renderMail } from '../../../lib/channels/email/render/message.ts';
import type { Notice } from '../../../lib/core/notice/notice.ts';
import { arbitraryNotice } from '../../support/arbitraries/arbitrary-notice.ts';
import { finding } from '../../support/factories/finding.ts';
import { sampleNotice, sampleResolvedNotice } from '../../support/factories/sample-notice.ts';

describe('the headers of a mail', () => {
  it('contain what the rules of a mail server need', () => {
    expect(mail(sampleNotice({ tier: 2, reason: 'escalated' })).headers).toMatchObject({
      'List-Id': 'first-responder alerts <alerts.first-responder.example.com>',
      'X-First-Responder-Incident': '4f1d2c3b5a697887.000001',
      'X-First-Responder-Alertname': 'DatabaseConnectionPoolCritical',
      'X-First-Responder-Source': 'prod',
      'X-First-Responder-Severity': 'critical',
      'X-First-Responder-State': 'firing',
      'X-First-Responder-Reason': 'escalated',
      'X-First-Responder-Tier': 'L2',
    });
  });

  it.each<[string, Notice, boolean]>([
    ['a critical page', sampleNotice(), true],
    ['critical news that interrupts nobody', sampleNotice({ ping: false }), false],
    ['a warning', sampleNotice({ severity: 'warning' }), false],
    ['a resolve', sampleResolvedNotice({ ping: true }), false],
  ])('mark a mail as important only if it must wake people: %s', (_name, notice, important) => {
    expect(mail(notice).headers?.['Importance'] === 'high').toBe(important);
  });

  it("keep Outlook's conversation together: each subject ends with the topic", () => {
    const mails = [
      mail(sampleNotice()),
      mail(sampleNotice({ reason: 'escalated', tier: 2 })),
      mail(sampleResolvedNotice()),
    ];
    const other = mail(sampleNotice({ incidentId: '4f1d2c3b5a697887.000002' }));

    const indices = new Set(mails.map((each) => each.headers?.['Thread-Index']));
    expect(new Set(mails.map((each) => each.subject)).size).toBe(3);
    for (const each of mails) expect(each.subject.endsWith(each.headers?.['Thread-Topic'] ?? '?')).toBe(true);
    expect(new Set(mails.map((each) => each.headers?.['Thread-Topic']))).toEqual(
      new Set(['DatabaseConnectionPoolCritical']),
    );
    expect(indices.size).toBe(1);
    expect(indices).not.toContain(other.headers?.['Thread-Index']);
    expect(Buffer.from([...indices].join(), 'base64')).toHaveLength(22);
  });
});

describe('the ids of a mail', () => {
  it('depend only on incident and version, so that a repeat is the same mail', () => {
    const first = mail(sampleNotice({ seq: 4 }));
    const again = mail(sampleNotice({ seq: 4, at: 1, reason: 'reminder' }));

    expect(first.messageId).toBe('<4f1d2c3b5a697887.000001.4@example.com>');
    expect(again.messageId).toBe(first.messageId);
  });

  it('put all mails of an incident in one conversation', () => {
    const mails = [1, 2, 7].map((seq) => mail(sampleNotice({ seq })));

    expect(new Set(mails.map((each) => each.messageId)).size).toBe(3);
    for (const each of mails) {
      expect(each.inReplyTo).toBe('<4f1d2c3b5a697887.000001@example.com>');
      expect(each.references).toEqual([each.inReplyTo]);
    }
  });

  it.each([
    ['alerts@example.com', 'example.com'],
    ['Alerts <alerts@mail.example.com>', 'mail.example.com'],
    ['nobody', 'first-responder.invalid'],
  ])('take their domain from the sender: %s', (from, domain) => {
    expect(getMailDomain(from)).toBe(domain);
  });
});

describe('the two bodies of a mail', () => {
  it('say the same in the same order', () => {
    const { text, html } = mail(sampleNotice());

    const parts = [
      'CRITICAL',
      'DatabaseConnectionPoolCritical',
      'Every new query waits',
      'No idle',
      '10 of 10 connections in use',
      'idle in transaction',
      'min 3 · max 10 · now 10',
      'disk 61 %',
      'kubernetes: 403',
      'pg_terminate_backend(4711)',
      'restart the api',
      'on-call (L1)',
      '2026-11-24 03:27 UTC',
    ];
    for (const part of parts) {
      expect(text).toContain(part);
      expect(html).toContain(part);
    }
    expect(text.indexOf('WHAT WE FOUND')).toBeLessThan(text.indexOf('DO NEXT'));
    expect(html.indexOf('What we found')).toBeLessThan(html.indexOf('Do next'));
  });

  it('draw the chart without external resources', () => {
    const { text, html } = mail(sampleNotice());

    expect(text).toMatch(/▁+.*█/);
    expect(html.match(/height="36"/g)?.length).toBeGreaterThan(3);
    expect(html).not.toMatch(/<(img|script|link|iframe)|url\(|@import/i);
  });

  it('compare before and after the resolve', () => {
    const { text, html } = mail(sampleResolvedNotice());

    expect(html).toContain('RESOLVED after 22 min\u00a0\u00a0 DatabaseConnectionPoolCritical');
    expect(text).toContain('10 of 10 connections in use, 0 idle → 4 of 10 connections in use');
    expect(text).toContain('RESOLVED after 22 min');
  });

  it('contain a command exactly as it is to be pasted', () => {
    const command = `psql -c "SELECT '<a>' && 'b';"`;

    const { text, html } = mail(sampleNotice({ commands: [{ text: 'Look', command }] }));

    expect(text).toContain(command);
    expect(html).toContain('psql -c &quot;SELECT &#39;&lt;a&gt;&#39; &amp;&amp; &#39;b&#39;;&quot;');
  });

  it.each([
    ['one line', 'kubectl get pods', '>kubectl get pods</td>'],
    ['several lines', 'a |\nb', '>a |<br>b</td>'],
    ['runs of spaces', `grep 'a  b'`, '<pre style=".*white-space:pre-wrap">grep &#39;a {2}b&#39;</pre>'],
    ['indentation', 'a\n  b', '<pre style=".*white-space:pre-wrap">a\n  b</pre>'],
    ['a tab', 'cut -d "\t"', '<pre style=".*white-space:pre-wrap">cut -d &quot;\t&quot;</pre>'],
  ])('hold a command of %s so that it is copied exactly, without no-break spaces', (_, command, expected) => {
    const { html } = mail(sampleNotice({ commands: [{ text: 'Look', command }] }));

    const [frame = ''] = html.match(/<td class="box"[^>]*>.*?<\/td>/gs)?.slice(-1) ?? [];
    expect(frame).toMatch(new RegExp(expected));
    expect(frame).not.toMatch(/\u00a0|&nbsp;/);
  });

  it('begin with the title, what happened and what it means, which inboxes show below the subject', () => {
    const { html } = mail(sampleNotice({ reason: 'escalated', happened: 'Escalated to L2.' }));

    const shown = html.replace(/^.*<body/s, '<').replace(/<[^>]*>/g, '');
    const order = ['CRITICAL', 'Escalated to L2.', 'No idle database connections', 'open 12 s'];
    const found = order.map((words) => shown.indexOf(words));
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(found).not.toContain(-1);
    expect(html).not.toContain('display:none');
  });
});

describe('a mail larger than Gmail shows', () => {
  const rows = Array.from({ length: 20 }, (_, row) => Array.from({ length: 6 }, () => `${row} `.repeat(60)));
  const columns = ['a', 'b', 'c', 'd', 'e', 'f'];
  const huge = Array.from({ length: 15 }, (_, at) =>
    finding({ stepId: `s${at}`, evidence: { kind: 'table', columns, rows, omitted: 0 } }),
  );

  it('omits the least urgent parts and says so; the plain text has all', () => {
    const { html, text } = mail(sampleNotice({ findings: huge }));

    expect(Buffer.byteLength(html)).toBeLessThan(102_000);
    expect(html.match(/10 of 10 connections in use/g)).toHaveLength(15);
    expect(html).toContain('pg_terminate_backend(4711)');
    expect(html).toContain('Told: on-call');
    expect(html).toMatch(/… \d+ less urgent parts are left out here/);
    expect(text.match(/… 0 more|18 18 18/g)?.length).toBeGreaterThanOrEqual(15);
  });

  it('is complete when it is small enough', () => {
    expect(mail(sampleNotice()).html).not.toContain('left out here');
  });
});

describe('a mail of any notice', () => {
  it('cannot add a header', () => {
    fc.assert(
      fc.property(arbitraryNotice, (notice) => {
        const { subject, messageId, inReplyTo, headers = {} } = mail(notice);

        expect(subject).toMatch(/^\[(INFO|WARNING|CRITICAL|RESOLVED|FLAPPING|FLAPPING OVER)\] /);
        expect(subject).not.toMatch(/\p{Cc}/u);
        expect(subject.length).toBeLessThanOrEqual(180);
        for (const header of Object.values(headers)) {
          expect(header).toMatch(/\S/);
          expect(header).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
          expect(header.length).toBeLessThanOrEqual(210);
        }
        for (const id of [messageId, inReplyTo]) expect(id).toMatch(/^<[A-Za-z0-9._-]+@[A-Za-z0-9._-]+>$/);
      }),
      // An uncut header is found within 20 runs, one on two lines within 7.
      { numRuns: 100 },
    );
  });

  it('cannot add markup', () => {
    const plain = tags(mail(sampleNotice()).html);
    const allowed = new Set(
      [
        ...plain,
        '<br>',
        '<pre>',
        '<strong>',
        '<code>',
        '<th>',
        '</th>',
        '<span>',
        '<table>',
        '<td>',
        '<tr>',
      ].map(nameOfTag),
    );

    fc.assert(
      fc.property(arbitraryNotice, (notice) => {
        const { html } = mail(notice);

        for (const tag of tags(html)) expect(allowed).toContain(nameOfTag(tag));
        expect(html).not.toMatch(/<[^>]*\son\w+=/i);
        expect(html.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
        expect(html).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;|nbsp;)/);
        expect(html.isWellFormed()).toBe(true);
      }),
      // Unescaped markup is found in the first run, half characters within 3.
      { numRuns: 40 },
    );
  });

  it('is small enough for every mail server', () => {
    fc.assert(
      fc.property(arbitraryNotice, (notice) => {
        const { text, html } = mail(notice);

        expect(text.length + html.length).toBeLessThan(1_500_000);
        expect(Buffer.byteLength(html)).toBeLessThan(102_000);
      }),
      { numRuns: 50 },
    );
  });
});

function mail(notice: Notice) {
  return renderMail(notice, { to: ['ops@example.com'], domain: 'example.com' });
}

function tags(html: string): string[] {
  return html.match(/<[^<>]*>/g) ?? [];
}

function nameOfTag(tag: string): string {
  return /^<\/?!?([a-z]+)/i.exec(tag)?.[1]?.toLowerCase() ?? tag;
}
