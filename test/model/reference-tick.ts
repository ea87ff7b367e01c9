/** What a tick decides: asking Alertmanager, doubts, tiers, the end of flapping: rules 5, 6, 10, 11, 12, Maintenance. */
import type { Answer, Escalation, Fact, Millis } from './history.ts';
import { endAlert, hear, MINUTE, type AlertMemory, type Heard } from './reference-alerts.ts';
import {
  covered, exceeds, firingAlerts, firingNames, inDoubt, may, mayPage, must, mutes, page, PAGE_GAP, reopen, settle,
  currentSeverity, tellNews, toldSeverity, type Incident, type Model,
} from './reference-incident.ts';

const ASK_AFTER = 2 * MINUTE;
const UNVERIFIED_AFTER = 6 * MINUTE;
const LOOKS_APART = 5 * MINUTE;
const CALM = 15 * MINUTE;
const ANY_PAGE: Fact['reason'][] = ['opened', 'joined', 'raised', 'reopened', 'unverified', 'updated', 'reminder', 'escalated'];

export function tick(m: Model, answer: Answer): void {
  endMaintenances(m);
  const due = dueNotice(m);
  const asked = mustAsk(m, due !== undefined);
  if (asked) ask(m, answer);
  else if (perhapsAsks(m) && disagrees(m, answer)) m.unsure = true;
  const i = m.incident;
  if (i) {
    tellDoubts(m, i, asked && answer.kind === 'answer');
    payOwed(m, i);
    endFlapping(m, i);
    notices(m, i, answer);
  }
  m.lastTick = m.at;
}

/** Rules 5, 10 and 12. */
function mustAsk(m: Model, noticeDue: boolean): boolean {
  if (m.listDue) return true;
  const i = m.incident;
  if (!i) return false;
  if (!i.open) {
    // Rule 12: where alerts were cut off, at the next tick and then every five minutes. Unclear in rules.md: until when.
    if (i.askedByHandAt === undefined || i.byHandAt === undefined || m.at - i.askedByHandAt < LOOKS_APART) return false;
    i.askedByHandAt = m.at;
    return true;
  }
  const ages = (times: (Millis | undefined)[], age: Millis) => times.some((t) => t !== undefined && m.at - t >= age);
  const firing = firingAlerts(m);
  // Unclear in rules.md: whether an unverified alert is asked about further. Here it is, at every tick.
  // Unclear in rules.md: what asks for the second look. Here every absence is looked at again after five minutes.
  return (
    noticeDue ||
    ages(firing.map((alert) => alert.doubtSince), ASK_AFTER) ||
    ages([i.lookAt], LOOKS_APART) ||
    (i.cutOff && (i.askedAt <= i.touchedAt || m.at - i.askedAt >= LOOKS_APART)) ||
    m.at - i.heardAt >= m.policy.staleAfter
  );
}

/** Takes in an answer as a whole. */
function ask(m: Model, answer: Answer): void {
  if (answer.kind === 'down') return;
  // Rule 10: what it lists as active fires, even of a part of the peers. What no webhook has told is taken in only where
  // something was cut off (rule 5).
  const before = { severity: currentSeverity(m), firing: firingNames(m) };
  const known = answer.active.filter(({ name }) => m.listDue || m.incident?.cutOff || m.alerts.get(name)?.firing);
  const heard: Heard[] = known.map((report) => hear(m.alerts, { ...report, status: 'firing' }, m.at, true));
  if (heard.length > 0 && m.incident) m.incident.heardAt = m.at;
  const complete = answer.kind === 'answer';
  if (complete) {
    const listed = new Set([...answer.active.map((report) => report.name), ...answer.silenced]);
    for (const alert of look(m, listed)) {
      endAlert(alert, true);
      heard.push({ name: alert.name, firing: false, change: 'ended' });
    }
    if (m.incident) Object.assign(m.incident, { heardAt: m.at, askedAt: m.at });
    m.listDue = false;
  }
  settle(m, heard, before, { truncated: 0, resolves: false, answer: complete });
}

/**
 * The alerts that are gone. Rule 10: two looks of the whole incident, at least five minutes apart. Rule 5: one answer
 * resolves an unconfirmed alert.
 */
