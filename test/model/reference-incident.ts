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
  resolvedAt: Millis;
  byHandAt: Millis | undefined;
  ack: { severity: Severity; count: number } | undefined;
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
  hadUntil: Map<Severity, Millis>;
  reopens: Millis[];
  formerReopens: Millis[];
  flapping: boolean;
  changedAt: Millis;
  touchedAt: Millis;
  owed: { since: Millis; severity: Severity } | undefined;
  perhapsResolvedAt: Millis | undefined;
  heldSince: Millis | undefined;
  cutOff: boolean;
  askedByHandAt: Millis | undefined;
  heardAt: Millis;
};

export type Model = {
  policy: Policy;
  alerts: Map<string, AlertMemory>;
  incident: Incident | undefined;
  maintenances: Map<string, { names: Set<string>; until: Millis }>;
  /** Rule 5: something was cut off, so Alertmanager's list is taken in at the next tick. */
  listDue: boolean;
  lastTick: Millis;
  severity: Severity;
  at: Millis;
  facts: Fact[];
  optional: Fact[];
  unsure: boolean;
  unsureNow: boolean;
};

export type Before = { severity: Severity | undefined; firing: string[] };
export type From = { truncated: number; resolves: boolean; answer: boolean };

export const firingAlerts = (m: Model) => [...m.alerts.values()].filter((alert) => alert.firing);
export const firingNames = (m: Model) => firingAlerts(m).map((alert) => alert.name).sort();
export const inDoubt = (alert: AlertMemory) => alert.doubtSince !== undefined && !alert.doubtTold;

export function highest(alerts: AlertMemory[]): Severity | undefined {
  return alerts.map((alert) => alert.severity).sort((a, b) => RANK[b] - RANK[a])[0];
}
export const toldSeverity = (m: Model) => highest(firingAlerts(m).filter((alert) => !inDoubt(alert)));
export const exceeds = (a: Severity | undefined, b: Severity | undefined) => (a ? RANK[a] : -1) > (b ? RANK[b] : -1);

/** Maintenance: one that covers all firing alerts mutes. */
export function mutes(m: Model, names: string[], at = m.at): 'yes' | 'no' | 'perhaps' {
  if (names.length === 0) return 'no';
  const current = [...m.maintenances.values()].filter((maintenance) => maintenance.until > at);
  if (current.some((maintenance) => names.every((name) => maintenance.names.has(name)))) return 'yes';
  // Unclear in rules.md: two maintenances that cover all firing alerts only together ("while one covers all").
  const together = names.every((name) => current.some((maintenance) => maintenance.names.has(name)));
  return together ? 'perhaps' : 'no';
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
  if (mute === 'yes') return;
  if (mute === 'perhaps') m.unsure = true;
  must(m, reason, more);
  Object.assign(i, { told: true, everTold: true, lastPage: m.at, owed: undefined });
  i.pages.push(m.at);
  i.clock ??= m.at;
  i.earliest ??= m.at;
}

export function startEpisode(m: Model, episode: number): Incident {
  const at = m.at;
  m.incident = {
    episode, open: true, silent: false, told: false, everTold: false, resolvedAt: at, byHandAt: undefined,
    ack: undefined, lastPage: -Infinity, perhapsPaged: -Infinity, pages: [], remindedAt: undefined, clock: undefined,
    earliest: undefined, called: 1, calledEver: 1, pausedAt: undefined, hadUntil: new Map(), reopens: [],
    formerReopens: [], flapping: false, changedAt: at, touchedAt: at, owed: undefined, perhapsResolvedAt: undefined,
    heldSince: undefined, cutOff: false, askedByHandAt: undefined, heardAt: at,
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
  Object.assign(i, { cutOff: false, owed: undefined, heldSince: undefined, pausedAt: undefined });
  if (i.silent) {
    i.silent = false;
    return;
  }
  i.resolvedAt = i.changedAt = m.at;
  // Unclear in rules.md: rule 6 keeps `resolved` back; whether `closed` too. Here closed may be told.
  if (i.flapping) return reason === 'closed' ? may(m, reason, more) : undefined;
  const since = i.perhapsResolvedAt === undefined ? {} : { unlessToldSince: i.perhapsResolvedAt };
  // Unclear in rules.md: people read that it fires, then a maintenance covers it, then it resolves. "Its notices are
  // muted" against "all resolved is news".
  if (i.told) (mutes(m, before.firing) === 'no' ? must : may)(m, reason, { ...since, ...more });
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
    if (fresh.length > 0) page(m, startEpisode(m, 1), 'opened');
    // Rule 7: stored as a resolved episode that nobody hears of.
    else if (heard.length > 0) startEpisode(m, 1).open = false;
    return;
  }
  if (heard.some(({ change }) => change !== 'none')) i.touchedAt = m.at;
  if (!i.open) return settleResolved(m, i, heard, fresh);
  if (fresh.length > 0 && fires) settleOpen(m, i, fresh, before);
  settleEnd(m, i, before, from);
}

