import fc from 'fast-check';
import { decode } from 'fast-png';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LocalMail } from '../../infra/local/mail/read-mail.ts';
import { type LocalSmtp, startLocalSmtp } from '../../infra/local/mail/smtp.ts';
import { createPngEncoder } from '../../lib/channels/email/client/png-encoder.ts';
import { createSmtpClient } from '../../lib/channels/email/client/smtp-client.ts';
import { drawPictures } from '../../lib/channels/email/render/charts.ts';
import { renderMail, renderMailDocument } from '../../lib/channels/email/render/message.ts';
import type { Finding } from '../../lib/core/diagnosis/findings/finding.ts';
import type { Notice } from '../../lib/core/notice/notice.ts';
import { arbitraryNotice } from '../support/arbitraries/arbitrary-notice.ts';
import { finding } from '../support/factories/finding.ts';
import { sampleNotice, sampleResolvedNotice } from '../support/factories/sample-notice.ts';

let smtp: LocalSmtp;
/** Names of all headers of our mails; any other header was smuggled in. */
let expectedHeaders: Set<string>;

beforeAll(async () => {
  smtp = await startLocalSmtp();
  expectedHeaders = new Set((await arrived(sampleNotice())).headerLines.map(nameOf));
});
afterEach(() => smtp.clear());
afterAll(() => smtp.close());

describe('the pictures of a mail', () => {
  it('arrive as inline parts of the HTML, with every content id that it names', async () => {
    const mail = await arrived(sampleNotice({ findings: [curve('a'), curve('b')] }));

    expect(mail.html.match(/src="cid:[^"]+"/g)).toEqual(
      mail.attachments.map(({ contentId }) => `src="cid:${contentId}"`),
    );
    expect(mail.attachments).toHaveLength(2);
    for (const part of mail.attachments) {
      expect(part).toMatchObject({ contentType: 'image/png', disposition: 'inline', related: true });
      expect(decode(Buffer.from(part.base64, 'base64'))).toMatchObject({ width: 1120, height: 240 });
    }
    expect(mail.text).toContain('min 3 · max 10 · now 10');
  });

  it('are three at most; further curves are drawn as bars', async () => {
    const mail = await arrived(sampleNotice({ findings: ['a', 'b', 'c', 'd', 'e'].map(curve) }));

    expect(mail.attachments).toHaveLength(3);
    expect(mail.html.match(/<img /g)).toHaveLength(3);
    expect(mail.html.match(/<table[^>]*cellspacing="1"/g)).toHaveLength(2);
    expect(mail.size).toBeLessThan(200_000);
  });

  it('give their numbers where pictures are blocked', async () => {
    const mail = await arrived(sampleNotice());

    expect(mail.html).toMatch(
      /<img [^>]*alt="Chart from 02:12 to 03:11 UTC: min 3 · max 10 · now 10 ▁+[^"]*█"/,
    );
  });

  it('show the measured values, with the threshold of the alert', async () => {
    const mail = await arrived(
      sampleNotice({ findings: [{ ...curve('x'), kind: 'expression', verdict: 'normal' }] }),
    );

    expect(mail.attachments).toHaveLength(1);
    expect(mail.html).toContain('dashed: alerts at 2');
  });
});

describe('any notice, on the wire', () => {
  it('adds no header and no recipient, and breaks no content id', async () => {
    await fc.assert(
      fc.asyncProperty(hostileNotice, async (notice) => {
        const mail = await arrived(notice);

        expect(mail.recipients).toEqual(['ops@example.com']);
        for (const line of mail.headerLines) expect(expectedHeaders).toContain(nameOf(line));
        expect(new Set(mail.headerLines.map(nameOf)).size).toBe(mail.headerLines.length);
        // RFC 5322, 2.1.1: a line has at most 998 characters; a folded line continues with white space.
        for (const line of mail.headerLines.flatMap((each) => each.split('\r\n'))) {
          expect(line.length).toBeLessThanOrEqual(998);
          expect(line).toMatch(/^[\t\x20-\x7e]+$/);
        }
        const named = [...mail.html.matchAll(/src="cid:([^"]+)"/g)].map(([, id]) => id);
        expect(named).toEqual(mail.attachments.map(({ contentId }) => contentId));
        expect(mail.size).toBeLessThan(1_000_000);
        expect(mail.subject).toMatch(/^\[(INFO|WARNING|CRITICAL|RESOLVED|FLAPPING|FLAPPING OVER)\] /);
      }),
      // A fault that lets an id hold anything is found within 4 runs; nodemailer removes line breaks in other headers.
      { numRuns: 20 },
    );
  });

  it('arrives with the subject that was rendered, word for word', async () => {
    const notice = sampleNotice({ alertname: `Ünïcödé-שלום-${'très-long '.repeat(30)}🔥` });

    const { subject } = await arrived(notice);

    expect(subject).toBe(renderMail(notice, envelope).subject);
  });

  it('belongs to the conversation of its incident', async () => {
    const mails = [await arrived(sampleNotice()), await arrived(sampleResolvedNotice())];

    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(2);
    expect(new Set(mails.flatMap(({ references, inReplyTo }) => [...references, inReplyTo]))).toEqual(
      new Set(['<4f1d2c3b5a697887.000001@example.com>']),
    );
  });
});

const envelope = { to: ['ops@example.com'], domain: 'example.com' };

const lineEnds = [
  '\r',
  '\n',
  '\r\n',
  '\u000b',
  '\u000c',
  '\u0085',
  '\u2028',
  '\u2029',
  '\r\n ',
  '=0D=0A',
  '=?utf-8?Q?=0D=0A?=',
];
const headerText = fc.oneof(
  fc.constantFrom(...lineEnds).map((end) => `Alert${end}Bcc: evil@example.com${end}${end}<b>body</b>`),
  fc.constantFrom(
    '=?utf-8?B?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=',
    'W'.repeat(10_000),
    '\u202eevil\u202c שלום',
    '🔥'.repeat(5_000),
  ),
);

/** Any notice, with text that could break a header in each place that reaches one. */
const hostileNotice: fc.Arbitrary<Notice> = fc
  .record({
    notice: arbitraryNotice,
    alertname: headerText,
    source: headerText,
    incidentId: headerText,
    group: fc.record({ service: headerText }),
  })
  .map(({ notice, ...hostile }) => ({ ...notice, ...hostile }));

async function arrived(notice: Notice): Promise<LocalMail> {
  smtp.clear();
  const channel = createSmtpClient({ host: '127.0.0.1', port: smtp.port, from: 'fr@example.com' });
  const document = renderMailDocument(notice);
  const pictures = await drawPictures(document, createPngEncoder(), (error) => {
    throw error;
  });
  const outcome = await channel.send(renderMail(notice, envelope, { document, pictures }));
  expect(outcome.kind).toBe('delivered');
  const [mail] = smtp.mails();
  if (mail === undefined) throw new Error('nothing arrived');
  return mail;
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase();
}

function curve(stepId: string): Finding {
  const evidence = sampleNotice().findings.find((each) => each.evidence?.kind === 'series')?.evidence;
  if (evidence?.kind !== 'series') throw new Error('the sample has no series');
  return finding({ stepId, kind: 'promql', evidence: { ...evidence, threshold: 2 } });
}
