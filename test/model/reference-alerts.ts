/** What is remembered of single alerts: rules 1, 5 and 7. */
import type { Millis, ReportedAlert, Severity } from './history.ts';

export const MINUTE = 60_000;
const FAR_AHEAD = 5 * MINUTE;

export type AlertMemory = {
  name: string;
  severity: Severity;
  firing: boolean;
  everFired: boolean;
  /** Start of the current or last firing, and the latest end that anybody reported: times of alerts. */
  start: Millis | undefined;
  end: Millis | undefined;
  /** Gone by Alertmanager's answer, so without an end of its own. */
  vanished: boolean;
  /** Only Alertmanager's answers have shown this firing. */
  listedOnly: boolean;
  /** By our clock: unconfirmed since; absent from Alertmanager's answers since. */
  doubtSince: Millis | undefined;
  doubtTold: boolean;
  missingSince: Millis | undefined;
  /** Rule 5: odd times and what they were fixed at, kept while the sender reports the same value. */
  startAs: Reading | undefined;
  endAs: (Reading & { startsAt: Millis | undefined }) | undefined;
};
type Reading = { reported: Millis | undefined; value: Millis };

/**
 * none: a repeat, late, or only stored. new: its first firing. refired: fires again by a newer start (or by
 * Alertmanager's word). confirmed: was unconfirmed. doubtful: fires, unconfirmed. ended: fires no more.
 */
export type Change = 'none' | 'new' | 'refired' | 'confirmed' | 'doubtful' | 'ended';
export type Heard = { name: string; firing: boolean; change: Change };

/** Rule 5: absent, zero or more than five minutes ahead of its receipt is fixed at first receipt. */
function valueOf(reported: Millis | undefined, at: Millis): Millis {
  return reported === undefined || reported === 0 || reported > at + FAR_AHEAD ? at : reported;
}

function startOf(alert: AlertMemory, report: ReportedAlert, at: Millis): Millis {
  if (alert.startAs?.reported !== report.startsAt || !alert.startAs) {
    alert.startAs = { reported: report.startsAt, value: valueOf(report.startsAt, at) };
  }
  return alert.startAs.value;
}

function endOf(alert: AlertMemory, report: ReportedAlert, at: Millis): Millis {
  // Unclear in rules.md: for how long an odd end is kept. Forever would make every later resolve without an end late;
  // here it is kept while the start that is reported with it is the same.
  const known = alert.endAs;
  if (known && known.reported === report.endsAt && known.startsAt === report.startsAt) return known.value;
  const value = valueOf(report.endsAt, at);
  alert.endAs = { reported: report.endsAt, startsAt: report.startsAt, value };
  return value;
}

function remember(alerts: Map<string, AlertMemory>, report: ReportedAlert): AlertMemory {
  const known = alerts.get(report.name);
  // Unclear in rules.md: a repeat with another severity. A fingerprint hashes the labels, so it is taken as impossible.
  if (known) return known;
  const alert: AlertMemory = {
    name: report.name,
    severity: report.severity,
    firing: false,
    everFired: false,
    start: undefined,
    end: undefined,
    vanished: false,
    listedOnly: false,
    doubtSince: undefined,
    doubtTold: false,
    missingSince: undefined,
    startAs: undefined,
    endAs: undefined,
  };
  alerts.set(report.name, alert);
  return alert;
}

export function hear(
  alerts: Map<string, AlertMemory>,
  report: ReportedAlert,
  at: Millis,
  byAlertmanager: boolean,
): Heard {
  const alert = remember(alerts, report);
  const firing = report.status === 'firing';
  const change = firing ? hearFiring(alert, report, at, byAlertmanager) : hearResolved(alert, report, at);
  return { name: report.name, firing, change };
}

function hearFiring(alert: AlertMemory, report: ReportedAlert, at: Millis, byAlertmanager: boolean): Change {
  const start = startOf(alert, report, at);
  alert.missingSince = undefined;
  alert.listedOnly = byAlertmanager && (!alert.firing || alert.listedOnly);
  if (alert.firing) return hearRepeat(alert, start, byAlertmanager);
  // Rule 5: what starts after the last end is new; any other firing after an end is unconfirmed.
  // Unclear in rules.md: what is compared when Alertmanager's answer ended the alert, so that no end is known.
  // Here a start after the known one is new.
  const isNew =
    start > (alert.end ?? -Infinity) && (!alert.vanished || start > (alert.start ?? -Infinity));
  const first = !alert.everFired;
  // Unclear in rules.md: whether a firing listed by Alertmanager itself can be unconfirmed ("as if a webhook had told
  // it"). "Only Alertmanager confirms" is read as: what it lists is confirmed.
  const doubtful = !isNew && !byAlertmanager;
  Object.assign(alert, { firing: true, start, vanished: false, doubtTold: false, everFired: !doubtful || !first });
  alert.doubtSince = doubtful ? at : undefined;
  if (doubtful) return 'doubtful';
  return first ? 'new' : 'refired';
}

/** Rule 1: changes nothing, except what is known of its start (rule 8 needs the newest) and whether it is in doubt. */
function hearRepeat(alert: AlertMemory, start: Millis, byAlertmanager: boolean): Change {
  if (alert.start === undefined || start > alert.start) alert.start = start;
  if (alert.doubtSince === undefined) return 'none';
  // Rule 5: only Alertmanager confirms; but a start after the last end is no doubtful firing at all.
  if (!byAlertmanager && start <= (alert.end ?? -Infinity)) return 'none';
  if (!byAlertmanager && alert.end === undefined) return 'none';
  const told = alert.doubtTold;
  Object.assign(alert, { doubtSince: undefined, doubtTold: false, everFired: true });
  return told ? 'none' : 'confirmed';
}

function hearResolved(alert: AlertMemory, report: ReportedAlert, at: Millis): Change {
  const { startAs } = alert;
  const start = startAs && startAs.reported === report.startsAt ? startAs.value : report.startsAt;
  // A resolve that ends before its own start comes from a clock that was set back: it ends that firing.
  const isOdd = (time: Millis | undefined) => time !== undefined && time > at + FAR_AHEAD;
  // Of two times ahead of us the order is kept that their sender gave them.
  const former = alert.startAs?.reported;
  const isFormer = isOdd(report.endsAt) && former !== undefined && former > (report.endsAt ?? 0);
  const end = isFormer ? (alert.start ?? at) - 1 : Math.max(endOf(alert, report, at), start !== undefined && start <= at ? start : -Infinity);
  alert.end = Math.max(end, alert.end ?? -Infinity);
  // Rule 7: the resolve of an unknown alert is kept.
  if (!alert.firing) return 'none';
  // Rule 5: a resolve that ends before the known start is late. It is recorded and changes nothing.
  // Unclear in rules.md: an absent end is our receipt, the start is the sender's; they meet here all the same.
  if (end < (alert.start ?? -Infinity)) return 'none';
  endAlert(alert, false);
  return 'ended';
}

export function endAlert(alert: AlertMemory, vanished: boolean): void {
  Object.assign(alert, { firing: false, vanished, doubtSince: undefined, doubtTold: false, missingSince: undefined });
}
