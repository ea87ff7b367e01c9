/** What a tick decides: asking, doubts, tiers, the end of flapping: rules 5, 6, 10, 11 and Maintenance. */
import type { Answer, Millis } from './history.ts';
import { type AlertMemory, endAlert, hear, MINUTE } from './reference-alerts.ts';
import {
  endPause,
  exceeds,
  FIVE,
  firingAlerts,
  gapIsOver,
  highest,
  type Incident,
  type Model,
  mutes,
  page,
  reopen,
  restartClock,
  rise,
  settle,
  sureAlerts,
  tell,
} from './reference-incident.ts';

const ASK_AFTER = 2 * MINUTE;
const SIX = 6 * MINUTE;
const CALM = 15 * MINUTE;

export function tick(m: Model, answer: Answer): void {
  endMaintenances(m);
  if (mustAsk(m)) ask(m, answer);
  const i = m.incident;
  // Rule 11: one tick tells at most one thing of an incident; what else is due follows at the next.
  const steps = [tellOpened, tellDoubts, notice, endFlapping, payOwed, notice];
  const answered = m.facts.length;
  steps.forEach((step, n) => i && m.facts.length === answered && step(m, i, answer, n === steps.length - 1));
  if (m.former && m.at - m.former.changedAt >= CALM) {
    tell(m, m.former, 'resolved', { interrupts: false }); // rule 6: the summary of an episode that is over
    m.former = undefined;
  }
}

/** Maintenance: when it ends, what still fires pages as `opened`, and its tier clock starts again. */
function endMaintenances(m: Model): void {
  const i = m.incident;
  const muted = i?.muted && !mutes(m);
  for (const [id, { until }] of m.maintenances) if (until <= m.at) m.maintenances.delete(id);
  if (!i?.open || i.silent || !muted) return;
  restartClock(m, i);
  Object.assign(i, { openedDue: true, remindFrom: undefined });
}

function tellOpened(m: Model, i: Incident): void {
  if (!i.open || !i.openedDue) return;
  i.openedDue = false;
  // Maintenance: if it was acknowledged, that is an edit.
  if (!i.ack) return page(m, i, 'opened');
  i.told = true;
  i.clock ??= m.at;
}

type Notice = { reason: 'reminder' | 'escalated'; tier: 1 | 2 | 3; at: Millis };

/** Rules 10 and 11: the reminder and the tiers to come; none while silent, paused or muted. */
function notices(m: Model, i: Incident): Notice[] {
  if (!i.open || i.silent || !i.told || i.pausedAt !== undefined || mutes(m)) return [];
  const policy = m.policy.escalation[i.severity]; // rule 11: for the severity of that moment
  if (!policy) return [];
  const { clock, remindFrom, called } = i;
  const stopped = clock === undefined || (policy.acknowledgeStopsTiers && i.ack !== undefined);
  const tiers = stopped ? [] : policy.tiers.filter(({ tier }) => tier > called);
  const start = clock ?? m.at;
  const all: Notice[] = tiers.map(({ tier, after }) => ({ reason: 'escalated', tier, at: start + after }));
  const remindAt = (remindFrom ?? Infinity) + policy.acknowledgeWithin;
  return remindFrom === undefined ? all : [...all, { reason: 'reminder', tier: 1, at: remindAt }];
}

function mustAsk(m: Model): boolean {
  const i = m.incident;
  const since = (time: Millis | undefined, age: Millis) => time !== undefined && m.at - time >= age;
  // Rules 5 and 12: what was cut off, at the next tick, then every five minutes.
  const list = since(m.listAskedAt, FIVE);
  if (list) m.listAskedAt = m.at;
  if (!i?.open) return list;
  // Rule 10: six minutes ahead of a reminder or tier, and again when it is due.
  const near = notices(m, i).filter(({ at }) => m.at >= at || (m.at >= at - SIX && !i.looked.has(at)));
  for (const { at } of near) i.looked.add(at);
  const firing = firingAlerts(m);
  const asks =
    list ||
    near.length > 0 ||
    since(i.heardAt, m.policy.staleAfter) || // rule 10
    (i.pausedAt !== undefined && since(i.askedAt, FIVE)) || // rule 10
    firing.some((alert) => since(alert.doubtSince, ASK_AFTER)) || // rule 5
    firing.some((alert) => since(alert.missingSince, FIVE)); // unclear: what asks for the second look
  if (asks) i.askedAt = m.at;
  return asks;
}

/** Rule 5: none of its alerts in two answers, five minutes apart; then nothing is unknown any more. */
function settleCutOff(m: Model, i: Incident, answer: Answer & { kind: 'answer' }): void {
  const none = answer.active.length === 0 && answer.silenced.length === 0;
  i.cutMissingSince = none ? (i.cutMissingSince ?? m.at) : undefined;
  if (i.cutMissingSince !== undefined && m.at - i.cutMissingSince >= FIVE) i.cutOff = false;
}