function look(m: Model, listed: Set<string>): AlertMemory[] {
  const i = m.incident;
  const gone = firingAlerts(m).filter((alert) => inDoubt(alert) && !listed.has(alert.name));
  if (!i) return gone;
  const isSecond = i.lookAt !== undefined && m.at - i.lookAt >= LOOKS_APART;
  const isNew = i.lookAt === undefined || isSecond;
  const certain = firingAlerts(m).filter((alert) => !inDoubt(alert));
  for (const alert of certain) {
    if (listed.has(alert.name)) alert.missingSince = undefined;
    else if (isSecond && alert.missingSince !== undefined) gone.push(alert);
    else if (isNew) alert.missingSince ??= m.at;
  }
  const waits = certain.some((alert) => alert.missingSince !== undefined && !gone.includes(alert));
  const waitsForCut = lookForCutOff(m, i, listed);
  const holds = i.cutOff && exceeds(m.severity, toldSeverity(m)) && !isSecond;
  m.secondLook = isSecond;
  if (!waits && !waitsForCut && !holds) i.lookAt = undefined;
  else if (isNew) i.lookAt = m.at;
  return gone;
}

/** Whether what was cut off was absent once, and is looked for again. After a second such answer none of it fires. */
function lookForCutOff(m: Model, i: Incident, listed: Set<string>): boolean {
  if (!i.cutOff) return false;
  const isListed = [...listed].some((name) => !m.alerts.get(name)?.firing || m.alerts.get(name)?.listedOnly);
  if (isListed) i.cutMissingSince = undefined;
  if (isListed) return false;
  i.cutMissingSince ??= m.at;
  i.cutOff = m.at - i.cutMissingSince < LOOKS_APART;
  return i.cutOff;
}

/** Rule 5: without an answer it pages at six minutes as unverified. */
function tellDoubts(m: Model, i: Incident, answered: boolean): void {
  const old = firingAlerts(m).filter((alert) => inDoubt(alert) && m.at - (alert.doubtSince ?? m.at) >= UNVERIFIED_AFTER);
  if (!i.open || old.length === 0) return;
  // Unclear in rules.md: Alertmanager says that the unconfirmed alert is silenced: neither active nor absent.
  if (answered) return mayPage(m, 'unverified', { or: ['reopened', 'joined'] });
  const before = toldSeverity(m);
  for (const alert of old) alert.doubtTold = alert.everFired = true;
  const now = toldSeverity(m);
  if (i.silent) return reopen(m, i, 'unverified', { or: ['reopened'] });
  for (const { name } of old) i.joined.add(name);
  tellNews(m, i, 'unverified', exceeds(now, before));
}

/** Rule 3: pages that the five minutes put off. */
function payOwed(m: Model, i: Incident): void {
  if (!i.owed || !i.open || m.at < i.owed.at) return;
  const { reason } = i.owed;
  i.owed = undefined;
  if (!covered(m, i)) page(m, i, reason);
}

/** Rule 6: after 15 minutes without a change one summary follows. */
function endFlapping(m: Model, i: Incident): void {
  if (!i.flapping || m.at - i.changedAt < CALM) return;
  // Unclear in rules.md: whether a change of some of its alerts, while others fire, is a change.
  if (m.at - i.touchedAt < CALM) return void (may(m, 'reopened'), may(m, 'resolved'));
  if (i.silent) m.unsure = true; // Unclear in rules.md: an unconfirmed firing as the flapping ends.
  const more = i.touchedAt > i.changedAt ? { unlessToldSince: i.changedAt + CALM } : {};
  Object.assign(i, { flapping: false, reopens: [] });
  // If it still fires, it pages, acknowledged or not; programs get the reason `reopened` (webhook.md).
  if (i.open) return page(m, i, 'reopened', more);
  // Unclear in rules.md: flapping that ended by hand, or under a maintenance, or was never told.
  const sure = i.byHandAt === undefined && i.everTold && m.maintenances.size === 0;
  (sure ? must : may)(m, 'resolved', { or: ['closed'], ...more });
  Object.assign(i, { told: false, pages: [], remindedAt: undefined });
}

type Notice = { reason: 'reminder' | 'escalated'; tier: 1 | 2 | 3; since: Millis; sure: boolean };

/** Rules 10 and 11: the one notice that is due, by the latest reading of its time; `early`: by the earliest. */
function dueNotice(m: Model, early = false): Notice | undefined {
  const i = m.incident;
  if (!i?.open || i.silent || !i.told || mutes(m, firingNames(m))) return undefined; // Maintenance: no tiers
  const policy = m.policy.escalation[currentSeverity(m) ?? m.severity];
  return policy && (dueTier(m, i, policy, early) ?? dueReminder(m, i, policy));
}

function dueTier(m: Model, i: Incident, policy: Escalation, early: boolean): Notice | undefined {
  // Unclear in rules.md: rule 2's example calls L2 "if nobody acknowledges", escalation.yaml goes on for criticals.
  if (policy.acknowledgeStopsTiers && covered(m, i)) return undefined;
  const clock = early ? i.earliest : i.clock;
  if (clock === undefined) return undefined;
  // Rule 11: of the highest tier that is due; none leaves early.
  const due = policy.tiers.filter(({ tier, after }) => tier > i.called && clock + after <= m.at);
  const last = due.sort((a, b) => b.tier - a.tier)[0];
  // Unclear in rules.md: whether a clock that starts again calls again whom this episode has called before.
  return last && {
    reason: 'escalated', tier: last.tier, since: (i.earliest ?? clock) + last.after, sure: last.tier > i.calledEver,
  };
}

