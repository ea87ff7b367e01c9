/** The incident and what people are told of it: rules 2, 3, 4, 6, 7, 12 and Maintenance. */
import type { Fact, Millis, Policy, Severity } from './history.ts';
import { MINUTE, type AlertMemory, type Heard } from './reference-alerts.ts';

export const PAGE_GAP = 5 * MINUTE;
const HOUR = 60 * MINUTE;
const RANK: Record<Severity, number> = { info: 0, warning: 1, critical: 2 };
type Reason = Fact['reason'];

export type Incident = {
  episode: number;
  open: boolean;
  /** Only unconfirmed alerts have reopened it (rule 5). */
  silent: boolean;
  /** People believe that it fires. `everTold`: they have heard of this episode. */
  told: boolean;
  everTold: boolean;
  /** By Alertmanager's answers, without an end of its alerts. */
  closed: boolean;
  resolvedAt: Millis;
  byHandAt: Millis | undefined;
  ack: { at: Millis; severity: Severity; names: Set<string> } | undefined;
  /** Names of its alerts so far. */
  joined: Set<string>;
  lastPage: Millis;
  perhapsPaged: Millis;
  /** Pages since the last acknowledgement, for the reminder. */
  pages: Millis[];
  remindedAt: Millis | undefined;
  /** The tier clock by the latest start that rules.md allows, and by the earliest. */
  clock: Millis | undefined;
  earliest: Millis | undefined;
  called: number;
  calledEver: number;
  pausedAt: Millis | undefined;
  /** A maintenance has muted a page or a tier of it. */
  muted: boolean;
  hadUntil: Map<Severity, Millis>;
  reopens: Millis[];
  formerReopens: Millis[];
  flapping: boolean;
  changedAt: Millis;
  touchedAt: Millis;
  owed: { at: Millis; reason: 'raised' | 'joined' } | undefined;
  perhapsResolvedAt: Millis | undefined;
  heldSince: Millis | undefined;
  cutOff: boolean;
  /** Rule 10: when the first of two looks was; when Alertmanager last listed nothing that was cut off. */
  lookAt: Millis | undefined;
  cutMissingSince: Millis | undefined;
  askedAt: Millis;
  askedByHandAt: Millis | undefined;
  heardAt: Millis;
};

export type Model = {
  policy: Policy;
  alerts: Map<string, AlertMemory>;
  incident: Incident | undefined;
  maintenances: Map<string, { names: Set<string>; until: Millis; ticks: number }>;
  /** The webhook that arrives now was cut off. */
  cutNow: boolean;
  /** Rule 5: something was cut off, so Alertmanager's list is taken in at the next tick. */
  listDue: boolean;
  lastTick: Millis;
  severity: Severity;
  at: Millis;
  facts: Fact[];
  optional: Fact[];
  unsure: boolean;
  unsureNow: boolean;
  /** The answer of now was the second look. */
  secondLook: boolean;
};

export type Before = { severity: Severity | undefined; firing: string[] };
export type From = { truncated: number; resolves: boolean; answer: boolean };

export const firingAlerts = (m: Model) => [...m.alerts.values()].filter((alert) => alert.firing);
export const inDoubt = (alert: AlertMemory) => alert.doubtSince !== undefined && !alert.doubtTold;
/** Rule 5: an unconfirmed firing counts for nothing yet. */
export const certainAlerts = (m: Model) => firingAlerts(m).filter((alert) => !inDoubt(alert));
export const firingNames = (m: Model) => certainAlerts(m).map((alert) => alert.name).sort();

export function highest(alerts: AlertMemory[]): Severity | undefined {
  return alerts.map((alert) => alert.severity).sort((a, b) => RANK[b] - RANK[a])[0];
}
export const toldSeverity = (m: Model) => highest(certainAlerts(m));
/** While alerts are cut off, the worst of them may still fire (rule 5). */
export function currentSeverity(m: Model): Severity | undefined {
  const now = toldSeverity(m);
  return m.incident?.cutOff && exceeds(m.severity, now) ? m.severity : now;
}
export const exceeds = (a: Severity | undefined, b: Severity | undefined) => (a ? RANK[a] : -1) > (b ? RANK[b] : -1);

/** Maintenance: those that together cover all firing alerts mute. */
export function mutes(m: Model, names: string[], at = m.at): boolean {
  // What was cut off is unknown, so nobody can say that it is covered.
  if (names.length === 0 || m.incident?.cutOff || m.cutNow) return false;
  const current = [...m.maintenances.values()].filter((maintenance) => maintenance.until > at);
  return names.every((name) => current.some((maintenance) => maintenance.names.has(name)));
}

