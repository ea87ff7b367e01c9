import { formatDuration } from '../notice/document/format-time.ts';
import { nameUuid } from '../shared/hash.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import { formatIso, formatUtc } from '../shared/time.ts';
import type { IncidentQuery, IncidentSummary } from './history.ts';
import { filterFields } from './summary.ts';

/** An Atom feed before it is XML: https://www.rfc-editor.org/rfc/rfc4287. Texts may hold any character. */
export type Feed = {
  id: string;
  title: string;
  author: string;
  /** ISO 8601. */
  updated: string;
  links: FeedLink[];
  entries: FeedEntry[];
};

export type FeedLink = { rel: 'self' | 'alternate'; type: string; href: string };

export type FeedEntry = {
  id: string;
  title: string;
  published: string;
  updated: string;
  categories: string[];
  links: FeedLink[];
  /** Plain text, one fact per line. */
  content: string;
};

export interface FeedWriter {
  write(feed: Feed): string;
}

const MAX_NAME = 200;

/**
 * The feed of a listing. Ids hold no address, so incidents stay the same when a deployment moves. Other
 * filters make another feed. Without `publicUrl` it has no links. An empty feed was last changed when its
 * range begins.
 */
export function buildFeed(parts: {
  incidents: IncidentSummary[];
  query: IncidentQuery;
  /** The request's query string, without its question mark. */
  search: string;
  publicUrl?: string;
}): Feed {
  const { incidents, query, search, publicUrl } = parts;
  const changes = incidents.map(changedAt);
  return {
    id: feedId(query),
    title: feedTitle(query),
    author: 'first-responder',
    updated: formatIso(changes.length === 0 ? query.from : Math.max(...changes)),
    links: publicUrl === undefined ? [] : feedLinks(publicUrl, search),
    entries: incidents.map((incident) => toEntry(incident, publicUrl)),
  };
}

function feedId(query: IncidentQuery): string {
  const filters = filterFields.map((field) => query[field] ?? null);
  return `urn:uuid:${nameUuid(`first-responder feed ${JSON.stringify(filters)}`)}`;
}

function feedTitle({ status, severity, category, alertname, source }: IncidentQuery): string {
  const filters = [status, severity, category, alertname, source].filter((filter) => filter !== undefined);
  return ['Incidents', ...filters.map((filter) => clip(toOneLine(filter), MAX_NAME))].join(' · ');
}

function feedLinks(publicUrl: string, search: string): FeedLink[] {
  return [
    {
      rel: 'self',
      type: 'application/atom+xml',
      href: `${publicUrl}/incidents.atom${search === '' ? '' : `?${search}`}`,
    },
    { rel: 'alternate', type: 'text/html', href: `${publicUrl}/console` },
  ];
}

function toEntry(incident: IncidentSummary, publicUrl: string | undefined): FeedEntry {
  const { id, openedAt, severity, category, source } = incident;
  return {
    id: `urn:uuid:${nameUuid(`first-responder incident ${id}`)}`,
    title: entryTitle(incident),
    published: formatIso(openedAt),
    updated: formatIso(changedAt(incident)),
    categories: [severity, ...(category === undefined ? [] : [category]), source],
    links:
      publicUrl === undefined
        ? []
        : [
            {
              rel: 'alternate',
              type: 'text/html',
              href: `${publicUrl}/console/incidents/${encodeURIComponent(id)}`,
            },
          ],
    content: contentLines(incident).join('\n'),
  };
}

/** `CRITICAL AgentDown - 12 alerts`, or `RESOLVED AgentDown - 12 alerts - after 22 min`; with ` - flapped` if it did. */
function entryTitle(incident: IncidentSummary): string {
  return incident.flapped ? `${stateTitle(incident)} - flapped` : stateTitle(incident);
}

function stateTitle({ status, severity, alertname, firing, total, openedAt, resolvedAt }: IncidentSummary) {
  const name = clip(toOneLine(alertname), MAX_NAME) || 'unnamed alert';
  const count = status === 'open' ? firing : total;
  const what = count < 2 ? name : `${name} - ${count} alerts`;
  if (status === 'open') return `${severity.toUpperCase()} ${what}`;
  return `RESOLVED ${what}${resolvedAt === undefined ? '' : ` - after ${formatDuration(resolvedAt - openedAt)}`}`;
}

function contentLines(incident: IncidentSummary): string[] {
  const { severity, category, source, group, openedAt, resolvedAt, firing, total, tier } = incident;
  const { acknowledgedAt, acknowledgedBy } = incident;
  const labels = Object.entries(group).map(([name, value]) => `${name}=${toOneLine(value)}`);
  return [
    `${severity}${category === undefined ? '' : `, ${toOneLine(category)}`} at ${toOneLine(source)}, opened ${formatUtc(openedAt)}`,
    ...(labels.length === 0 ? [] : [labels.join(', ')]),
    `${firing} of ${total} alerts firing`,
    ...(tier > 1 ? [`escalated to L${tier}`] : []),
    acknowledgedAt === undefined
      ? 'not acknowledged'
      : `acknowledged by ${toOneLine(acknowledgedBy ?? 'somebody')}, ${formatUtc(acknowledgedAt)}`,
    ...(resolvedAt === undefined ? [] : [`resolved ${formatUtc(resolvedAt)}`]),
  ];
}

/** The latest change that a listing knows; it has no times of single alerts. */
function changedAt({ openedAt, acknowledgedAt, resolvedAt }: IncidentSummary): number {
  return Math.max(openedAt, acknowledgedAt ?? 0, resolvedAt ?? 0);
}