function ask(m: Model, answer: Answer): void {
  if (answer.kind === 'down') return;
  // Rules 5 and 10: what it lists as active fires, even when only some peers answer.
  // Rule 5: where nothing was cut off, a list adds no alert.
  const taken = answer.active.filter(({ name }) => m.listAskedAt !== undefined || m.alerts.get(name)?.firing);
  const heard = taken.map((report) => hear(m.alerts, { ...report, status: 'firing' }, m.at, true));
  const active = new Set(answer.active.map(({ name }) => name));
  let end: 'resolved' | 'closed' = 'resolved';
  if (answer.kind === 'answer') {
    if (m.incident) m.incident.heardAt = m.at;
    if (m.incident?.cutOff) settleCutOff(m, m.incident, answer);
    for (const alert of firingAlerts(m)) {
      if (active.has(alert.name)) continue;
      if (alert.doubtSince !== undefined)
        endAlert(alert, false); // rule 5: absent or silenced, by any answer
      else if (isGone(m, alert, answer.silenced)) {
        endAlert(alert, true);
        end = 'closed'; // rule 10
      }
    }
    if (!m.incident?.cutOff) m.listAskedAt = undefined;
  }
  settle(m, heard, end);
  if (m.incident?.open) pauseOrGoOn(m, m.incident, answer);
}

/** Rule 10: gone when absent from two answers five minutes apart. */
function isGone(m: Model, alert: AlertMemory, silenced: string[]): boolean {
  alert.missingSince = silenced.includes(alert.name) ? undefined : (alert.missingSince ?? m.at);
  return alert.missingSince !== undefined && m.at - alert.missingSince >= FIVE;
}

/** Rule 10: when everything that fires is silenced, tiers and reminders pause. */
function pauseOrGoOn(m: Model, i: Incident, answer: Exclude<Answer, { kind: 'down' }>): void {
  const firing = sureAlerts(m);
  const names = answer.kind === 'answer' ? answer.silenced : [];
  if (firing.length > 0 && firing.every(({ name }) => names.includes(name))) i.pausedAt ??= m.at;
  // A peer that answers while another does not is no answer, except for what it lists as active.
  else if (answer.kind === 'answer' || answer.active.length > 0) endPause(m, i);
}

/** Rule 5: without an answer it pages at six minutes as unverified, and fires like any other from then on. */
function tellDoubts(m: Model, i: Incident): void {
  const old = firingAlerts(m).filter(({ doubtSince }) => m.at - (doubtSince ?? m.at) >= SIX);
  if (!i.open || old.length === 0) return;
  const believe = () => old.forEach((alert) => (alert.doubtSince = undefined));
  if (i.silent) {
    if (i.ack && !i.flapping) m.unsure = true; // Unclear: acknowledged while it was silent.
    believe();
    return reopen(m, i, 'unverified');
  }
  const pages = old.some(({ name }) => !i.ack?.covered.has(name)); // rule 3: a covered alert never pages
  if (i.ack && pages && !gapIsOver(m, i)) return; // rule 3: at most once in five minutes
  believe();
  const risen = rise(m, i);
  if (pages || risen === 'starts') page(m, i, 'unverified');
}

/** Rules 10 and 11: a tier; as the last step a reminder. */
function notice(m: Model, i: Incident, answer: Answer, isLast: boolean): void {
  const due = notices(m, i).filter(({ at, reason }) => at <= m.at && (isLast || reason === 'escalated'));
  // Rule 11: of the highest tier that is due.
  const next = due.toSorted((a, b) => b.tier - a.tier)[0];
  if (!next) return;
  // Rule 10: due after the first answer that lacks all, it waits for the second.
  const firing = sureAlerts(m);
  const unknown = i.cutOff ? i.cutMissingSince : undefined;
  const missing = firing.length > 0 ? firing.map(({ missingSince }) => missingSince) : [unknown];
  const waits = (time: Millis) => answer.kind === 'answer' || m.at - time < FIVE;
  if (missing.every((time) => time !== undefined && waits(time))) return;
  tell(m, i, next.reason, { tier: next.tier });
  // Rule 11: once; a tier covers the reminder and pages that wait.
  Object.assign(i, { remindFrom: undefined, lastPage: m.at });
  if (next.reason === 'reminder') return;
  Object.assign(i, { called: next.tier, owed: undefined });
  if (next.tier > i.calledEver) i.calledEver = next.tier;
}

/** Rules 2 and 3: what waits is paged at the first tick after five minutes, unless it is over by then. */
function payOwed(m: Model, i: Incident): void {
  if (!i.open || !i.owed || !gapIsOver(m, i)) return;
  const { raise, names } = i.owed;
  const now = highest(sureAlerts(m));
  i.owed = undefined;
  if (raise && now && !exceeds(raise, now)) page(m, i, 'raised');
  else if (i.ack && sureAlerts(m).some(({ name }) => names.includes(name))) page(m, i, 'joined');
}

/** Rule 6: after 15 minutes without a resolve or reopen one summary follows. */
function endFlapping(m: Model, i: Incident): void {
  if (!i.flapping || m.at - i.changedAt < CALM) return;
  if (i.silent) m.unsure = true; // Unclear: whether an unconfirmed firing "still fires" here.
  i.flapping = false;
  // If it still fires, it pages, acknowledged or not; webhook.md: with the reason `reopened`.
  if (i.open) return page(m, i, 'reopened', { tier: i.calledEver });
  if (i.told) tell(m, i, 'resolved', { interrupts: false });
  Object.assign(i, { told: false, remindFrom: undefined });
}
