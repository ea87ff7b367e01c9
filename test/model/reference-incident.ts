/** The incident and what people are told of it: rules 2, 3, 4, 6, 7, 12 and Maintenance. */
import type { Fact, Millis, Policy, Severity } from './history.ts';
import { type AlertMemory, type Heard, MINUTE } from './reference-alerts.ts';

export const FIVE = 5 * MINUTE;
const HOUR = 60 * MINUTE;
const RANK: Record<Severity, number> = { info: 0, warning: 1, critical: 2 };
type Reason = Fact['reason'];
type Maybe<T> = T | undefined;

export type Incident = {
  episode: number;
  open: boolean;
  /** Rule 5: only unconfirmed firings keep it open. */
  silent: boolean;
  /** Rule 7: false while only a resolve is known. */
  fired: boolean;
  /** People have heard that it fires (Maintenance). */
  told: boolean;
  severity: Severity;
  hadUntil: Map<Severity, Millis>;
  /** Names of all that has fired in this episode. */
  shown: Set<string>;
  resolvedAt: Millis;
  byHandAt: Maybe<Millis>;
  closed: boolean;
  ack: Maybe<{ severity: Severity; covered: Set<string> }>;
  /** The latest page, after the last acknowledgement (rule 3). */
  lastPage: Millis;
  /** Rule 11: the page that on-call is to be reminded of. */
  remindFrom: Maybe<Millis>;
  /** Rules 2 and 3: a page that waits for the first tick after five minutes. */
  owed: Maybe<{ raise: Maybe<Severity>; names: string[] }>;
  /** Maintenance: its notices are muted; and what is due when that ends. */
  muted: boolean;
  openedDue: boolean;
  clock: Maybe<Millis>;
  called: 1 | 2 | 3;
  calledEver: 1 | 2 | 3;
  pausedAt: Maybe<Millis>;
  reopens: Millis[];
  flapping: boolean;
  /** The last resolve or reopen (rule 6). */
  changedAt: Millis;
  cutOff: boolean;
  cutMissingSince: Maybe<Millis>;
  heardAt: Millis;
  askedAt: Millis;
  /** Rule 10: notices for which Alertmanager was asked six minutes ahead. */
  looked: Set<Millis>;
};

export type Model = {
  policy: Policy;
  alerts: Map<string, AlertMemory>;
  incident: Maybe<Incident>;
  /** A former episode that was still flapping when the next one opened. */
  former: Maybe<{ episode: number; changedAt: Millis }>;
  maintenances: Map<string, { names: string[]; until: Millis }>;
  /** Rule 5: when the list of what was cut off was asked for; -Infinity: at the next tick. */
  listAskedAt: Maybe<Millis>;
  at: Millis;
  facts: Fact[];
  unsure: boolean;
};

export const firingAlerts = (m: Model) => [...m.alerts.values()].filter((alert) => alert.firing);
/** What fires and is not in doubt. */
export const sureAlerts = (m: Model) => firingAlerts(m).filter((alert) => alert.doubtSince === undefined);
export const exceeds = (a: Severity, b: Severity) => RANK[a] > RANK[b];
export const highest = (alerts: AlertMemory[]): Maybe<Severity> =>
  alerts.map((alert) => alert.severity).toSorted((a, b) => RANK[b] - RANK[a])[0];

/** Maintenance: one or several together that cover all firing alerts. */
export function mutes(m: Model, isActive = (until: Millis) => until > m.at): boolean {
  const sure = sureAlerts(m);
  const active = [...m.maintenances.values()].filter(({ until }) => isActive(until));
  const firing = sure.length > 0 ? sure : firingAlerts(m);
  return firing.length > 0 && firing.every(({ name }) => active.some(({ names }) => names.includes(name)));
}

export function tell(m: Model, i: { episode: number }, reason: Reason, more: Partial<Fact> = {}): void {
  m.facts.push({ at: m.at, episode: i.episode, reason, interrupts: true, tier: 1, ...more });
}

/** Interrupts people, unless a maintenance mutes it. The first page of an incident starts its tier clock. */
export function page(m: Model, i: Incident, reason: Reason, more: Partial<Fact> = {}): void {
  i.owed = undefined;
  if (mutes(m)) return;
  tell(m, i, reason, more);
  Object.assign(i, { told: true, lastPage: m.at, remindFrom: m.at });
  i.clock ??= m.at;
}