function factOf(m: Model, reason: Reason, more: Partial<Fact>): Fact {
  return { at: m.at, episode: m.incident?.episode ?? 1, reason, interrupts: true, tier: 1, ...more };
}
export const must = (m: Model, reason: Reason, more: Partial<Fact> = {}) => void m.facts.push(factOf(m, reason, more));
export const may = (m: Model, reason: Reason, more: Partial<Fact> = {}) => void m.optional.push(factOf(m, reason, more));
export function mayPage(m: Model, reason: Reason, more: Partial<Fact> = {}): void {
  may(m, reason, more);
  if (m.incident) m.incident.perhapsPaged = m.at;
}

/** Interrupts people, unless a maintenance mutes it. The first page of an incident starts its tier clock. */
export function page(m: Model, i: Incident, reason: Reason, more: Partial<Fact> = {}): void {
  const mute = mutes(m, firingNames(m));
  if (mute) return void (i.muted = true);
  i.muted = false;
  must(m, reason, more);
  Object.assign(i, { told: true, everTold: true, lastPage: m.at, owed: undefined });
  i.pages.push(m.at);
  i.clock ??= m.at;
  i.earliest ??= m.at;
}

export function startEpisode(m: Model, episode: number, fresh: Heard[] = []): Incident {
  const at = m.at;
  m.incident = {
    episode, open: true, silent: false, told: false, everTold: false, closed: false, resolvedAt: at, byHandAt: undefined,
    ack: undefined, joined: new Set(fresh.map(({ name }) => name)), lastPage: -Infinity, perhapsPaged: -Infinity, pages: [], remindedAt: undefined, clock: undefined,
    earliest: undefined, called: 1, calledEver: 1, pausedAt: undefined, muted: false, hadUntil: new Map(), reopens: [],
    formerReopens: [], flapping: false, changedAt: at, touchedAt: at, owed: undefined, perhapsResolvedAt: undefined,
    heldSince: undefined, cutOff: false, lookAt: undefined, cutMissingSince: undefined, askedAt: -Infinity,
    askedByHandAt: undefined, heardAt: at,
  };
  return m.incident;
}

/** Rules 5 and 6. */
export function reopen(m: Model, i: Incident, reason: Reason, more: Partial<Fact> = {}): void {
  const rose = exceeds(toldSeverity(m), [...i.hadUntil.keys()].sort((a, b) => RANK[b] - RANK[a])[0]);
  Object.assign(i, { open: true, silent: false, byHandAt: undefined, changedAt: m.at, perhapsResolvedAt: undefined });
  // Unclear in rules.md: what a firing after rule 7's untold episode is called. Nobody has heard of it: opened.
  if (!i.everTold) return page(m, i, i.hadUntil.size === 0 ? 'opened' : reason, { or: ['opened', reason], ...more });
  // Unclear in rules.md: whether silent (unconfirmed) reopens count. Here they count when they are told.
  const recent = (times: Millis[]) => [...times.filter((time) => m.at - time <= HOUR), m.at];
  i.reopens = recent(i.reopens);
  i.formerReopens = recent(i.formerReopens);
  if (i.flapping) {
    // Rule 6: not told, the tier clock runs on, the acknowledgement stays.
    i.told = true;
    // Unclear in rules.md: a reopen while flapping that is more severe than ever. Here it may be told as raised.
    if (rose) mayPage(m, 'raised');
    return;
  }
  // Rule 6: a reopen clears the acknowledgement. Unclear in rules.md: whether the third one does, as it begins flapping.
  i.ack = undefined;
  // Unclear in rules.md: whether a reopen outside of flapping starts the tier clock again. `earliest` keeps the old one.
  Object.assign(i, { clock: undefined, called: 1, pages: [], remindedAt: undefined, pausedAt: undefined });
  if (i.reopens.length >= 3) {
    i.flapping = true;
    return page(m, i, 'flapping', reason === 'reopened' ? {} : { or: [reason] });
  }
  // Unclear in rules.md: whether reopens from before the end of a flapping count for the next one.
  const perhaps = i.formerReopens.length >= 3;
  if (perhaps) m.unsure = true;
  page(m, i, reason, perhaps ? { or: ['flapping'] } : more);
}

