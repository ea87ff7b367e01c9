/** The incident and what people are notified of it: docs/rules.md#rule-2, #rule-3, #rule-4, #rule-6, #rule-7, #rule-12 and Maintenance. */
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
  /** docs/rules.md#rule-5: only unconfirmed firings keep it open. */
  silent: boolean;
  /** docs/rules.md#rule-7: false while only a resolve is known. */
  fired: boolean;
  /** People have heard that it fires (Maintenance). */
  notified: boolean;
  severity: Severity;
  hadUntil: Map<Severity, Millis>;
  /** Names of all that has fired in this episode. */
  shown: Set<string>;
  resolvedAt: Millis;
  byHandAt: Maybe<Millis>;
  closed: boolean;
  ack: Maybe<{ severity: Severity; covered: Set<string> }>;
  /** The latest page, after the last acknowledgement (docs/rules.md#rule-3). */
  lastPage: Millis;
  /** docs/rules.md#rule-11: the page that on-call is to be reminded of. */
  remindFrom: Maybe<Millis>;
  /** docs/rules.md#rule-2, #rule-3: a page that waits for the first tick after five minutes. */
  owed: Maybe<{ raise: Maybe<Severity>; names: string[] }>;
  /** Maintenance: a notice of it was muted, since and until when. */
  mute: Maybe<{ since: Millis; until: Millis }>;
  clock: Maybe<Millis>;
  called: 1 | 2 | 3;
  pausedAt: Maybe<Millis>;
  reopens: Millis[];
  flapping: boolean;
  /** The last resolve or reopen (docs/rules.md#rule-6). */
  changedAt: Millis;
  cutOff: boolean;
  cutNotified: boolean;
  /** docs/rules.md#rule-5: where nothing fired, a webhook that was cut off is an unconfirmed firing since. */
  cutDoubtSince: Maybe<Millis>;
  /** The latest time that a webhook named that was cut off. */
  cutUpTo: Millis;
  cutMissingSince: Maybe<Millis>;
  /** docs/rules.md#rule-10: the first of two answers in which something is absent; also (docs/rules.md#rule-5) what is as severe as it is. */
  roundAt: Maybe<Millis>;
  heldMissing: boolean;
  /** When a webhook notified anything, when one notified something new, and the last answer of Alertmanager. */
  heardAt: Millis;
  newsAt: Millis;
  askedAt: Millis;
};