function startEpisode(m: Model, episode: number, fired: boolean): Incident {
  const severity = highest(sureAlerts(m)) ?? highest([...m.alerts.values()]) ?? 'info';
  m.incident = {
    episode,
    open: fired,
    silent: false,
    fired,
    told: false,
    severity,
    hadUntil: new Map(),
    shown: new Set(),
    resolvedAt: m.at,
    byHandAt: undefined,
    closed: false,
    ack: undefined,
    lastPage: -Infinity,
    remindFrom: undefined,
    owed: undefined,
    muted: false,
    openedDue: false,
    clock: undefined,
    called: 1,
    calledEver: 1,
    pausedAt: undefined,
    reopens: [],
    flapping: false,
    changedAt: m.at,
    cutOff: false,
    cutMissingSince: undefined,
    heardAt: m.at,
    askedAt: m.at,
    looked: new Set(),
  };
  if (fired) page(m, m.incident, 'opened');
  return m.incident;
}

export function restartClock(m: Model, i: Incident): void {
  // Before the first page there is no clock. Tiers that were called are called again (rule 6).
  Object.assign(i, { clock: i.clock === undefined ? undefined : m.at, called: 1, pausedAt: undefined });
}

/** Rule 2: whether the severity rises, and whether that starts the tier clock again. */
export function rise(m: Model, i: Incident): 'no' | 'plain' | 'starts' {
  const now = highest(sureAlerts(m));
  if (!now || !exceeds(now, i.severity)) return 'no';
  i.severity = now;
  const had = i.hadUntil.get(now);
  if (had !== undefined && m.at - had <= m.policy.reopenWindow) return 'plain';
  restartClock(m, i);
  // Rule 3: the acknowledgement lasts until such a raise at a severity that it had covered.
  if (i.ack && !exceeds(now, i.ack.severity)) i.ack = undefined;
  return 'starts';
}

export const gapIsOver = (m: Model, i: Incident) => m.at - i.lastPage >= FIVE;

/** Rules 2 and 3: pages now, or at the first tick after five minutes. */
function pageOrWait(m: Model, i: Incident, risen: 'no' | 'plain' | 'starts', names: string[]): void {
  const reason = risen === 'no' ? 'joined' : 'raised';
  if (risen === 'starts' || gapIsOver(m, i)) return page(m, i, reason);
  const raise = reason === 'raised' ? highest(sureAlerts(m)) : i.owed?.raise;
  i.owed = { raise, names: [...(i.owed?.names ?? []), ...names] };
}

/** Rules 5, 6, 7 and 12. */
export function reopen(m: Model, i: Incident, reason: 'reopened' | 'unverified'): void {
  const { byHandAt, fired } = i;
  const lasted = m.at - i.resolvedAt;
  Object.assign(i, { open: true, silent: false, fired: true, changedAt: m.at });
  Object.assign(i, { byHandAt: undefined, closed: false });
  // Rule 7: nobody has heard of it, so it is opened now.
  if (!fired) return page(m, i, reason === 'reopened' ? 'opened' : reason);
  // Rule 6: through a shorter resolve the tier clock runs on; after a longer one it starts again.
  if (lasted > m.policy.reopenWindow) restartClock(m, i);
  const risen = rise(m, i);
  // Rule 6: one after a resolve by hand does not count.
  if (byHandAt === undefined) i.reopens.push(m.at);
  i.reopens = i.reopens.filter((time) => m.at - time <= HOUR);
  if (i.flapping) {
    // Rule 6: not told; a raise is; and rule 5's unverified is not named among what is not told.
    if (reason === 'unverified') page(m, i, reason, { tier: i.calledEver });
    else if (risen !== 'no') pageOrWait(m, i, risen, []);
    return;
  }
  i.ack = undefined; // rule 6, the third one too
  i.flapping = byHandAt === undefined && i.reopens.length >= 3;
  page(m, i, i.flapping ? 'flapping' : reason, { tier: i.calledEver });
}

export function endPause(m: Model, i: Incident): void {
  // Rule 10: the pause is added to the times of tiers and reminder.
  const length = m.at - (i.pausedAt ?? m.at);
  i.pausedAt = undefined;
  if (i.clock !== undefined) i.clock += length;
  if (i.remindFrom !== undefined) i.remindFrom += length;
}

