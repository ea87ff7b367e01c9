/** What a tick decides: asking, doubts, tiers, the end of flapping: docs/rules.md#rule-5, #rule-6, #rule-10, #rule-11 and Maintenance. */
import type { Answer, Millis } from './history.ts';
import { endAlert, hear, MINUTE } from './reference-alerts.ts';
import {
  edit,
  endPause,
  exceeds,
  FIVE,
  firingAlerts,
  gapIsOver,
  highest,
  type Incident,
  isNews,
  isUp,
  liftMute,
  type Model,
  mutes,
  page,
  reopen,
  settle,
  sureAlerts,
  tell,
} from './reference-incident.ts';

const ASK_AFTER = 2 * MINUTE;
const SIX = 6 * MINUTE;
const CALM = 15 * MINUTE;

export function tick(m: Model, answer: Answer): void {
  if (mustAsk(m)) ask(m, answer);
  const i = m.incident;
  const answered = m.facts.length;
  // docs/rules.md#rule-11: one tick tells at most one thing of an incident beside what was answered, in this order.
  const steps: ((m: Model, i: Incident, answer: Answer) => 'notified' | void)[] = [
    tellDoubts,
    endMute,
    callTier,
    payOwed,
    endFlapping,
    remind,
  ];
  let notified = false;
  for (const step of steps)
    if (i && !notified) notified = step(m, i, answer) === 'notified' || m.facts.length > answered;
  endMaintenances(m);
  if (m.former && m.at - m.former.changedAt >= CALM) {
    tell(m, m.former, 'resolved', { interrupts: false }); // docs/rules.md#rule-6: the summary of an episode that is over
    m.former = undefined;
  }
}

/** Maintenance: one that was ended by hand pages at the tick after this one. */
function endMaintenances(m: Model): void {
  for (const [id, { until }] of m.maintenances) {
    if (until > m.at) continue;
    m.maintenances.delete(id);
    const mute = m.incident?.mute;
    if (mute && mute.since <= until) mute.until = Math.min(mute.until, until);
  }
}

/** docs/rules.md#rule-10: while all is silenced, or due after the first answer that lacks all, what a tick would tell waits. */
function waits(m: Model, i: Incident, answer: Answer): boolean {
  if (i.pausedAt !== undefined) return true;
  if (i.roundAt === undefined || answer.kind !== 'answer') return false;
  if (i.cutOff && i.cutMissingSince === undefined) return false;
  return sureAlerts(m).every(({ missing }) => missing);
}

function endMute(m: Model, i: Incident, answer: Answer): void {
  if (!i.mute || m.at < i.mute.until) return;
  if (!isUp(m, i)) i.mute = undefined;
  else if (!waits(m, i, answer)) liftMute(m, i);
}

type Notice = { reason: 'reminder' | 'escalated'; tier: 1 | 2 | 3; at: Millis };

/** docs/rules.md#rule-10, #rule-11: the reminder and the tiers to come; none while silent, paused or muted. */
function notices(m: Model, i: Incident): Notice[] {
  if (!isUp(m, i) || i.mute || i.pausedAt !== undefined) return [];
  const policy = m.policy.escalation[i.severity]; // docs/rules.md#rule-11: for the severity of that moment
  if (!policy) return [];
  const { clock = m.at, remindFrom, called } = i;
  const stopped = policy.acknowledgeStopsTiers && !isNews(m, i);
  const tiers = stopped ? [] : policy.tiers.filter(({ tier }) => tier > called);
  const all: Notice[] = tiers.map(({ tier, after }) => ({ reason: 'escalated', tier, at: clock + after }));
  const remindAt = (remindFrom ?? Infinity) + policy.acknowledgeWithin;
  return remindFrom === undefined ? all : [...all, { reason: 'reminder', tier: 1, at: remindAt }];
}

function mustAsk(m: Model): boolean {
  const i = m.incident;
  const since = (time: Millis | undefined, age: Millis) => time !== undefined && m.at - time >= age;
  if (!i) return false;
  // docs/rules.md#rule-5, #rule-12: what was cut off, at the tick after news of it, then every five minutes.
  const list = i.cutOff && (i.askedAt <= i.newsAt || since(i.askedAt, FIVE));
  if (!i.open) return i.byHandAt !== undefined && list;
  // docs/rules.md#rule-5: doubts.
  if (list || firingAlerts(m).some((alert) => since(alert.doubtSince, ASK_AFTER))) return true;
  if (i.silent && since(i.cutDoubtSince, ASK_AFTER)) return true;
  // docs/rules.md#rule-10: nothing heard; the second of two answers; every five minutes while all is silenced.
  if (since(Math.max(i.heardAt, i.askedAt), m.policy.staleAfter) || since(i.roundAt, FIVE)) return true;
  if (!isUp(m, i)) return false;
  if (i.mute && m.at >= i.mute.until) return true;
  if (i.pausedAt !== undefined) return since(i.askedAt, FIVE);
  if ((i.owed && gapIsOver(m, i)) || (i.flapping && since(i.changedAt, CALM))) return true;
  // docs/rules.md#rule-10: six minutes ahead of a reminder or tier, and again when it is due.
  return notices(m, i).some(({ at }) => m.at >= at || (m.at >= at - SIX && i.askedAt < at - SIX));
}