/** Rule 4: when the last one resolves, that is news; not while flapping (rule 6), nor what nobody was told of (rule 5). */
export function resolve(m: Model, i: Incident, before: Before, reason: Reason, more: Partial<Fact>): void {
  i.open = false;
  Object.assign(i, { cutOff: false, lookAt: undefined, owed: undefined, heldSince: undefined, pausedAt: undefined });
  if (i.silent) {
    i.silent = false;
    return;
  }
  i.resolvedAt = i.changedAt = m.at;
  i.closed = reason === 'closed';
  // Unclear in rules.md: rule 6 keeps `resolved` back; whether `closed` too. Here closed may be told.
  if (i.flapping) return reason === 'closed' ? may(m, reason, more) : undefined;
  const since = i.perhapsResolvedAt === undefined ? {} : { unlessToldSince: i.perhapsResolvedAt };
  // Unclear in rules.md: people read that it fires, then a maintenance covers it, then it resolves. "Its notices are
  // muted" against "all resolved is news".
  if (i.told) (mutes(m, before.firing) ? may : must)(m, reason, { ...since, ...more });
  else if (i.perhapsPaged > -Infinity) may(m, reason, more);
  Object.assign(i, { told: false, pages: [], remindedAt: undefined, perhapsResolvedAt: undefined });
}

/** What the alerts' changes of one webhook or answer, all together, mean for the incident. */
export function settle(m: Model, heard: Heard[], before: Before, from: From): void {
  const fresh = heard.filter(({ change }) => ['new', 'refired', 'confirmed'].includes(change));
  const fires = firingAlerts(m).length > 0;
  // Unclear in rules.md: an alert that begins and ends within one webhook.
  if (fresh.length > 0 && !fires) m.unsure = true;
  const i = m.incident;
  if (!i) {
    if (fresh.length > 0) page(m, startEpisode(m, 1, fresh), 'opened');
    // Rule 7: stored as a resolved episode that nobody hears of.
    else if (heard.length > 0) startEpisode(m, 1).open = false;
    return;
  }
  if (heard.some(({ change }) => change !== 'none')) i.touchedAt = m.at;
  const { joined } = i;
  if (!i.open) {
    settleResolved(m, i, heard, fresh, from);
    for (const { name } of fresh) joined.add(name);
    return;
  }
  for (const { name } of fresh) joined.add(name);
  if (fresh.length > 0 && fires) settleOpen(m, i, fresh, before);
  settleEnd(m, i, before, from);
  // Rule 5: what was cut off is covered by no maintenance.
  if (i.open && i.muted && from.truncated > 0) uncover(m, i);
}

function settleResolved(m: Model, i: Incident, heard: Heard[], fresh: Heard[], from: From): void {
  if (fresh.length > 0) {
    if (i.byHandAt !== undefined || !startsNewEpisode(m, i, fresh)) return reopen(m, i, 'reopened');
    if (i.flapping) may(m, 'resolved'); // Unclear in rules.md: whether the old episode's flapping still gets its summary.
    return page(m, startEpisode(m, i.episode + 1, fresh), 'opened');
  }
  // Rule 12: repeats of what still fires are ignored for the reopen window; the first one after it reopens.
  const repeated = heard.some(
    (one) => one.firing && one.change === 'none' && (!from.answer || m.alerts.get(one.name)?.listedOnly),
  );
  if (i.byHandAt !== undefined && repeated && m.at - i.byHandAt > m.policy.reopenWindow) return reopen(m, i, 'reopened');
  // Rule 5: an unconfirmed firing reopens silently, however long ago the resolve was (its example: an hour).
  // Unclear in rules.md: whether it clears the acknowledgement. A resolved incident that reopens is firing here.
  // Rule 12: what somebody has ended by hand keeps its state while it fires.
  if (i.byHandAt !== undefined && certainAlerts(m).length > 0) return;
  i.byHandAt = undefined;
  if (heard.some((one) => one.change === 'doubtful')) {
    Object.assign(i, { open: true, silent: true, ack: i.flapping ? i.ack : undefined, told: i.flapping });
  }
}

/**
 * Rule 5: every firing that is new starts later than the reopen window after the last end of any alert, by the alerts' own
 * times; after a close, for which no alert has an end, the window has also passed by our clock.
 */
function startsNewEpisode(m: Model, i: Incident, fresh: Heard[]): boolean {
  const { reopenWindow } = m.policy;
  if (i.closed && m.at - i.resolvedAt <= reopenWindow) return false;
  const last = Math.max(...[...m.alerts.values()].map((alert) => alert.end ?? -Infinity));
  return fresh.every(({ name }) => (m.alerts.get(name)?.start ?? m.at) - last > reopenWindow);
}