/** Rule 4: when the last one resolves. Rules 10 and 12: also by a close and by hand. */
export function resolve(m: Model, i: Incident, reason: 'resolved' | 'closed', byHand = false): void {
  const { silent } = i;
  endPause(m, i);
  Object.assign(i, { open: false, silent: false, owed: undefined, openedDue: false });
  if (silent && !byHand) return; // rule 5: it ends silently
  Object.assign(i, { resolvedAt: m.at, changedAt: m.at, closed: reason === 'closed' });
  // Rule 6: a close and a resolve by hand end flapping; any other resolve is not told while it lasts.
  if (i.flapping && reason === 'resolved' && !byHand) return;
  // Maintenance: muted only where people have not heard that it fires.
  if (i.told || (byHand && !mutes(m))) tell(m, i, reason, { interrupts: false });
  Object.assign(i, { flapping: false, told: false, remindFrom: undefined });
}

/** What all changes of one webhook or answer mean. `end`: what it is called when nothing fires after it. */
export function settle(m: Model, heard: Heard[], end: 'resolved' | 'closed'): void {
  const fresh = heard.filter((one) => one.alert.firing && ['new', 'confirmed'].includes(one.change));
  const i = m.incident;
  // Rule 7: a resolve of an unknown alert is stored as a resolved episode.
  if (!i) return void (heard.length > 0 && startEpisode(m, 1, fresh.length > 0));
  if (!i.open || i.silent) settleResolved(m, i, heard, fresh);
  else if (fresh.length > 0) settleOpen(m, i, fresh);
  if (m.incident !== i || !i.open) return;
  i.severity = highest(sureAlerts(m)) ?? i.severity;
  // Rules 4 and 5: not while some are in doubt, nor while some that were cut off are unknown.
  const left = firingAlerts(m).filter(({ doubtSince }) => !i.silent || doubtSince !== undefined);
  if (left.length === 0 && (i.silent || !i.cutOff)) resolve(m, i, end);
}

/** Rule 5: more than the reopen window after the last end, both by the senders' times. */
function opensNext(m: Model, i: Incident, fresh: Heard[]): boolean {
  const { reopenWindow } = m.policy;
  const lastEnd = Math.max(...[...m.alerts.values()].map(({ end }) => end ?? -Infinity));
  const longAgo = m.at - i.resolvedAt > reopenWindow;
  const late = fresh.filter(({ alert }) => (alert.start ?? 0) > lastEnd + reopenWindow);
  // Unclear: an alert that was not gone, soon after a close; no end may be known.
  if (i.closed && !longAgo && late.some(({ gone }) => !gone)) m.unsure = true;
  // Rule 5: one that was gone must start later than it did, and long after the close.
  return late.some(({ gone, later }) => !gone || (later && longAgo));
}

function settleResolved(m: Model, i: Incident, heard: Heard[], fresh: Heard[]): void {
  if (fresh.length > 0) {
    // Rules 5 and 12: what a person has resolved is always reopened.
    const next = i.byHandAt === undefined && opensNext(m, i, fresh);
    // Unclear: acknowledged while it was silent; and a new firing then, that would open the next episode.
    if (i.silent && ((i.ack && !i.flapping) || next)) m.unsure = true;
    if (i.silent || !next) return reopen(m, i, 'reopened');
    if (i.flapping && i.told) m.former = { episode: i.episode, changedAt: i.changedAt };
    return void startEpisode(m, i.episode + 1, true);
  }
  // Rule 12: repeats of what still fires are ignored for the reopen window; the first one after it reopens.
  const over = i.byHandAt !== undefined && m.at - i.byHandAt > m.policy.reopenWindow;
  const sure = sureAlerts(m);
  const repeated = heard.some((one) => one.change === 'none' && sure.includes(one.alert));
  if (over && repeated) return reopen(m, i, 'reopened');
  // Rule 5: an unconfirmed firing reopens silently. Rule 6: a reopen clears the acknowledgement.
  if (!i.open && heard.some((one) => one.change === 'doubtful' && one.alert.firing)) {
    Object.assign(i, { open: true, silent: true, ack: i.flapping ? i.ack : undefined });
  }
}

/** Rules 2 and 3. */
function settleOpen(m: Model, i: Incident, fresh: Heard[]): void {
  endPause(m, i); // rule 10: a new firing ends it at once
  const risen = rise(m, i);
  // Maintenance: what none covers is told. Unclear: as what, when what it joins was muted.
  if (!i.told) return page(m, i, 'joined', { or: ['opened', 'raised', 'reopened'] });
  // Rule 3: a covered alert that fires again never pages. Rule 2: `joined` is an edit until then.
  const names = fresh.map(({ alert }) => alert.name).filter((name) => i.ack && !i.ack.covered.has(name));
  const higher = risen !== 'no' && (!i.ack || exceeds(i.severity, i.ack.severity));
  if (names.length > 0 || higher) pageOrWait(m, i, risen, names);
}