function settleResolved(m: Model, i: Incident, heard: Heard[], fresh: Heard[]): void {
  const { reopenWindow } = m.policy;
  if (fresh.length > 0) {
    // Rule 5: within the reopen window of the resolve. Unclear in rules.md: by which clock. An incident that was closed or
    // resolved by hand has a time by our clock only, so it is ours: receipt of the firing against our resolve.
    // Rule 12: a new alert reopens at once. Unclear in rules.md: also after the window? Here while others still fire.
    const others = firingNames(m).some((name) => fresh.every((one) => one.name !== name));
    if (m.at - i.resolvedAt <= reopenWindow || (i.byHandAt !== undefined && others)) return reopen(m, i, 'reopened');
    if (i.flapping) may(m, 'resolved'); // Unclear in rules.md: whether the old episode's flapping still gets its summary.
    return page(m, startEpisode(m, i.episode + 1), 'opened');
  }
  // Rule 12: repeats of what still fires are ignored for the reopen window; the first one after it reopens.
  const repeated = heard.some((one) => one.firing && one.change === 'none');
  if (i.byHandAt !== undefined && repeated && m.at - i.byHandAt > reopenWindow) return reopen(m, i, 'reopened');
  // Rule 5: an unconfirmed firing reopens silently, however long ago the resolve was (its example: an hour).
  // Unclear in rules.md: whether it clears the acknowledgement. A resolved incident that reopens is firing here.
  if (heard.some((one) => one.change === 'doubtful')) {
    Object.assign(i, { open: true, silent: true, ack: i.flapping ? i.ack : undefined, told: i.flapping });
  }
}

function settleOpen(m: Model, i: Incident, fresh: Heard[], before: Before): void {
  if (i.silent) {
    // Unclear in rules.md: a new firing while an unconfirmed one keeps a long resolved incident open: reopened, or the
    // next episode? And what "Active pages" is called.
    const late = m.at - i.resolvedAt > m.policy.reopenWindow;
    if (late && fresh.some((one) => one.change !== 'confirmed')) m.unsure = true;
    return reopen(m, i, 'reopened', { or: ['joined', 'raised', 'opened'] });
  }
  const now = toldSeverity(m);
  const rose = exceeds(now, before.severity);
  if (rose && now) restartClock(m, i, now);
  // Maintenance: what was muted so far, and is now not covered, is told. Unclear in rules.md: as what.
  if (!i.told) return page(m, i, 'joined', { or: ['opened', 'raised', 'reopened'] });
  if (mutes(m, firingNames(m)) === 'yes') return;
  if (rose && now) return raised(m, i, now);
  joined(m, i, fresh, before);
}

/** Rule 2: when the episode never had the severity, or not for longer than the reopen window, by our clock. */
export function restartClock(m: Model, i: Incident, now: Severity): void {
  const had = i.hadUntil.get(now);
  if (had !== undefined && m.at - had <= m.policy.reopenWindow) return;
  // Maintenance: tiers do not run while it mutes; then the first page starts the clock.
  const clock = i.clock === undefined ? undefined : m.at;
  Object.assign(i, { clock, earliest: clock, called: 1, pausedAt: undefined, remindedAt: undefined });
}

/** Rules 2 and 3. */
function raised(m: Model, i: Incident, severity: Severity): void {
  if (m.at - Math.max(i.lastPage, i.perhapsPaged) >= PAGE_GAP) return page(m, i, 'raised');
  // Unclear in rules.md: rule 2 pages a raise now; rule 3 pages at most once in five minutes. Does that hold without an
  // acknowledgement, and is the page put off or dropped? Here: now, or at the first tick that it allows.
  may(m, 'raised');
  i.owed = { since: i.owed?.since ?? m.at, severity };
}

/** Rules 2 and 3. */
function joined(m: Model, i: Incident, fresh: Heard[], before: Before): void {
  may(m, 'joined', { interrupts: false });
  // Rule 5: "Active pages", also in an incident that is open. Unclear in rules.md: under an acknowledgement.
  const confirmed = fresh.some((one) => one.change === 'confirmed');
  if (confirmed && !i.ack && m.at - i.lastPage >= PAGE_GAP) return page(m, i, 'joined', { or: ['reopened', 'raised'] });
  if (confirmed) return mayPage(m, 'joined', { or: ['reopened', 'raised'] });
  // Rule 3's example: one that only replaces another never pages after an acknowledgement.
  if (i.ack && firingAlerts(m).length <= i.ack.count) return;
  // Unclear in rules.md: "alerts that join later page again" against "new only by its fingerprint never pages after that";
  // and whether joining pages before an acknowledgement. (Mixed webhooks and known alerts that refire: the same.)
  if (firingAlerts(m).length > 0 || before.firing.length > 0) mayPage(m, 'joined', { or: ['reopened', 'updated'] });
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
