import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { writeMarkdown } from '../../lib/adapters/markdown/write-markdown.ts';
import { renderReport } from '../../lib/core/history/report/write-report.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { reportIncident } from '../../lib/flow/history/report-incident.ts';
import { acknowledgeIncident } from '../../lib/flow/incident/change-incident.ts';
import { arbitraryRecord } from '../support/arbitraries/arbitrary-record.ts';
import { runbook } from '../support/factories/catalog.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

async function report(system: FirstResponder): Promise<{ markdown: string; fileName: string }> {
  const [id = ''] = [...system.world.incidents.items.keys()];
  const made = await reportIncident(
    { ...system.world, catalog: system.catalog, writeMarkdown },
    id,
    system.now,
  );
  if (made === undefined) throw new Error('there is no incident');
  return made;
}

const pool = finding({ title: 'connection pool', sentence: '10 of 10 connections in use.' });
const sessions = finding({
  stepId: 'sessions',
  title: 'sessions',
  sentence: '7 are idle in transaction.',
  evidence: {
    kind: 'table',
    columns: ['application', 'state', 'n'],
    rows: [
      ['agent-runner', 'idle in transaction', '7'],
      ['api | <b>', 'active', '3'],
    ],
    omitted: 2,
  },
});
const curve = finding({
  stepId: 'curve',
  title: 'connections over the last hour',
  kind: 'promql',
  sentence: 'Rising for 20 min.',
  evidence: {
    kind: 'series',
    points: [3, 4, 6, 9, 10].map((value, at) => [Date.UTC(2026, 10, 24, 2, 10 * at), value]),
    min: 3,
    max: 10,
    last: 10,
    threshold: 9,
    omitted: 0,
  },
});
const logs = finding({
  stepId: 'logs',
  title: 'bifrost logs',
  verdict: 'unchecked',
  sentence: 'kubernetes: 403',
});

/**
 * Opened, L2 called, acknowledged late, repaired except for the sessions; one channel refuses the first
 * notice.
 */
async function night(): Promise<FirstResponder> {
  const system = new FirstResponder();
  const start = system.now;
  system.slack.script({ kind: 'permanent', reason: 'not_found', detail: 'channel_not_found' });
  system.found = [pool, sessions, curve, logs];
  await system.receive([webhookAlert({ startsAt: start })]);
  await system.drain();
  await system.minutes(14);
  system.found = [pool, { ...sessions, sentence: '9 are idle in transaction.' }, curve, logs];
  await system.minutes(20);
  const [id = ''] = [...system.world.incidents.items.keys()];
  await acknowledgeIncident(system.changePorts, {
    id,
    by: 'Ana',
    note: 'ending *the* sessions',
    now: system.now,
  });
  await system.drain();
  await system.minutes(6);
  system.found = [{ ...pool, verdict: 'normal', sentence: '4 of 10 connections in use.' }, sessions];
  await system.receive([webhookAlert({ startsAt: start, status: 'resolved', endsAt: system.now })]);
  await system.drain();
  return system;
}

