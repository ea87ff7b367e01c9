import type { Line, NoticeDocument, Part, Section } from '../notice/document/document-types.ts';
import { formatDuration } from '../notice/document/format-time.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import { isHigher, type Severity, severities } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import type { StormEntry } from './storm.ts';

/** Limits: alertnames with a table row, alertnames listed by name after them, incidents listed one by one. */
const MAX_ROWS = 40;
const MAX_LISTED = 400;
const MAX_FIRST = 25;
/** Length of a line of names. Slack shows such a line whole or not at all. */
const MAX_NAMES_LINE = 560;
const MAX_NAME = 60;
/** Limits of a digest that could not be rendered. */
const MAX_PLAIN = 20;
const MAX_PLAIN_LINE = 300;

export type Digest = {
  startedAt: Millis;
  /** Present after the storm is over. */
  closedAt?: Millis;
  entries: StormEntry[];
  /** A storm begins above this many new incidents a minute. */
  stormAfter: number;
  now: Millis;
  /** Base URL of this system, for a link to all open incidents. */
  publicUrl?: string;
};

/** Writes the digest: every alertname with its counts, and the first incidents one by one. */
export function writeDigest(digest: Digest): NoticeDocument {
  const { entries, closedAt, publicUrl } = digest;
  const firing = entries.filter((entry) => entry.state === 'firing');
  const counted = countWords(entries);
  const state = closedAt === undefined ? 'STORM' : 'STORM OVER';
  return {
    title: {
      severity: highest(entries),
      resolved: closedAt !== undefined && firing.length === 0,
      text: `${state}  ${counted}, ${firing.length} firing`,
    },
    preview: toOneLine(`${state} ${counted}, ${firing.length} firing: ${namesInShort(entries)}`),
    sections: [lead(digest), byAlertname(entries), first(entries)].filter(({ parts }) => parts.length > 0),
    links: publicUrl === undefined ? [] : [{ label: 'All that is open', url: `${publicUrl}/console` }],
  };
}

/** `300 incidents, 10000 alerts`; also part of the mail's subject. */
export function countWords(entries: StormEntry[]): string {
  const alerts = entries.reduce((sum, entry) => sum + entry.alerts, 0);
  return `${count(entries.length, 'incident')}, ${count(alerts, 'alert')}`;
}

function lead({ startedAt, closedAt, entries, stormAfter }: Digest): Section {
  const has = (state: StormEntry['state']) => entries.filter((entry) => entry.state === state).length;
  const when: Line =
    closedAt === undefined
      ? ['since ', { time: startedAt }, ` · more than ${stormAfter} new incidents in a minute`]
      : [{ time: startedAt }, ' to ', { time: closedAt }, ` · ${formatDuration(closedAt - startedAt)}`];
  const standalone = has('standalone');
  const states = [`${has('firing')} firing`, `${has('resolved')} resolved`];
  if (standalone > 0) states.push(`${standalone} with a message of their own since`);
  return {
    parts: [
      { rank: 'vital', kind: 'aside', line: when },
      vital([{ bold: states.join(', ') }]),
      vital([closedAt === undefined ? during : after]),
    ],
  };
}

const during =
  'Incidents that are not critical share this message until fewer begin. Critical ones, reminders and tiers have messages of their own.';
const after =
  'The storm is over: new incidents have messages of their own again. What is listed here stays up to date here.';

type Group = { alertname: string; severity: Severity; incidents: number; firing: number; resolved: number };

function byAlertname(entries: StormEntry[]): Section {
  const groups = grouped(entries);
  const parts: Part[] = [
    {
      rank: 'vital',
      kind: 'table',
      // The name comes last: on a phone it wraps, and the numbers stay in their columns.
      columns: ['n', 'firing', 'alert'],
      rows: groups
        .slice(0, MAX_ROWS)
        .map(({ incidents, firing, alertname, severity }) => [
          String(incidents),
          String(firing),
          `${clip(toOneLine(alertname), MAX_NAME)} (${severity})`,
        ]),
      omitted: 0,
    },
    ...listedByName(groups.slice(MAX_ROWS)),
  ];
  const different = count(groups.length, 'alertname and severity', 'alertnames and severities');
  return { heading: `${count(entries.length, 'incident')} by ${different}`, parts };
}