function settleOpen(m: Model, i: Incident, fresh: Heard[], before: Before): void {
  if (i.silent) {
    // Unclear in rules.md: a new firing while an unconfirmed one keeps a long resolved incident open: reopened, or the
    // next episode? And what "Active pages" is called.
    const late = m.at - i.resolvedAt > m.policy.reopenWindow;
    if (late && fresh.some((one) => one.change !== 'confirmed')) m.unsure = true;
    return reopen(m, i, 'reopened', { or: ['joined', 'raised', 'opened'] });
  }
  const rose = exceeds(currentSeverity(m), before.severity);
  if (mutes(m, firingNames(m))) return void (i.muted = true);
  if (i.muted) return uncover(m, i);
  tellNews(m, i, rose ? 'raised' : 'joined', rose);
}

/** Maintenance: what no maintenance covers any more is told as opened, and the tier clock starts again. */
export function uncover(m: Model, i: Incident): void {
  Object.assign(i, { muted: false, clock: m.at, earliest: m.at, called: 1, remindedAt: undefined });
  for (const reason of ['joined', 'updated', 'raised'] as const) may(m, reason, { interrupts: false });
  if (covered(m, i)) may(m, 'updated', { interrupts: false });
  else page(m, i, 'opened');
}

/** Whether somebody has acknowledged all that fires, at this severity (rule 3). */
export function covered(m: Model, { ack }: Incident): boolean {
  if (ack === undefined || exceeds(currentSeverity(m), ack.severity)) return false;
  return firingNames(m).every((name) => ack.names.has(name));
}

/** Rule 2: when the episode never had the severity, or not for longer than the reopen window, by our clock. */
export function restartClock(m: Model, i: Incident, now: Severity): boolean {
  const had = i.hadUntil.get(now);
  if (had !== undefined && m.at - had <= m.policy.reopenWindow) return false;
  // Maintenance: tiers do not run while it mutes; then the first page starts the clock.
  const clock = i.clock === undefined ? undefined : m.at;
  Object.assign(i, { clock, earliest: clock, called: 1, pausedAt: undefined, remindedAt: undefined });
  // An acknowledgement of this severity was about alerts that have ended since.
  if (i.ack && !exceeds(now, i.ack.severity)) i.ack = undefined;
  return true;
}

/**
 * Rules 2 and 3: a severity that is new pages at once. Other news pages at most once in five minutes: after an
 * acknowledgement what that does not cover, before it only a higher severity. All else is told quietly.
 */
export function tellNews(m: Model, i: Incident, reason: Reason, rose: boolean): void {
  const now = currentSeverity(m);
  const starts = rose && now !== undefined && restartClock(m, i, now);
  if (starts) return page(m, i, reason);
  const pages = i.ack ? !covered(m, i) : rose;
  if (!pages) return must(m, reason, { interrupts: false });
  // The first page after an acknowledgement waits for nothing.
  const last = i.ack && i.lastPage <= i.ack.at ? -Infinity : i.lastPage;
  if (m.at - last >= PAGE_GAP) return page(m, i, reason);
  must(m, reason, { interrupts: false });
  i.owed ??= { at: last + PAGE_GAP, reason: rose ? 'raised' : 'joined' };
}

function settleEnd(m: Model, i: Incident, before: Before, from: From): void {
  const left = firingAlerts(m);
  const lasting = i.silent ? left.filter(inDoubt) : left;
  if (lasting.length > 0) {
    // Unclear in rules.md: the last told alert resolves while an unconfirmed one fires. Resolved now, or when that ends?
    if (!i.silent && i.told && lasting.every(inDoubt) && !i.flapping) {
      i.perhapsResolvedAt ??= m.at;
      may(m, 'resolved');
      m.unsureNow = true;
    } else i.perhapsResolvedAt = undefined;
    return;
  }
  // Rule 5: where something was cut off, only Alertmanager's answer, or resolves of which nothing was cut off, resolve.
  if (i.cutOff && !from.answer && (from.truncated > 0 || !from.resolves)) return;
  // Rule 10: gone is closed. Unclear in rules.md: what it is called when the answer ends a cut-off or unverified incident.
  const since = i.heldSince === undefined ? {} : { unlessToldSince: i.heldSince };
  if (from.answer) resolve(m, i, before, 'closed', { or: ['resolved'], ...since });
  else resolve(m, i, before, 'resolved', i.heldSince === undefined ? {} : { or: ['closed'], ...since });
}