describe('the report of a resolved incident', () => {
  it('summarizes it', async () => {
    const { markdown, fileName } = await report(await night());

    expect(fileName).toBe('incident-2026-11-24-DatabaseConnectionPoolCritical.md');
    const summary = sectionOf(markdown, 'Summary');
    expect(summary).toContain('DatabaseConnectionPoolCritical was critical at prod and lasted 40 min.');
    expect(summary).toContain('- Opened: 2026-11-24 03:00:00 UTC');
    expect(summary).toContain('- Resolved: 2026-11-24 03:40:00 UTC, after 40 min (all alerts resolved)');
    expect(summary).toContain(
      '- Acknowledged: 2026-11-24 03:34:00 UTC, after 34 min by Ana: ending \\*the\\* sessions',
    );
    expect(summary).toContain('- Highest tier: L2');
    expect(summary).toContain('- Notified: on-call (L1), senior engineer (L2)');
  });

  it('lists its timeline in order, one row per moment', async () => {
    const { markdown } = await report(await night());

    const rows = tableOf(markdown, 'Timeline');
    const times = rows.map(([at = '']) => at);
    expect(times).toEqual(times.toSorted((a, b) => a.localeCompare(b)));
    expect(rows.map(([, what]) => what)).toEqual(
      expect.arrayContaining([
        'Opened by 1 alert.',
        'Not resolved in time: escalated to L2.',
        'Acknowledged by Ana: ending *the* sessions',
        'All alerts resolved.',
      ]),
    );
    expect(rows.map(([, what]) => what)).toContainEqual(
      expect.stringMatching(/^Notified in #.*by mail.*\(escalated, L2\)\.$/),
    );
  });

  it('shows each finding that needed attention with its evidence, and the failed checks', async () => {
    const { markdown } = await report(await night());

    const found = sectionOf(markdown, 'What the checks found');
    expect(found).toMatch(
      /### connection pool\n\n10 of 10 connections in use\. \(2026-11-24 03:00:00 UTC, opened\)/,
    );
    expect(tableOf(found, 'sessions')).toEqual([
      ['agent-runner', 'idle in transaction', '7'],
      ['api | <b>', 'active', '3'],
    ]);
    expect(found).toContain('… 2 more rows');
    expect(found).toMatch(/[▁▂▃▄▅▆▇█]{5} min 3 · max 10 · now 10 · fires at 9/);
    expect(found).toMatch(/### Could not be checked\n\n- bifrost logs: kubernetes: 403/);
  });

  it('shows what changed, how it ended, and which notices were not delivered', async () => {
    const { markdown } = await report(await night());

    expect(tableOf(markdown, 'What changed between diagnoses')).toContainEqual([
      '2026-11-24 03:15:00 UTC',
      'sessions',
      '❗ still',
      '7 → 9 are idle in transaction.',
    ]);
    expect(tableOf(markdown, 'Before and after')).toEqual([
      ['sessions', '❗ still', '9 are idle in transaction.', '7 are idle in transaction.'],
      ['connection pool', '✔ better', '10 of 10 connections in use.', '4 of 10 connections in use.'],
    ]);
    expect(tableOf(markdown, 'Notices that were not delivered')).toEqual([
      ['2026-11-24 03:00:00 UTC', 'opened, L1', 'in #cryptofunk-alerts', 'not_found: channel_not_found'],
    ]);
  });

  it('asks questions that only people can answer, with hints from the facts', async () => {
    const { markdown } = await report(await night());

    const open = sectionOf(markdown, 'To fill in');
    for (const heading of ['Root cause', 'Impact', 'What went well', 'What went badly', 'Action items']) {
      expect(open).toContain(`### ${heading}`);
    }
    expect(open).toContain('- It went up to L2.');
    expect(open).toContain('- Could not be checked: bifrost logs.');
    expect(open).toContain('- Still needed attention after the resolve: sessions.');
    expect(open).toContain('- [ ] Make these checks work: bifrost logs. (owner: , by: )');
    expect(open).toContain('- [ ] Make notices arrive in #cryptofunk-alerts. (owner: , by: )');
    expect(open).not.toContain('Nobody acknowledged it.');
  });

  it('says that an open incident is still open and not acknowledged', async () => {
    const system = new FirstResponder();
    await system.receive([webhookAlert({ startsAt: system.now, alertname: 'Unheard' })]);
    await system.drain();
    system.world.clock.advance(12 * MINUTE);

    const { markdown } = await report(system);

    expect(markdown).toContain('is still open, for 12 min now');
    expect(markdown).toContain('- Acknowledged: never');
    expect(markdown).toContain('- Nobody acknowledged it.');
    expect(markdown).toContain('- [ ] Write a runbook for Unheard. (owner: , by: )');
    expect(markdown).not.toContain('## Before and after');
  });
});

describe('a report, whatever its record holds', () => {
  it('has only the headings of a report, and no link, picture or HTML from outside', () => {
    fc.assert(
      fc.property(arbitraryRecord, fc.boolean(), (record, linked) => {
        const blocks = renderReport({
          record,
          runbook: runbook(),
          notified: { names: ['<b>Ana</b>'] },
          now: record.incident.openedAt,
          url: linked ? 'https://example.com/console/incidents/k.1' : undefined,
        });

        const tokens = marked.lexer(writeMarkdown(blocks));

        const headings = tokens.flatMap((token) => (token.type === 'heading' ? [token['depth']] : []));
        expect(headings).toEqual(blocks.flatMap((block) => (block.kind === 'heading' ? block.level : [])));
        const types: string[] = [];
        void marked.walkTokens(tokens, ({ type }) => {
          types.push(type);
        });
        expect(types.filter((type) => type === 'link')).toHaveLength(linked ? 1 : 0);
        for (const type of ['image', 'html', 'strong', 'em', 'del', 'codespan', 'def']) {
          expect(types).not.toContain(type);
        }
      }),
    );
  });

  it('stays small with 10,000 alerts and the maximum number of diagnoses', async () => {
    const system = new FirstResponder();
    system.found = Array.from({ length: 60 }, (_, n) => ({ ...sessions, stepId: `s${n}` }));
    await system.receive(
      Array.from({ length: 10_000 }, (_, n) =>
        webhookAlert({ labels: { pod: `p${n}` }, startsAt: system.now }),
      ),
    );
    await system.drain();

    const { markdown } = await report(system);

    expect(Buffer.byteLength(markdown)).toBeLessThan(500_000);
  });
});

function sectionOf(markdown: string, heading: string): string {
  const [, rest = ''] = markdown.split(`\n## ${heading}\n`);
  return rest.split('\n## ')[0] ?? '';
}

/** Cells of the first table after a heading, as a reader sees them. */
function tableOf(markdown: string, heading: string): string[][] {
  const tokens = marked.lexer(markdown);
  const at = tokens.findIndex((token) => token.type === 'heading' && token['text'] === heading);
  const table = tokens.slice(at).find(({ type }) => type === 'table');
  if (table?.type !== 'table') throw new Error(`no table under ${heading}`);
  const rows: { tokens: { type: string; text: string }[] }[][] = table['rows'];
  return rows.map((row) => row.map(({ tokens: parts }) => parts.map(({ text }) => text).join('')));
}
