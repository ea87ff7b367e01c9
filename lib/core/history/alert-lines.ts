import type { AlertState, Incident } from '../incident/incident.ts';
import { isAlertFiring } from '../incident/state-machine/draft.ts';
import type { Millis } from '../shared/time.ts';
import type { TimelineEntry } from './history.ts';

/** An alert that came or went. */
type AlertLine = {
  fingerprint: string;
  what: 'firing' | 'resolved';
  at: Millis;
  seq?: number;
  clock: 'ours' | 'sender';
};

/** With its place among those of its alert, counted from 0. */
export type AlertTurn = AlertLine & { turn: number };

/**
 * Every alert's comings and goings, those of one alert in turn. What the entries name has our clock; what they do not,
 * because it was too many at once or the version before wrote them, is filled in from the alert's own state.
 */
export function buildAlertLines(incident: Incident, entries: TimelineEntry[]): AlertTurn[] {
  const byAlert = new Map<string, AlertLine[]>();
  for (const line of entries.toSorted((a, b) => a.seq - b.seq).flatMap(namedIn)) {
    const lines = byAlert.get(line.fingerprint) ?? [];
    byAlert.set(line.fingerprint, lines);
    if (lines.at(-1)?.what !== line.what) lines.push(line);
  }
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  for (const alert of incident.alerts) {
    if (alert.carriedOver) continue;
    const lines = byAlert.get(alert.fingerprint) ?? [];
    byAlert.set(alert.fingerprint, lines);
    if (lines[0]?.what !== 'firing') lines.unshift(firstOf(alert, bySeq.get(alert.joinedSeq), lines[0]));
    const last = lines.at(-1);
    if (last === undefined) continue;
    if (isAlertFiring(alert) && last.what === 'resolved') {
      lines.push(later(last, own(alert, 'firing', 'startsAt')));
    }
    if (!isAlertFiring(alert) && last.what === 'firing') lines.push(later(last, endOf(alert, incident)));
  }
  return [...byAlert.values()].flatMap((lines) => lines.map((line, turn) => ({ ...line, turn })));
}

function namedIn({ moves, at, seq }: TimelineEntry): AlertLine[] {
  const lines = (what: AlertLine['what'], fingerprints: string[] = []): AlertLine[] =>
    fingerprints.map((fingerprint) => ({ fingerprint, what, at, seq, clock: 'ours' }));
  return [...lines('firing', moves?.began), ...lines('resolved', moves?.ended)];
}

/** Its beginning, no later than what is already known of it. */
function firstOf(
  alert: AlertState,
  joined: TimelineEntry | undefined,
  next: AlertLine | undefined,
): AlertLine {
  const { fingerprint, startsAt } = alert;
  const latest = next?.at ?? Number.POSITIVE_INFINITY;
  return joined === undefined || joined.at > latest
    ? { fingerprint, what: 'firing', at: Math.min(startsAt, latest), clock: clockOf(alert, 'startsAt') }
    : { fingerprint, what: 'firing', at: joined.at, seq: joined.seq, clock: 'ours' };
}

/** What Alertmanager no longer had sent no end: it was over when we last asked, at the latest. */
function endOf(alert: AlertState, incident: Incident): AlertLine {
  if (!alert.vanished && alert.endsAt > 0) return own(alert, 'resolved', 'endsAt');
  const at = incident.resolvedAt ?? incident.askedAt ?? incident.lastSeenAt;
  return { fingerprint: alert.fingerprint, what: 'resolved', at, clock: 'ours' };
}

function own(alert: AlertState, what: AlertLine['what'], time: 'startsAt' | 'endsAt'): AlertLine {
  return { fingerprint: alert.fingerprint, what, at: alert[time], clock: clockOf(alert, time) };
}

/** A time that was not believed is the time of receipt. */
function clockOf({ reported }: AlertState, time: 'startsAt' | 'endsAt'): AlertLine['clock'] {
  return reported?.[time] === undefined ? 'sender' : 'ours';
}

/** A short alert can be over by the sender's clock before we heard of it: it stands behind its beginning all the same. */
function later(before: AlertLine, line: AlertLine): AlertLine {
  if (line.at > before.at) return line;
  return { ...line, at: before.at, ...(before.seq === undefined ? {} : { seq: before.seq }) };
}
