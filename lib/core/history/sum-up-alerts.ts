import type { AlertDetail } from '../alert/alert.ts';
import { findSharedLabels, getLabel } from '../alert/labels.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import { DAY, formatUtc, HOUR, MINUTE, type Millis } from '../shared/time.ts';
import type { AlertTurn } from './alert-lines.ts';
import type { AlertEntry } from './timeline.ts';

/** Above this many lines, alerts are summed up per moment, then in coarser steps until they fit. */
const MAX_ALERT_ENTRIES = 200;
const GRAINS: Millis[] = [1, MINUTE, HOUR, DAY, Number.POSITIVE_INFINITY];

const MAX_NAME = 200;
const MAX_LABEL = 80;
const MAX_SHOWN_LABELS = 6;

/** Lines about alerts as timeline entries. Each alert is named by the labels that set it apart. */
export function summarizeAlerts(lines: AlertTurn[], details: AlertDetail[]): AlertEntry[] {
  if (lines.length <= MAX_ALERT_ENTRIES) {
    const names = alertNames(details);
    return lines.map((line) => toEntry(line, names.get(line.fingerprint)));
  }
  for (const grain of GRAINS) {
    const groups = [...Map.groupBy(lines, (line) => groupKey(line, grain)).entries()];
    if (groups.length <= MAX_ALERT_ENTRIES) return groups.map(([key, group]) => sumUp(key, group));
  }
  return [];
}

function toEntry(line: AlertTurn, name: string | undefined): AlertEntry {
  const { fingerprint, what, at, seq, clock, turn } = line;
  const who = name === undefined ? `alert ${clip(toOneLine(fingerprint), MAX_LABEL)}` : name;
  const words =
    who === '' ? (what === 'firing' ? 'Alert fires' : 'Alert resolved') : describeAlert(what, who);
  return {
    id: `alert:${fingerprint}:${String(turn).padStart(4, '0')}`,
    kind: 'alert',
    what,
    at,
    seq,
    fingerprint,
    count: 1,
    clock,
    summary: `${words}${clock === 'ours' ? '' : " (by the sender's clock)"}.`,
  };
}

function describeAlert(what: AlertEntry['what'], who: string): string {
  return what === 'firing' ? `Fires: ${who}` : `Resolved: ${who}`;
}

function groupKey({ what, at }: AlertTurn, grain: Millis): string {
  return `${what}:${grain === Number.POSITIVE_INFINITY ? 'all' : Math.floor(at / grain)}`;
}

function sumUp(key: string, group: AlertTurn[]): AlertEntry {
  const at = group.reduce((first, line) => Math.min(first, line.at), Number.POSITIVE_INFINITY);
  const last = group.reduce((latest, line) => Math.max(latest, line.at), Number.NEGATIVE_INFINITY);
  const what = group[0]?.what ?? 'firing';
  const ours = group.every((line) => line.clock === 'ours');
  const seqs = new Set(group.map((line) => line.seq));
  const [seq] = seqs;
  const many = group.length === 1 ? '1 alert' : `${group.length} alerts`;
  const verb = what === 'resolved' ? 'resolved' : group.length === 1 ? 'fires' : 'fire';
  const until = last > at ? ` until ${formatUtc(last)}` : '';
  return {
    id: `alerts:${key}`,
    kind: 'alert',
    what,
    at,
    seq: seq === undefined || seqs.size > 1 ? undefined : seq,
    count: group.length,
    clock: ours ? 'ours' : 'sender',
    summary: `${many} ${verb}${until}${ours ? '' : " (by the sender's clock)"}.`,
  };
}

/**
 * By fingerprint: the labels that not all alerts share, `pod=api-1, zone=a`; empty if nothing sets them
 * apart.
 */
function alertNames(details: AlertDetail[]): Map<string, string> {
  const common = findSharedLabels(details.map(({ labels }) => labels));
  return new Map(
    details.map(({ fingerprint, labels }) => {
      const pairs = Object.entries(labels)
        .filter(([name]) => getLabel(common, name) === undefined)
        .slice(0, MAX_SHOWN_LABELS)
        .map(([name, value]) => `${clip(toOneLine(name), MAX_LABEL)}=${clip(toOneLine(value), MAX_LABEL)}`);
      return [fingerprint, clip(pairs.join(', '), MAX_NAME)];
    }),
  );
}
