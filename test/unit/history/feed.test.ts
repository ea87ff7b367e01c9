import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAtomWriter } from '../../../lib/adapters/atom/atom-writer.ts';
import { buildFeed } from '../../../lib/core/history/feed.ts';
import type { IncidentQuery, IncidentSummary } from '../../../lib/core/history/history.ts';
import { toSummary } from '../../../lib/core/history/summary.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { parseXml, textsOf, type XmlElement } from '../../support/assertions/parse-xml.ts';
import { STORED_AT, storedIncident } from '../../support/factories/stored-incident.ts';

const ATOM = 'http://www.w3.org/2005/Atom';
const query: IncidentQuery = { from: STORED_AT - MINUTE, to: STORED_AT + MINUTE, limit: 50 };
const writer = createAtomWriter();
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('true', ']]>', '<!--', '&amp;', '<x>', '\u0000\u000b\uFFFE\uFFFF', '\uD800', '__proto__'),
);

function summary(overrides: Partial<IncidentSummary> = {}): IncidentSummary {
  return { ...toSummary(storedIncident({ key: 'k' })), ...overrides };
}

function feed(incidents: IncidentSummary[], more: { publicUrl?: string; search?: string } = {}): XmlElement {
  return parseXml(writer.write(buildFeed({ incidents, query, search: '', ...more })));
}

function entriesOf(root: XmlElement): XmlElement[] {
  return root.children.filter(({ name }) => name === 'entry');
}

function linksOf(element: XmlElement): Record<string, string>[] {
  return element.children.filter(({ name }) => name === 'link').map(({ attributes }) => attributes);
}

describe('the feed', () => {
  it('has the elements that Atom requires of a feed and of its entries', () => {
    const root = feed([summary()]);
    const [entry] = entriesOf(root);

    expect(root).toMatchObject({ name: 'feed', uri: ATOM });
    expect(textsOf(root, 'id')).toEqual([expect.stringMatching(/^urn:uuid:[\da-f-]{36}$/)]);
    expect(textsOf(root, 'title')).toEqual(['Incidents']);
    expect(textsOf(root, 'author')).toEqual(['first-responder']);
    expect(textsOf(root, 'updated')).toEqual(['2026-11-24T03:00:00.000Z']);
    expect(entry?.children.map(({ name, text }) => [name, text])).toEqual([
      [
        'id',
        expect.stringMatching(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
      ],
      ['title', 'CRITICAL HighErrorRate'],
      ['published', '2026-11-24T03:00:00.000Z'],
      ['updated', '2026-11-24T03:00:00.000Z'],
      ['category', ''],
      ['category', ''],
      [
        'content',
        [
          'critical at prod, opened 2026-11-24 03:00 UTC',
          'service=api',
          '1 of 1 alerts firing',
          'not acknowledged',
        ].join('\n'),
      ],
    ]);
    expect(entry?.children.at(-1)?.attributes).toEqual({ type: 'text' });
  });

  it.each([
    [{ alertname: 'AgentDown', firing: 12, total: 14 }, 'CRITICAL AgentDown - 12 alerts'],
    [{ alertname: 'AgentDown', severity: 'info' as const }, 'INFO AgentDown'],
    [
      { status: 'resolved' as const, firing: 0, total: 3, resolvedAt: STORED_AT + 22 * MINUTE },
      'RESOLVED HighErrorRate - 3 alerts - after 22 min',
    ],
    [{ flapped: true as const }, 'CRITICAL HighErrorRate - flapped'],
    [{ alertname: '\u202e\n' }, 'CRITICAL unnamed alert'],
  ])('titles %j %s', (overrides, title) => {
    const [entry] = entriesOf(feed([summary(overrides)]));

    expect(entry && textsOf(entry, 'title')).toEqual([title]);
  });

  it('says who acknowledged, the highest tier, and the last change', () => {
    const [entry] = entriesOf(
      feed([
        summary({
          tier: 2,
          category: 'agents',
          acknowledgedAt: STORED_AT + MINUTE,
          acknowledgedBy: 'Ana',
          status: 'resolved',
          resolvedAt: STORED_AT + 2 * MINUTE,
        }),
      ]),
    );

    expect(entry && textsOf(entry, 'updated')).toEqual(['2026-11-24T03:02:00.000Z']);
    expect(entry && textsOf(entry, 'content').join()).toContain('critical, agents at prod');
    expect(entry && textsOf(entry, 'content').join()).toMatch(
      /escalated to L2\nacknowledged by Ana, 2026-11-24 03:01 UTC\nresolved 2026-11-24 03:02 UTC$/,
    );
  });

  it('links to the console if it has an address, and nowhere else', () => {
    const root = feed([summary()], { publicUrl: 'https://fr.example', search: 'status=open&source=a%26b' });

    expect(linksOf(root)).toEqual([
      {
        rel: 'self',
        type: 'application/atom+xml',
        href: 'https://fr.example/incidents.atom?status=open&source=a%26b',
      },
      { rel: 'alternate', type: 'text/html', href: 'https://fr.example/console' },
    ]);
    expect(entriesOf(root).flatMap(linksOf)).toEqual([
      { rel: 'alternate', type: 'text/html', href: 'https://fr.example/console/incidents/k.1' },
    ]);
    expect(linksOf(feed([summary()]))).toEqual([]);
  });

  it('gives an incident the same id through all its changes, and each incident another id', () => {
    const ids = [
      summary(),
      summary({ status: 'resolved', resolvedAt: STORED_AT + 1, severity: 'info' }),
      summary({ id: 'k.2' }),
    ].map((incident) => entriesOf(feed([incident])).flatMap((entry) => textsOf(entry, 'id'))[0]);

    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it('is another feed with other filters, and the same feed with another range or limit', () => {
    const id = (change: Partial<IncidentQuery>) =>
      buildFeed({ incidents: [], query: { ...query, ...change }, search: '' }).id;

    expect(id({ from: 0, to: 1, limit: 3 })).toBe(id({}));
    expect(id({ severity: 'critical' })).not.toBe(id({}));
    expect(buildFeed({ incidents: [], query: { ...query, severity: 'critical' }, search: '' }).title).toBe(
      'Incidents · critical',
    );
  });

  it('is valid when it is empty', () => {
    expect(textsOf(feed([]), 'updated')).toEqual(['2026-11-24T02:59:00.000Z']);
  });

  it('is well-formed, whatever the labels hold, and has no markup from them', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (alertname, source, value) => {
        const odd = summary({ alertname, source, category: value, group: { [value]: value } });
        const [entry] = entriesOf(
          parseXml(
            writer.write(
              buildFeed({
                incidents: [{ ...odd, acknowledgedAt: STORED_AT, acknowledgedBy: value }],
                query: { ...query, alertname, source },
                search: value,
                publicUrl: 'https://fr.example',
              }),
            ),
          ),
        );

        expect(entry?.children.map(({ name }) => name)).toEqual([
          'id',
          'title',
          'published',
          'updated',
          'category',
          'category',
          'category',
          'link',
          'content',
        ]);
      }),
      { numRuns: 500 },
    );
  });
});
