/**
 * What docs/rules.md says, without the implementation: which facts people must be told because of an arrival, and the
 * state after it. One incident key of one source; rule 9, heartbeats, storms and failover are left out. Every fact is
 * taken as delivered when it is decided. Quiet edits ('updated') may be told at any arrival.
 */
import type { Arrival, Policy, ReportedAlert, State, Verdict } from './history.ts';
import { hear } from './reference-alerts.ts';
import {
  covered, currentSeverity, exceeds, firingNames, may, settle, toldSeverity, type Model,
} from './reference-incident.ts';
import { endMaintenances, tick } from './reference-tick.ts';

export function createReferenceModel(policy: Policy): { take(arrival: Arrival): Verdict } {
  const m: Model = {
    policy, alerts: new Map(), incident: undefined, maintenances: new Map(), cutNow: false, listDue: false, lastTick: -Infinity,
    severity: 'info', at: 0, facts: [], optional: [], unsure: false, unsureNow: false, secondLook: false,
  };
  return { take: (arrival) => take(m, arrival) };
}

function take(m: Model, arrival: Arrival): Verdict {
  // Two readings differ in the state, and then something other than a tick arrives: they may go different ways for good.
  if (m.unsureNow && arrival.kind !== 'tick') m.unsure = true;
  Object.assign(m, { at: arrival.at, facts: [], optional: [], unsureNow: false });
  const held = m.incident?.open && !m.incident.silent ? toldSeverity(m) : undefined;
  if (held) m.incident?.hadUntil.set(held, m.at);
  if (arrival.kind === 'tick') tick(m, arrival.answer);
  else if (arrival.kind === 'webhook') webhook(m, arrival.alerts, arrival.truncated);
  else if (arrival.kind === 'acknowledge') acknowledge(m);
  else if (arrival.kind === 'resolve-by-hand') resolveByHand(m);
  else if (arrival.kind === 'maintenance') {
    m.maintenances.set(arrival.id, { names: new Set(arrival.names), until: arrival.until, ticks: 0 });
  } else {
    const ended = m.maintenances.get(arrival.id);
    if (ended) ended.until = Math.min(ended.until, m.at);
  }
  if (arrival.kind !== 'tick') endMaintenances(m, false);
  if (m.incident) may(m, 'updated', { interrupts: false });
  settleSeverity(m);
  return { facts: m.facts, optional: m.optional, state: stateOf(m), unsure: m.unsure || m.unsureNow };
}

/** While alerts are cut off, the worst of them may still fire: two looks lower the severity (rule 5). */
function settleSeverity(m: Model): void {
  const now = toldSeverity(m);
  const holds = m.incident?.cutOff === true && !m.secondLook && exceeds(m.severity, now);
  if (now !== undefined && !holds) m.severity = now;
  m.secondLook = false;
}

function webhook(m: Model, reports: ReportedAlert[], truncated: number): void {
  // Rule 5: what was cut off may be any incident's; the next tick takes in what Alertmanager lists.
  if (truncated > 0) m.listDue = true;
  const before = { severity: currentSeverity(m), firing: firingNames(m) };
  if (m.incident && reports.length > 0) m.incident.heardAt = m.at;
  // Rule 5: such an incident resolves only by an answer, or by resolves of which nothing was cut off.
  const cut = truncated > 0 && reports.length > 0;
  m.cutNow = cut;
  if (cut && m.incident?.open) Object.assign(m.incident, { cutOff: true, cutMissingSince: undefined });
  const heard = reports.map((report) => hear(m.alerts, report, m.at, false));
  const resolves = reports.some((report) => report.status === 'resolved');
  settle(m, heard, before, { truncated, resolves, answer: false });
  m.cutNow = false;
  if (cut && m.incident?.open) m.incident.cutOff = true;
  // Unclear in rules.md: a later webhook of which nothing was cut off and which still fires: is the rest still unknown? Yes.
  // Rule 12, the same for one that somebody has resolved by hand.
  if (cut && m.incident?.byHandAt !== undefined) m.incident.askedByHandAt ??= -Infinity;
}

/** Rule 3: covers the current version. */
function acknowledge(m: Model): void {
  const i = m.incident;
  if (!i?.open || i.silent) return;
  if (covered(m, i)) return;
  i.ack = { at: m.at, severity: currentSeverity(m) ?? m.severity, names: new Set(i.joined) };
  Object.assign(i, { pages: [], remindedAt: undefined, owed: undefined });
  // Unclear in rules.md: who hears of an acknowledgement.
  may(m, 'acknowledged', { interrupts: false });
  may(m, 'acknowledged');
}

/** Rule 12: keeps the alerts' state. */
function resolveByHand(m: Model): void {
  const i = m.incident;
  if (!i?.open) return;
  // Unclear in rules.md: who hears of it, and as what; whether it interrupts.
  for (const interrupts of [true, false]) may(m, 'resolved', { interrupts, or: ['closed'] });
  Object.assign(i, {
    open: false, silent: false, told: false, byHandAt: m.at, resolvedAt: m.at, changedAt: m.at, pages: [],
    owed: undefined, heldSince: undefined, pausedAt: undefined, remindedAt: undefined, cutOff: false,
    askedByHandAt: i.cutOff ? -Infinity : undefined,
  });
}

function stateOf(m: Model): State | undefined {
  const i = m.incident;
  if (!i) return undefined;
  // Rule 5: what only unconfirmed alerts reopened counts as resolved.
  const status = !i.open || i.silent ? 'resolved' : i.ack ? 'acknowledged' : 'firing';
  const state: State = { episode: i.episode, status, severity: m.severity, firing: firingNames(m) };
  // Unclear in rules.md: whether a raise that the acknowledgement does not cover ends it.
  if (i.open && i.ack && exceeds(toldSeverity(m), i.ack.severity)) state.orStatus = 'firing';
  return state;
}
