/**
 * What docs/rules.md says, without the implementation: which facts people must be notified because of an arrival,
 * and the state after it. One incident key of one source; without docs/rules.md#rule-9, heartbeats, storms and failover.
 * Every fact is taken as delivered when it is decided. Edits (`interrupts: false`) may be notified at any time.
 */
import type { Arrival, Fact, Policy, ReportedAlert, State, Verdict } from './history.ts';
import { endAlert, hear } from './reference-alerts.ts';
import {
  edit,
  firingAlerts,
  isNews,
  isUp,
  lower,
  type Model,
  opensNext,
  resolve,
  settle,
  sureAlerts,
} from './reference-incident.ts';
import { tick } from './reference-tick.ts';

const EDITS = ['updated', 'joined', 'raised', 'reopened', 'unverified', 'opened', 'acknowledged'] as const;

export function createReferenceModel(policy: Policy): { take(arrival: Arrival): Verdict } {
  const m: Model = {
    policy,
    alerts: new Map(),
    incident: undefined,
    former: undefined,
    maintenances: new Map(),
    at: 0,
    facts: [],
    unsure: false,
  };
  return { take: (arrival) => take(m, arrival) };
}

function take(m: Model, arrival: Arrival): Verdict {
  Object.assign(m, { at: arrival.at, facts: [] });
  remember(m);
  if (arrival.kind === 'tick') tick(m, arrival.answer);
  else if (arrival.kind === 'webhook') webhook(m, arrival.alerts, arrival.truncated);
  else if (arrival.kind === 'acknowledge') acknowledge(m);
  else if (arrival.kind === 'resolve-by-hand') resolveByHand(m);
  else if (arrival.kind === 'maintenance') m.maintenances.set(arrival.id, arrival);
  else {
    const ended = m.maintenances.get(arrival.id);
    if (ended) m.maintenances.set(arrival.id, { ...ended, until: Math.min(ended.until, m.at) });
  }
  remember(m);
  const i = m.incident;
  const edit = { at: m.at, episode: i?.episode ?? 1, interrupts: false, tier: 1 } as const;
  const optional = i ? EDITS.map((reason): Fact => ({ ...edit, reason })) : [];
  return { facts: m.facts, optional, state: stateOf(m), unsure: m.unsure };
}

/** What holds before and after every arrival. */
function remember(m: Model): void {
  const i = m.incident;
  if (!i) return;
  if (i.open) lower(m, i);
  if (isUp(m, i)) i.hadUntil.set(i.severity, m.at); // docs/rules.md#rule-2, by our clock
  if (i.open) for (const { name } of sureAlerts(m)) i.shown.add(name);
  // docs/rules.md#rule-12: when all that fired has resolved by itself, it is resolved like any other.
  if (firingAlerts(m).length === 0 && !i.cutOff) i.byHandAt = undefined;
  if (!i.open && i.byHandAt === undefined)
    Object.assign(i, { cutOff: false, cutUpTo: -Infinity, cutDoubtSince: undefined });
}

function webhook(m: Model, reports: ReportedAlert[], truncated: number): void {
  const isNamed = (name: string) => m.alerts.get(name)?.named === true;
  const first = reports.some(({ name }) => !isNamed(name) || m.alerts.get(name)?.missing);
  const heard = reports.map((report) => hear(m.alerts, report, m.at, 'webhook'));
  const isNew = heard.some(({ change }) => change !== 'none');
  const named = reports.map(({ status, startsAt, endsAt }) => (status === 'firing' ? startsAt : endsAt) ?? 0);
  const latest = Math.min(m.at, Math.max(...named));
  const cut = () => {
    const i = m.incident;
    // What is over learns nothing from a repeat.
    if (truncated === 0 || !i || (!i.open && i.byHandAt === undefined && !isNew)) return;
    // Where nothing fires, it is an unconfirmed firing.
    if (!i.open && i.byHandAt === undefined) {
      const ack = i.flapping ? i.ack : undefined;
      Object.assign(i, { open: true, silent: true, ack, cutDoubtSince: m.at });
    }
    Object.assign(i, { cutOff: true, cutMissingSince: undefined, cutUpTo: Math.max(i.cutUpTo, latest) });
  };
  const { cutUpTo = -Infinity } = m.incident ?? {};
  if (!m.incident || !opensNext(m, m.incident, heard)) cut();
  if (m.incident) {
    m.incident.heardAt = m.at;
    const newCut = truncated > 0 && (!m.incident.cutNotified || latest > cutUpTo);
    if (isNew || first || newCut) m.incident.newsAt = m.at;
    // docs/rules.md#rule-5: nothing was cut off of it and nothing fires in it.
    const none = reports.length > 0 && reports.every(({ status }) => status === 'resolved');
    if (truncated === 0 && none && latest >= m.incident.cutUpTo) m.incident.cutOff = false;
  }
  settle(m, heard, 'resolved');
  cut();
  const i = m.incident;
  if (i?.cutOff && !i.cutNotified) {
    i.cutNotified = true;
    if (isUp(m, i)) edit(m, i);
  }
}

/** docs/rules.md#rule-3: covers the current version; what waits is dropped; pages from before it do not count. */
function acknowledge(m: Model): void {
  const i = m.incident;
  // docs/rules.md#rule-3: while nothing fires for certain, there is nothing to acknowledge.
  if (!i?.open || i.silent || !isNews(m, i)) return;
  i.ack = { severity: i.severity, covered: new Set(i.shown) };
  Object.assign(i, { lastPage: -Infinity, remindFrom: undefined, owed: undefined });
  edit(m, i);
}

/** docs/rules.md#rule-12: keeps the alerts' state, but unconfirmed firings end with it. */
function resolveByHand(m: Model): void {
  const i = m.incident;
  if (!i?.open) return;
  resolve(m, i, 'resolved', true);
  for (const alert of firingAlerts(m)) if (alert.doubtSince !== undefined) endAlert(alert, false);
  Object.assign(i, { byHandAt: m.at, newsAt: m.at });
}

function stateOf(m: Model): State | undefined {
  const i = m.incident;
  if (!i) return undefined;
  // docs/rules.md#rule-5: an unconfirmed firing is not known to fire, and what only such firings reopened counts as resolved.
  const firing = sureAlerts(m);
  const status = !i.open || i.silent ? 'resolved' : i.ack ? 'acknowledged' : 'firing';
  const { severity } = i;
  return { episode: i.episode, status, severity, firing: firing.map(({ name }) => name).toSorted() };
}
