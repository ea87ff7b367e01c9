import { caniemail } from 'caniemail';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderMailDigest, renderPlainMailDigest } from '../../lib/channels/email/render/digest.ts';
import { renderMail, renderPlainMail } from '../../lib/channels/email/render/message.ts';
import { sheet } from '../../lib/channels/email/render/style.ts';
import { renderMailSummary } from '../../lib/channels/email/render/summary.ts';
import type { StormEntry } from '../../lib/core/storm/storm.ts';
import { makePreview } from '../../scripts/preview/make-preview.ts';
import { previewAlerts } from '../../scripts/preview/preview-alerts.ts';
import { mailClientGaps } from '../support/assertions/mail-client-gaps.ts';
import { ourRunbooks } from '../support/factories/our-runbooks.ts';
import { SAMPLE_OPENED_AT, sampleNotice } from '../support/factories/sample-notice.ts';

const clients: Parameters<typeof caniemail>[0]['clients'] = ['gmail.*', 'outlook.*', 'apple-mail.*'];
const envelope = { to: ['ops@example.com'], domain: 'example.com' };

/** The HTML of every mail: all those of the preview, and the kinds that it does not have. */
let mails: string[];

beforeAll(async () => {
  const rows = await makePreview(ourRunbooks, previewAlerts(), () => {});
  mails = [
    ...rows.flatMap(({ moments }) => moments.flatMap(({ mail }) => mail?.html ?? [])),
    ...otherMails(),
  ];
});

function otherMails(): string[] {
  const entry: StormEntry = {
    incidentId: 'a.1',
    seq: 1,
    at: SAMPLE_OPENED_AT,
    addedAt: SAMPLE_OPENED_AT,
    alertname: 'AgentDown',
    group: 'exchange',
    source: 'prod',
    severity: 'warning',
    openedAt: SAMPLE_OPENED_AT,
    alerts: 2,
    state: 'firing',
  };
  const entries = [entry, { ...entry, incidentId: 'b.1', group: 'risk' }];
  const digest = { startedAt: SAMPLE_OPENED_AT, entries, stormAfter: 20, now: SAMPLE_OPENED_AT };
  const summary = {
    counts: '1 fired meanwhile',
    about: 'Upgrade - Ana',
    stillFiring: ['AgentDown'],
    over: [],
  };
  const indented = { text: 'Look', command: "psql <<'SQL'\n  SELECT 1\nSQL" };
  return [
    renderMailDigest(digest, { ...envelope, place: 'ops' }),
    renderPlainMailDigest(digest, { ...envelope, place: 'ops' }, 'no reason given'),
    renderMailSummary(summary, { ...envelope, id: 'm1' }),
    renderPlainMail(['RESOLVED  AgentDown', 'Incident a.1']),
    // Without pictures, so that its chart is bars.
    renderMail(sampleNotice({ commands: [indented] }), envelope),
  ].map(({ html }) => html);
}

describe('in Gmail, Outlook and Apple Mail', () => {
  it('each feature of our mails is supported, or known to be shown differently and why that will do', () => {
    const found = new Set(withNewTags(mails).flatMap((html) => listGaps({ html })));
    // The package does not look into media queries.
    for (const gap of listGaps({ css: sheet.replace(/@media[^{]*\{(.*)\}$/gm, '$1') })) found.add(gap);

    const known = mailClientGaps.flatMap(({ feature, support, clients: names }) =>
      names.map((client) => describeGap(client, feature, support)),
    );
    expect([...found].toSorted()).toEqual(known.toSorted());
  });

  it('what Outlook for Windows supports on some elements only is on those', () => {
    const allowed: [property: RegExp, tags: string[]][] = [
      // A name in the text may go without its padding.
      [/^padding/, ['td', 'th', 'code', 'body']],
      [/^border(?!-collapse|-radius)/, ['td', 'th', 'img']],
      [/^(?:height|width|display)$/, ['img']],
      [/^max-width$/, ['table', 'img']],
    ];
    const misplaced = new Set<string>();
    for (const [tag, name = '', style = ''] of mails.flatMap((html) => [...html.matchAll(STYLED)])) {
      for (const declaration of style.split(';')) {
        const property = declaration.split(':')[0] ?? '';
        const rule = allowed.find(([matching]) => matching.test(property));
        if (rule !== undefined && !rule[1].includes(name)) misplaced.add(`${property} in ${tag}`);
      }
    }

    expect([...misplaced]).toEqual([]);
  });

  it('nothing is hidden, because a client that drops the style would show it', () => {
    const hidden = /display:\s*none|visibility:|opacity:|max-height:|overflow:|mso-hide/g;

    expect(new Set(mails.flatMap((html) => html.match(hidden) ?? []))).toEqual(new Set());
  });

  it('no command or log line holds no-break spaces, which a shell takes for letters', () => {
    const frames = mails.flatMap((html) => html.match(/<td class="box".*?<\/td>/gs) ?? []);

    expect(frames.length).toBeGreaterThan(mails.length / 2);
    expect(frames.filter((frame) => /\u00a0|&nbsp;|&#160;/.test(frame))).toEqual([]);
  });
});

const STYLED = /<(\w+)(?: [^>]*)? style="([^"]*)"[^>]*>/g;

function listGaps(source: { html: string } | { css: string }): string[] {
  const { issues } = caniemail({ clients, ...source });
  return [issues.errors, issues.warnings].flatMap((found) =>
    [...found].flatMap(([client, list]) =>
      list.map(({ title, support }) => describeGap(client, title, support)),
    ),
  );
}

function describeGap(client: string, feature: string, support: string): string {
  return `${client}: ${feature} (${support})`;
}

/** The mails that have a tag which none before them had; support depends on nothing else. */
function withNewTags(all: string[]): string[] {
  const seen = new Set<string>();
  return all.filter((html) => {
    const before = seen.size;
    for (const [tag] of html.matchAll(/<[^>]*>/g))
      seen.add(tag.replace(/ (?:alt|src|href|bgcolor)="[^"]*"/g, ''));
    return seen.size > before;
  });
}