function dueReminder(m: Model, i: Incident, policy: Escalation): Notice | undefined {
  const last = i.pages.at(-1);
  if (last === undefined || covered(m, i)) return undefined;
  // Rule 11: counted from the last page, once for it.
  if (last + policy.acknowledgeWithin > m.at) return undefined;
  if (i.remindedAt !== undefined && i.remindedAt >= last) return undefined;
  return { reason: 'reminder', tier: 1, since: last + policy.acknowledgeWithin, sure: true };
}

function perhapsAsks(m: Model): boolean {
  return dueNotice(m, true) !== undefined;
}
function disagrees(m: Model, answer: Answer): boolean {
  if (answer.kind === 'down') return false;
  const active = answer.active.map((report) => report.name).sort().join();
  return active !== firingNames(m).join() || firingAlerts(m).some(inDoubt);
}

/** Rules 10 and 11: what leaves now, by what Alertmanager has said. */
function notices(m: Model, i: Incident, answer: Answer): void {
  const early = dueNotice(m, true);
  if (!dueNotice(m)) return early && may(m, early.reason, { tier: early.tier });
  const firing = firingAlerts(m);
  const active = answer.kind !== 'down' && answer.active.length > 0;
  if (i.pausedAt !== undefined && active && i.clock !== undefined) {
    // Unclear in rules.md: whether a pause only holds tiers back or adds its length. `earliest` keeps the first reading.
    i.clock += m.at - i.pausedAt;
    i.pausedAt = undefined;
  }
  const due = dueNotice(m);
  if (!due) return early && may(m, early.reason, { tier: early.tier });
  if (!active && answer.kind === 'answer' && firing.some((alert) => answer.silenced.includes(alert.name))) {
    // Rule 10: silenced is not gone; tiers pause, and that is said once. Unclear in rules.md: as what; reminders too?
    if (i.pausedAt === undefined) may(m, 'updated');
    i.pausedAt ??= m.at;
    return due.reason === 'reminder' ? may(m, 'reminder') : undefined;
  }
  // Unclear in rules.md: no answer while tiers pause.
  if (i.pausedAt !== undefined && !active) return may(m, due.reason, { tier: due.tier });
  const waits = !active && firing.length > 0 && firing.every((alert) => alert.missingSince !== undefined);
  if (waits && (answer.kind === 'answer' || m.at - (i.heldSince ?? m.at) < LOOKS_APART)) {
    // Unclear in rules.md: when the first look before a notice is: five minutes ahead, or when it is due, which then waits
    // for the second. Here the latter; the close may come earlier, and without a second answer so may the notice.
    i.heldSince ??= m.at;
    may(m, 'closed');
    if (answer.kind !== 'answer') may(m, due.reason, { tier: due.tier });
    m.unsureNow = true;
    return;
  }
  const since = i.heldSince ?? due.since;
  (due.sure ? must : may)(m, due.reason, { tier: due.tier, ...(since < m.at ? { unlessToldSince: since } : {}) });
  Object.assign(i, { heldSince: undefined, remindedAt: m.at });
  if (due.reason === 'escalated') Object.assign(i, { owed: undefined, called: due.tier, calledEver: Math.max(i.calledEver, due.tier) });
}

/** Maintenance: when it ends, an incident that still fires pages. */
export function endMaintenances(m: Model, isTick = true): void {
  for (const [id, maintenance] of m.maintenances) {
    const { names, until } = maintenance;
    if (until > m.at) continue;
    // It pages in the tick after the end, or in the one after that.
    const isSure = isTick && maintenance.ticks > 0;
    if (isTick) maintenance.ticks += 1;
    if (isSure) m.maintenances.delete(id);
    const i = m.incident;
    const firing = firingNames(m);
    if (!i?.open || i.silent || !firing.every((name) => names.has(name)) || mutes(m, firing)) continue;
    // Unclear in rules.md: with which reason; whether also when it is acknowledged, or was told before; and whether at once
    // when somebody ends it, or at the next tick.
    if (!isSure || i.ack || !i.muted) mayPage(m, 'reopened', { or: ANY_PAGE });
    // Unclear in rules.md: tiers "do not run": paused, or from the start at this page? `earliest` keeps the old clock.
    if (isTick && i.muted) i.clock = i.clock && m.at;
    if (isSure && !i.ack && i.muted) page(m, i, 'opened', { or: ANY_PAGE, unlessToldSince: until });
  }
}