/** What one answer ends: whether anything is gone by it, and so whether the incident is closed. */
function ask(m: Model, answer: Answer): void {
  const i = m.incident;
  if (!i || answer.kind === 'down') return;
  if (answer.kind === 'answer') i.askedAt = m.at;
  const repeats = repeatsByList(m, i, answer);
  // docs/rules.md#rule-5: what was cut off is taken in as if a webhook had notified it; where nothing was, a list adds no alert.
  const doubts = firingAlerts(m).filter(({ doubtSince }) => doubtSince !== undefined);
  // Of what is known to fire it changes nothing.
  const sure = new Set(sureAlerts(m).map(({ name }) => name));
  const isDoubted = (name: string) => doubts.some((alert) => alert.name === name);
  const taken = answer.active.filter(({ name }) => isDoubted(name) || (i.cutOff && !sure.has(name)));
  const unknown = i.cutOff && hasUnknown(m, answer);
  const active = new Set(answer.active.map(({ name }) => name));
  const heard = taken.map((report) => {
    return hear(m.alerts, { ...report, status: 'firing' }, m.at, isDoubted(report.name) ? 'answer' : 'list');
  });
  const wakes = !isUp(m, i) && (i.silent || repeats || heard.some(({ change }) => change !== 'none'));
  const isGone = answer.kind === 'answer' && !wakes && count(m, i, answer, unknown);
  for (const alert of answer.kind === 'answer' ? doubts : []) {
    // docs/rules.md#rule-5: absent or silenced, by any answer.
    if (!active.has(alert.name) && alert.doubtSince !== undefined) endAlert(alert, false);
  }
  // What only a webhook that was cut off holds open ends silently, by any answer.
  if (i.silent && answer.kind === 'answer' && !unknown) i.cutOff = false;
  if (repeats) return reopen(m, i, 'reopened');
  // docs/rules.md#rule-12: a list is no repeat.
  const news = heard.filter(({ change }) => change !== 'none');
  settle(m, news, isGone ? 'closed' : 'resolved');
  if (isUp(m, i)) pauseOrGoOn(m, i, answer);
}

/** docs/rules.md#rule-12: a list counts as a repeat only of alerts that no webhook has named. */
function repeatsByList(m: Model, i: Incident, answer: Exclude<Answer, { kind: 'down' }>): boolean {
  const over = i.byHandAt !== undefined && m.at - i.byHandAt > m.policy.reopenWindow;
  const isRepeat = (name: string) => sureAlerts(m).some((alert) => alert.name === name && !alert.named);
  return over && answer.active.some(({ name }) => isRepeat(name));
}

/** docs/rules.md#rule-5: whether Alertmanager has anything that no webhook says fires. */
function hasUnknown(m: Model, answer: Exclude<Answer, { kind: 'down' }>): boolean {
  const listed = [
    ...answer.active.map(({ name }) => name),
    ...(answer.kind === 'answer' ? answer.silenced : []),
  ];
  const known = new Set(firingAlerts(m).flatMap(({ name, named }) => (named ? name : [])));
  return listed.some((name) => !known.has(name));
}

/** docs/rules.md#rule-10: the first or the second of two answers, five minutes apart. Whether any alert is gone by it. */
function count(m: Model, i: Incident, answer: Answer & { kind: 'answer' }, unknown: boolean): boolean {
  const listedNames = new Set([...answer.active.map(({ name }) => name), ...answer.silenced]);
  const second = i.roundAt !== undefined && m.at - i.roundAt >= FIVE;
  const counts = i.roundAt === undefined || second;
  let gone = false;
  for (const alert of sureAlerts(m)) {
    const absent = !listedNames.has(alert.name);
    // docs/rules.md#rule-5: Alertmanager's word outweighs the end that is known.
    if (!absent && (alert.end ?? -Infinity) >= (alert.start ?? 0)) alert.outweighed = alert.end;
    if (absent && alert.missing && second) {
      endAlert(alert, true);
      gone = true;
    } else alert.missing = absent && (alert.missing || counts);
  }
  // docs/rules.md#rule-5: what was cut off, and the severity that it may have.
  if (i.cutOff) {
    i.cutMissingSince = unknown ? undefined : (i.cutMissingSince ?? m.at);
    if (i.cutMissingSince !== undefined && m.at - i.cutMissingSince >= FIVE) i.cutOff = false;
  }
  const sure = sureAlerts(m);
  const [now, listed] = [highest(sure), highest(sure.filter(({ name }) => listedNames.has(name)))];
  const isMilder = i.cutOff && (listed === undefined || exceeds(i.severity, listed));
  if (isMilder && i.heldMissing && second && now && i.open) i.severity = now;
  i.heldMissing = isMilder && (i.heldMissing || counts);
  const isHeld = i.cutOff && now !== undefined && exceeds(i.severity, now);
  const missing = sure.some((alert) => alert.missing) || isHeld;
  if (!missing && !(i.cutOff && i.cutMissingSince !== undefined)) i.roundAt = undefined;
  else if (counts) i.roundAt = m.at;
  return gone;
}