/** `warning: HighCPUUsage, DiskSpaceWarning ×3 (resolved), …`: as many names as a message can hold. */
function listedByName(groups: Group[]): Part[] {
  const listed = groups.slice(0, MAX_LISTED);
  const lines = severities.toReversed().flatMap((severity) =>
    linesOf(
      severity,
      listed.filter((group) => group.severity === severity),
    ),
  );
  const left = groups.length - listed.length;
  if (left > 0) lines.push(`… ${left} more`);
  return lines.map((line): Part => ({ rank: 'useful', kind: 'line', line: [line] }));
}

function linesOf(severity: Severity, groups: Group[]): string[] {
  const lines: string[] = [];
  for (const { alertname, incidents, resolved } of groups) {
    const times = incidents > 1 ? ` ×${incidents}` : '';
    const name = `${clip(toOneLine(alertname), MAX_NAME)}${times}${resolved === incidents ? ' (resolved)' : ''}`;
    const last = lines.at(-1);
    const joined = `${last}, ${name}`;
    if (last !== undefined && joined.length <= MAX_NAMES_LINE) lines[lines.length - 1] = joined;
    else lines.push(`${severity}: ${name}`);
  }
  return lines;
}

function first(entries: StormEntry[]): Section {
  // Incidents that differ only by alertname are already listed by name.
  const isPlain = entries.every(({ group, source }) => group === '' && source === entries[0]?.source);
  if (isPlain && grouped(entries).length === entries.length) return { parts: [] };
  const ordered = entries.toSorted(
    (a, b) => a.openedAt - b.openedAt || (a.incidentId < b.incidentId ? -1 : 1),
  );
  return {
    heading: 'The first of them',
    parts: [
      {
        rank: 'useful',
        kind: 'table',
        columns: ['incident', 'where', 'severity', 'state'],
        rows: ordered
          .slice(0, MAX_FIRST)
          .map((each) => [
            clip(toOneLine(each.alertname), MAX_NAME),
            clip(toOneLine([each.group, each.source].filter(Boolean).join(' · ')), MAX_NAME),
            each.severity,
            each.state === 'standalone' ? 'own message' : each.state,
          ]),
        omitted: Math.max(0, entries.length - MAX_FIRST),
      },
    ],
  };
}

/** Most severe first, then the most frequent. */
function grouped(entries: StormEntry[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { alertname, severity, state } of entries) {
    const key = `${severity} ${alertname}`;
    const group = groups.get(key) ?? { alertname, severity, incidents: 0, firing: 0, resolved: 0 };
    group.incidents += 1;
    if (state === 'firing') group.firing += 1;
    if (state === 'resolved') group.resolved += 1;
    groups.set(key, group);
  }
  return [...groups.values()].toSorted(
    (a, b) =>
      severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
      b.incidents - a.incidents ||
      (a.alertname < b.alertname ? -1 : 1),
  );
}

function namesInShort(entries: StormEntry[]): string {
  const groups = grouped(entries);
  const named = groups.slice(0, 3).map(({ alertname, incidents }) => `${clip(alertname, 40)} ×${incidents}`);
  return [...named, ...(groups.length > 3 ? [`and ${groups.length - 3} more`] : [])].join(', ');
}

function highest(entries: StormEntry[]): Severity {
  return entries.reduce<Severity>(
    (high, { severity }) => (isHigher(severity, high) ? severity : high),
    'info',
  );
}

function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

function vital(line: Line): Part {
  return { rank: 'vital', kind: 'line', line };
}

/** For a digest that cannot be rendered: as many of its incidents as fit, and the error. */
export function listPlainDigestLines({ closedAt, entries, publicUrl }: Digest, why: string): string[] {
  const more = entries.length - MAX_PLAIN;
  return [
    `[${closedAt === undefined ? 'STORM' : 'STORM OVER'}] ${entries.length} incidents`,
    ...entries
      .slice(0, MAX_PLAIN)
      .map(({ severity, alertname, incidentId }) =>
        clip(toOneLine([severity, alertname, incidentId].join(' ')), MAX_PLAIN_LINE),
      ),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(publicUrl === undefined ? [] : [`All that is open: ${publicUrl}/console`]),
    `This digest could not be written out in full: ${why}`,
  ];
}
