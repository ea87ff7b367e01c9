/** What is remembered of single alerts: docs/rules.md#rule-1, #rule-5, #rule-7. */
import type { Millis, ReportedAlert, Severity } from './history.ts';

export const MINUTE = 60_000;
const AHEAD = 5 * MINUTE;
const DAY = 24 * 60 * MINUTE;

/** docs/rules.md#rule-5: what was reported, and what it was fixed at. `of`: the reported start that an end belongs to. */
type Reading = {
  slot: 'start' | 'end';
  reported: Millis | undefined;
  of: Millis | undefined;
  value: Millis;
  ahead: boolean;
};

export type AlertMemory = {
  name: string;
  severity: Severity;
  firing: boolean;
  /** Start of the current or last firing, and the latest end that anybody reported: times of alerts. */
  start?: Millis | undefined;
  end?: Millis | undefined;
  /** docs/rules.md#rule-5: the end after which Alertmanager said that it fires. */
  outweighed?: Millis | undefined;
  /** docs/rules.md#rule-10: gone by two answers. */
  gone: boolean;
  /** docs/rules.md#rule-5: unconfirmed since, by our clock. */
  doubtSince?: Millis | undefined;
  /** docs/rules.md#rule-10: absent from the first of two answers. */
  missing: boolean;
  /** docs/rules.md#rule-12: its present firing was named by a webhook, not only by Alertmanager's list. */
  named: boolean;
  /** Every time that was reported of it. */
  readings: Reading[];
};

/** recorded: a late or unknown end. new: fires by a start after its end. confirmed: by Alertmanager's word. doubtful: fires, unconfirmed. */
type Change = 'none' | 'recorded' | 'new' | 'confirmed' | 'doubtful' | 'ended';
/** `gone`: it was gone before. `later`: and starts later than it did. */
export type Heard = { alert: AlertMemory; change: Change; gone: boolean; later: boolean };

type Alerts = Map<string, AlertMemory>;
/**
 * `list`: Alertmanager's, of what webhooks cut off, which counts as a webhook (docs/rules.md#rule-5). `answer`: about a doubt.
 */
type By = 'webhook' | 'list' | 'answer';
export function hear(alerts: Alerts, report: ReportedAlert, at: Millis, by: By): Heard {
  const { name, severity } = report;
  const alert = alerts.get(name) ?? {
    name,
    severity,
    firing: false,
    gone: false,
    missing: false,
    named: false,
    readings: [],
  };
  alerts.set(name, alert);
  const { gone, start = -Infinity } = alert;
  const firing = report.status === 'firing';
  if (!alert.firing) alert.named = false;
  if (by === 'webhook') alert.named = true;
  const change = firing ? fires(alert, report, at, by === 'answer') : resolves(alert, report, at);
  return { alert, change, gone, later: (alert.start ?? -Infinity) > start };
}

/** docs/rules.md#rule-5: absent, zero or more than five minutes ahead is fixed, and kept while the same is reported. */
function read(alert: AlertMemory, slot: Reading['slot'], at: Millis, reported?: Millis, of?: Millis) {
  const last = alert.readings.findLast((each) => each.slot === slot);
  const same = (each?: Reading) => each?.slot === slot && each.reported === reported && each.of === of;
  const known = reported ? alert.readings.find(same) : last;
  if (known && same(known)) return known.value;
  const ahead = reported !== undefined && reported > at + AHEAD;
  let value = !reported || ahead ? at : reported;
  for (const other of ahead ? alert.readings : []) {
    // docs/rules.md#rule-5: of two times of an alert that are ahead, the later one stays later.
    if (!other.ahead) continue;
    const later = (reported ?? 0) - (other.reported ?? 0);
    if (later > 0) value = Math.max(value, other.value + 1);
    if (later < 0) value = Math.min(value, other.value - 1);
  }
  alert.readings.push({ slot, reported, of, value, ahead });
  return value;
}

function fires(alert: AlertMemory, report: ReportedAlert, at: Millis, byAlertmanager: boolean): Change {
  const start = read(alert, 'start', at, report.startsAt);
  const afterEnd = start > (alert.end ?? -Infinity);
  alert.missing = false;
  if (alert.firing) {
    // docs/rules.md#rule-1: changes nothing; the newest start is kept, so that order does not matter (docs/rules.md#rule-8).
    alert.start = Math.max(start, alert.start ?? start);
    // docs/rules.md#rule-5: only Alertmanager confirms; but what starts after the last end is new.
    if (alert.doubtSince === undefined || !(byAlertmanager || afterEnd)) return 'none';
    alert.doubtSince = undefined;
    if (!afterEnd) alert.outweighed = alert.end;
    return afterEnd ? 'new' : 'confirmed';
  }
  // docs/rules.md#rule-5: new when it starts after the last end, and when it was gone; any other is unconfirmed.
  const isNew = alert.gone || afterEnd;
  alert.outweighed = undefined;
  const doubtSince = isNew || byAlertmanager ? undefined : at;
  Object.assign(alert, { firing: true, gone: false, start, doubtSince });
  if (doubtSince !== undefined) return 'doubtful';
  return isNew ? 'new' : 'confirmed';
}

function resolves(alert: AlertMemory, report: ReportedAlert, at: Millis): Change {
  const ownStart = read(alert, 'start', at, report.startsAt);
  // docs/rules.md#rule-5: an end more than a day ahead is no end. Unclear: an odd end of another start is read again here.
  const reported = report.endsAt !== undefined && report.endsAt > at + DAY ? undefined : report.endsAt;
  // docs/rules.md#rule-5: a resolve never ends before its own start.
  const end = Math.max(ownStart, read(alert, 'end', at, reported, report.startsAt));
  const isLater = end > (alert.end ?? -Infinity);
  alert.end = Math.max(end, alert.end ?? -Infinity); // docs/rules.md#rule-7: kept, also of an unknown alert
  // docs/rules.md#rule-5: one that ends before the known start, and does not name that start, is late.
  const known = alert.start ?? -Infinity;
  if (!alert.firing || (end < known && ownStart !== known)) return isLater ? 'recorded' : 'none';
  // An end without a time is of the firing whose start it names.
  if (!reported && ownStart < known) return isLater ? 'recorded' : 'none';
  if (reported && end <= (alert.outweighed ?? -Infinity)) return 'none';
  const wasDoubted = alert.doubtSince !== undefined;
  endAlert(alert, false);
  return wasDoubted ? 'recorded' : 'ended';
}

export function endAlert(alert: AlertMemory, gone: boolean): void {
  Object.assign(alert, { firing: false, gone, doubtSince: undefined, missing: false });
}