export type Model = {
  policy: Policy;
  alerts: Map<string, AlertMemory>;
  incident: Maybe<Incident>;
  /** A former episode that was still flapping when the next one opened. */
  former: Maybe<{ episode: number; changedAt: Millis }>;
  maintenances: Map<string, { names: string[]; until: Millis }>;
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

/** Maintenance: when the first ends of one or several that together cover all firing alerts. */
function coverEnds(m: Model): Maybe<Millis> {
  // What was cut off is covered only by labels that all alerts share; here a maintenance names single ones.
  if (m.incident?.open && m.incident.cutOff) return undefined;
  const sure = sureAlerts(m);
  // If none fires, all that it had.
  const firing =
    sure.length > 0 ? sure : [...m.alerts.values()].filter(({ name }) => m.incident?.shown.has(name));
  const covering = [...m.maintenances.values()].filter(
    ({ until, names }) => until > m.at && firing.some(({ name }) => names.includes(name)),
  );
  const isCovered = firing.every(({ name }) => covering.some(({ names }) => names.includes(name)));
  return firing.length > 0 && isCovered ? Math.min(...covering.map(({ until }) => until)) : undefined;
}

/** Maintenance: whether a notice of now is muted; the first that is mutes the incident. */
export function mutes(m: Model, i: Incident): boolean {
  const until = coverEnds(m);
  if (until === undefined) return false;
  i.mute = { since: i.mute?.since ?? m.at, until };
  return true;
}

/** Maintenance: over, or an alert outside it fires: what fires pages as `opened`, and the tier clock starts again. */
export function liftMute(m: Model, i: Incident): 'paged' | 'edited' {
  i.mute = undefined;
  if (!isUp(m, i)) return 'edited';
  restartClock(m, i);
  // If it was acknowledged, that is an edit.
  if (i.ack && !isNews(m, i)) {
    if (!mutes(m, i)) Object.assign(i, { notified: true, remindFrom: undefined });
    return 'edited';
  }
  page(m, i, 'opened');
  return 'paged';
}

/** Something fires for certain, or may fire because it was cut off. */
export const isUp = (m: Model, i: Incident) => i.open && !i.silent && (i.cutOff || sureAlerts(m).length > 0);

/** docs/rules.md#rule-3: something fires that the acknowledgement does not cover. */
export const isNews = (m: Model, i: Incident) =>
  i.ack === undefined ||
  exceeds(i.severity, i.ack.severity) ||
  sureAlerts(m).some(({ name }) => !i.ack?.covered.has(name));

/** An edit may be muted as well, or show that no maintenance covers all that fires. */
export function edit(m: Model, i: Incident): void {
  if (!mutes(m, i) && i.mute && isUp(m, i)) liftMute(m, i);
}

export function tell(m: Model, i: { episode: number }, reason: Reason, more: Partial<Fact> = {}): void {
  m.facts.push({ at: m.at, episode: i.episode, reason, interrupts: true, tier: 1, ...more });
}

/** Interrupts people, unless a maintenance mutes it. The first page of an incident starts its tier clock. */
export function page(m: Model, i: Incident, reason: Reason, more: Partial<Fact> = {}): void {
  Object.assign(i, { owed: undefined, lastPage: m.at, remindFrom: m.at });
  i.clock ??= m.at;
  if (mutes(m, i)) return;
  // Maintenance: everything that fires pages as `opened`, once. That it flaps is in no other page.
  if (i.mute && isUp(m, i) && liftMute(m, i) === 'paged' && reason !== 'flapping') return;
  tell(m, i, reason, more);
  i.notified = true;
}

function startEpisode(m: Model, episode: number, fired: boolean): Incident {
  const severity = highest(sureAlerts(m)) ?? highest([...m.alerts.values()]) ?? 'info';
  m.incident = {
    episode,
    open: fired,
    silent: false,
    fired,
    notified: false,
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
    mute: undefined,
    clock: undefined,
    called: 1,
    pausedAt: undefined,
    reopens: [],
    flapping: false,
    changedAt: m.at,
    cutOff: false,
    cutNotified: false,
    cutDoubtSince: undefined,
    cutUpTo: -Infinity,
    cutMissingSince: undefined,
    roundAt: undefined,
    heldMissing: false,
    heardAt: m.at,
    newsAt: m.at,
    askedAt: -Infinity,
  };
  if (fired) page(m, m.incident, 'opened');
  return m.incident;
}

export function restartClock(m: Model, i: Incident): void {
  // Before the first page there is no clock. Tiers that were called are called again (docs/rules.md#rule-6).
  Object.assign(i, { clock: i.clock === undefined ? undefined : m.at, called: 1, pausedAt: undefined });
}

/** docs/rules.md#rule-2: whether the severity rises, and whether that starts the tier clock again. */
export function rise(m: Model, i: Incident): 'no' | 'plain' | 'starts' {
  const now = highest(sureAlerts(m));
  if (!now || !exceeds(now, i.severity)) return 'no';
  i.severity = now;
  // Never had that severity or a higher one, or not for longer than the reopen window.
  const had = [...i.hadUntil].reduce<Maybe<Millis>>(
    (latest, [severity, until]) => (exceeds(now, severity) ? latest : Math.max(until, latest ?? until)),
    undefined,
  );
  if (had !== undefined && m.at - had <= m.policy.reopenWindow) return 'plain';
  restartClock(m, i);
  // docs/rules.md#rule-3: the acknowledgement lasts until such a raise at a severity that it had covered.
  if (i.ack && !exceeds(now, i.ack.severity)) i.ack = undefined;
  return 'starts';
}

export const gapIsOver = (m: Model, i: Incident) => m.at - i.lastPage >= FIVE;

/** docs/rules.md#rule-2, #rule-3: pages now, or at the first tick after five minutes. */
function pageOrWait(
  m: Model,
  i: Incident,
  risen: 'no' | 'plain' | 'starts',
  names: string[],
  as?: 'unverified',
): void {
  const reason = risen === 'no' ? 'joined' : 'raised';
  if (risen === 'starts' || gapIsOver(m, i)) return page(m, i, as ?? reason);
  const raise = reason === 'raised' ? highest(sureAlerts(m)) : i.owed?.raise;
  i.owed = { raise, names: [...(i.owed?.names ?? []), ...names] };
}

/** docs/rules.md#rule-5, #rule-6, #rule-7, #rule-12. */
export function reopen(m: Model, i: Incident, reason: 'reopened' | 'unverified'): void {
  const { byHandAt, fired } = i;
  const lasted = m.at - i.resolvedAt;
  Object.assign(i, { open: true, silent: false, fired: true, changedAt: m.at });
  Object.assign(i, { byHandAt: undefined, closed: false });
  // docs/rules.md#rule-7: nobody has heard of it, so it is opened now.
  if (!fired) {
    i.severity = highest(sureAlerts(m)) ?? i.severity;
    return page(m, i, reason === 'reopened' ? 'opened' : reason);
  }
  // docs/rules.md#rule-6: through a shorter resolve the tier clock runs on; after a longer one it starts again.
  if (lasted > m.policy.reopenWindow) restartClock(m, i);
  const risen = rise(m, i);
  // docs/rules.md#rule-6: one after a resolve by hand does not count.
  if (byHandAt === undefined) i.reopens.push(m.at);
  i.reopens = i.reopens.filter((time) => m.at - time <= HOUR);
  if (i.flapping) {
    // docs/rules.md#rule-6: not notified (`unverified` too); a raise is, and what pages after an acknowledgement.
    const names = sureAlerts(m).flatMap(({ name }) => (i.ack && !i.ack.covered.has(name) ? name : []));
    const higher = risen !== 'no' && (!i.ack || exceeds(i.severity, i.ack.severity));
    if (names.length > 0 || higher) pageOrWait(m, i, risen, names);
    return;
  }
  i.ack = undefined; // docs/rules.md#rule-6, the third one too
  i.flapping = byHandAt === undefined && i.reopens.length >= 3;
  page(m, i, i.flapping ? 'flapping' : reason, { tier: i.called });
}

export function endPause(m: Model, i: Incident): void {
  // docs/rules.md#rule-10: the pause is added to the times of tiers and reminder.
  const length = m.at - (i.pausedAt ?? m.at);
  i.pausedAt = undefined;
  if (i.clock !== undefined) i.clock += length;
  if (i.remindFrom !== undefined) i.remindFrom += length;
}

/** docs/rules.md#rule-4: when the last one resolves. docs/rules.md#rule-10, #rule-12: also by a close and by hand. */
export function resolve(m: Model, i: Incident, reason: 'resolved' | 'closed', byHand = false): void {
  const { silent } = i;
  endPause(m, i);
  Object.assign(i, { open: false, silent: false, owed: undefined, roundAt: undefined });
  if (!byHand) i.cutOff = false;
  if (silent && !byHand) return; // docs/rules.md#rule-5: it ends silently
  Object.assign(i, { resolvedAt: m.at, changedAt: m.at, closed: reason === 'closed' });
  // docs/rules.md#rule-6: a close and a resolve by hand end flapping; any other resolve is not notified while it lasts.
  if (i.flapping && reason === 'resolved' && !byHand) return;
  // Maintenance: muted only where people have not heard that it fires.
  const muted = mutes(m, i);
  // docs/rules.md#rule-12: what only doubts had reopened was notified before.
  if (i.notified || (byHand && !muted && !(silent && !i.flapping))) tell(m, i, reason, { interrupts: false });
  Object.assign(i, { flapping: false, notified: false, remindFrom: undefined });
}

/** docs/rules.md#rule-5: where alerts were cut off, the severity is lowered only by two answers. */
export function lower(m: Model, i: Incident): void {
  const now = highest(sureAlerts(m));
  if (now && !(i.cutOff && exceeds(i.severity, now))) i.severity = now;
}

const findFresh = (heard: Heard[]) =>
  heard.filter((one) => one.alert.firing && ['new', 'confirmed'].includes(one.change));

/** What all changes of one webhook or answer mean. `end`: what it is called when nothing fires after it. */
export function settle(m: Model, heard: Heard[], end: 'resolved' | 'closed', as?: 'unverified'): void {
  const fresh = findFresh(heard);
  const i = m.incident;
  // docs/rules.md#rule-7: a resolve of an unknown alert is stored as a resolved episode.
  if (!i) return void (heard.length > 0 && startEpisode(m, 1, fresh.length > 0));
  if (!i.open || i.silent) settleResolved(m, i, heard, fresh);
  else if (fresh.length > 0) settleOpen(m, i, fresh, as);
  if (m.incident !== i || !i.open) return;
  lower(m, i);
  if (i.open && !i.silent && heard.some(({ change }) => !['none', 'recorded', 'doubtful'].includes(change)))
    edit(m, i);
  // docs/rules.md#rule-4, #rule-5: not while some are in doubt, nor while some that were cut off are unknown.
  const left = firingAlerts(m).filter(({ doubtSince }) => !i.silent || doubtSince !== undefined);
  if (left.length === 0 && !i.cutOff) resolve(m, i, end);
}

/** docs/rules.md#rule-5: more than the reopen window after the last end, both by the senders' times. */
export function opensNext(m: Model, i: Incident, heard: Heard[]): boolean {
  const { reopenWindow } = m.policy;
  const fresh = findFresh(heard);
  if (i.open || i.byHandAt !== undefined || fresh.length === 0) return false;
  const lastEnd = Math.max(...[...m.alerts.values()].map(({ end }) => end ?? -Infinity));
  // After a close it reopens within the reopen window by our clock.
  if (i.closed && m.at - i.resolvedAt <= reopenWindow) return false;
  // One that was gone reopens with the start that is known, however late.
  return fresh.every(
    ({ alert, gone, later }) => (alert.start ?? 0) > lastEnd + reopenWindow && (!gone || later),
  );
}

function settleResolved(m: Model, i: Incident, heard: Heard[], fresh: Heard[]): void {
  if (fresh.length > 0) {
    // docs/rules.md#rule-5, #rule-12: what a person has resolved is always reopened.
    if (!opensNext(m, i, fresh)) return reopen(m, i, 'reopened');
    if (i.flapping && i.notified) m.former = { episode: i.episode, changedAt: i.changedAt };
    return void startEpisode(m, i.episode + 1, true);
  }
  // docs/rules.md#rule-12: repeats of what still fires are ignored for the reopen window; the first one after it reopens.
  const over = i.byHandAt !== undefined && m.at - i.byHandAt > m.policy.reopenWindow;
  const sure = sureAlerts(m);
  const repeated = heard.some((one) => one.change === 'none' && sure.includes(one.alert));
  if (over && repeated) return reopen(m, i, 'reopened');
  // docs/rules.md#rule-5: an unconfirmed firing reopens silently. docs/rules.md#rule-6: a reopen clears the acknowledgement.
  if (!i.open && heard.some((one) => one.change === 'doubtful' && one.alert.firing)) {
    Object.assign(i, { open: true, silent: true, ack: i.flapping ? i.ack : undefined });
  }
}

/** docs/rules.md#rule-2, #rule-3. */
function settleOpen(m: Model, i: Incident, fresh: Heard[], as?: 'unverified'): void {
  endPause(m, i); // docs/rules.md#rule-10: a new firing ends it at once
  const risen = rise(m, i);
  // docs/rules.md#rule-3: a covered alert that fires again never pages. docs/rules.md#rule-2: `joined` is an edit until then.
  const isNamed = (name: string) => i.ack && !i.ack.covered.has(name) && (as || !i.shown.has(name));
  const names = fresh.map(({ alert }) => alert.name).filter(isNamed);
  const higher = risen !== 'no' && (!i.ack || exceeds(i.severity, i.ack.severity));
  if (names.length > 0 || higher) pageOrWait(m, i, risen, names, as);
}
