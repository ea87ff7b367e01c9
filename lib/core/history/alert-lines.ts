import { type AlertState, isAlertFiring, isCounted } from '../incident/alert-state.ts';
import type { Incident } from '../incident/incident.ts';
import type { Millis } from '../shared/time.ts';
import type { TimelineEntry } from './history.ts';

/** One start or end of an alert. */
type AlertLine = {
  fingerprint: string;
  what: 'firing' | 'resolved';
  at: Millis;
  seq?: number;
  clock: 'ours' | 'sender';
};

/** Numbered among the lines of its alert, from 0. */
export type AlertTurn = AlertLine & { turn: number };

/**
 * The starts and ends of every alert, in order per alert. Those named by timeline entries have our clock.
 * Entries leave some out when there are too many at once. The alert's own state fills these in.
 */
export function buildAlertLines(incident: Incident, entries: TimelineEntry[]): AlertTurn[] {
  const byAlert = new Map<string, AlertLine[]>();
  for (const line of entries.toSorted((a, b) => a.seq - b.seq).flatMap(listNamedLines)) {
    const lines = byAlert.get(line.fingerprint) ?? [];
    byAlert.set(line.fingerprint, lines);
    if (lines.at(-1)?.what !== line.what) lines.push(line);
  }
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  for (const alert of incident.alerts) {
    if (!isCounted(alert)) continue;
    const lines = byAlert.get(alert.fingerprint) ?? [];
    byAlert.set(alert.fingerprint, lines);
    if (lines[0]?.what !== 'firing') lines.unshift(findStart(alert, bySeq.get(alert.joinedSeq), lines[0]));
    const last = lines.at(-1);
    if (last === undefined) continue;
    if (isAlertFiring(alert) && last.what === 'resolved') {
      lines.push(placeAfter(last, toStateLine(alert, 'firing', 'startsAt')));
    }
    if (!isAlertFiring(alert) && last.what === 'firing')
      lines.push(placeAfter(last, findEnd(alert, incident)));
  }
  return [...byAlert.values()].flatMap((lines) => lines.map((line, turn) => ({ ...line, turn })));
}

function listNamedLines({ moves, at, seq }: TimelineEntry): AlertLine[] {
  const lines = (what: AlertLine['what'], fingerprints: string[] = []): AlertLine[] =>
    fingerprints.map((fingerprint) => ({ fingerprint, what, at, seq, clock: 'ours' }));
  return [...lines('firing', moves?.began), ...lines('resolved', moves?.ended)];
}

/** The alert's first start, no later than its next known line. */
function findStart(
  alert: AlertState,
  joined: TimelineEntry | undefined,
  next: AlertLine | undefined,
): AlertLine {
  const { fingerprint, startsAt } = alert;
  const latest = next?.at ?? Number.POSITIVE_INFINITY;
  return joined === undefined || joined.at > latest
    ? { fingerprint, what: 'firing', at: Math.min(startsAt, latest), clock: getClock(alert, 'startsAt') }
    : { fingerprint, what: 'firing', at: joined.at, seq: joined.seq, clock: 'ours' };
}

/** A vanished alert has no reported end: it was over when we last asked, at the latest. */
function findEnd(alert: AlertState, incident: Incident): AlertLine {
  if (alert.state !== 'vanished' && alert.endsAt > 0) return toStateLine(alert, 'resolved', 'endsAt');
  const at = incident.resolvedAt ?? incident.reconcile.askedAt ?? incident.lastSeenAt;
  return { fingerprint: alert.fingerprint, what: 'resolved', at, clock: 'ours' };
}

function toStateLine(alert: AlertState, what: AlertLine['what'], time: 'startsAt' | 'endsAt'): AlertLine {
  return { fingerprint: alert.fingerprint, what, at: alert[time], clock: getClock(alert, time) };
}

/** A reported time that was rejected is replaced by the time of receipt. */
function getClock({ reported }: AlertState, time: 'startsAt' | 'endsAt'): AlertLine['clock'] {
  return reported?.[time] === undefined ? 'sender' : 'ours';
}

/** By the sender's clock a short alert can end before we heard of it: its end still follows its start. */
function placeAfter(before: AlertLine, line: AlertLine): AlertLine {
  if (line.at > before.at) return line;
  return { ...line, at: before.at, seq: before.seq ?? line.seq };
}