/** docs/rules.md#rule-10: when everything that fires is silenced, tiers and reminders pause. */
function pauseOrGoOn(m: Model, i: Incident, answer: Exclude<Answer, { kind: 'down' }>): void {
  const firing = sureAlerts(m);
  const names = answer.kind === 'answer' ? answer.silenced : [];
  const isKnown = i.cutOff ? answer.active.length === 0 && names.length > 0 : firing.length > 0;
  const was = i.pausedAt;
  if (isKnown && firing.every(({ name }) => names.includes(name))) i.pausedAt ??= m.at;
  // A peer that answers while another does not is no answer, except for what it lists as active.
  else if (answer.kind === 'answer' || answer.active.length > 0) endPause(m, i);
  if (was !== i.pausedAt) edit(m, i);
}

/** docs/rules.md#rule-5: without an answer it is notified at six minutes as unverified, and fires like any other from then on. */
function tellDoubts(m: Model, i: Incident): 'notified' | undefined {
  const doubts = firingAlerts(m).filter(({ doubtSince }) => doubtSince !== undefined);
  const since = [...doubts.map(({ doubtSince }) => doubtSince), i.silent ? i.cutDoubtSince : undefined];
  if (!i.open || !since.some((time) => m.at - (time ?? m.at) >= SIX)) return undefined;
  for (const alert of doubts) alert.doubtSince = undefined;
  if (i.silent) reopen(m, i, 'unverified');
  // It pages where a new firing would.
  else
    settle(
      m,
      doubts.map((alert) => ({ alert, change: 'new', gone: false, later: false })),
      'resolved',
      'unverified',
    );
  return 'notified';
}

function callTier(m: Model, i: Incident, answer: Answer): void {
  const due = notices(m, i).filter(({ at, reason }) => at <= m.at && reason === 'escalated');
  // docs/rules.md#rule-11: of the highest tier that is due.
  const next = due.toSorted((a, b) => b.tier - a.tier)[0];
  if (!next || waits(m, i, answer)) return;
  if (!mutes(m, i)) tell(m, i, next.reason, { tier: next.tier });
  // docs/rules.md#rule-11: a tier covers the reminder and pages that wait.
  Object.assign(i, { called: next.tier, owed: undefined, remindFrom: undefined });
}

function remind(m: Model, i: Incident, answer: Answer): void {
  const due = notices(m, i).some(({ at, reason }) => at <= m.at && reason === 'reminder');
  if (!due || waits(m, i, answer) || !isNews(m, i)) return;
  i.remindFrom = undefined; // docs/rules.md#rule-11: once
  if (!mutes(m, i)) tell(m, i, 'reminder');
}

/** docs/rules.md#rule-2, #rule-3: what waits is paged at the first tick after five minutes, unless it is over by then. */
function payOwed(m: Model, i: Incident, answer: Answer): void {
  if (!isUp(m, i) || !i.owed || !gapIsOver(m, i) || waits(m, i, answer)) return;
  const { raise, names } = i.owed;
  const now = highest(sureAlerts(m));
  i.owed = undefined;
  if (raise && now && !exceeds(raise, now)) page(m, i, 'raised');
  else if (i.ack && sureAlerts(m).some(({ name }) => names.includes(name))) page(m, i, 'joined');
}

/** docs/rules.md#rule-6: after 15 minutes without a resolve or reopen one summary follows, once nothing is in doubt. */
function endFlapping(m: Model, i: Incident, answer: Answer): void {
  if (!i.flapping || m.at - i.changedAt < CALM || i.silent) return;
  if (i.open && waits(m, i, answer)) return;
  i.flapping = false;
  // If it still fires, it pages, acknowledged or not; webhook.md: with the reason `reopened`.
  if (i.open) return page(m, i, 'reopened', { tier: i.called });
  if (i.notified) tell(m, i, 'resolved', { interrupts: false });
  Object.assign(i, { notified: false, remindFrom: undefined });
}
