/**
 * What a history consists of, and what the reference model says of it. Times are milliseconds since 1970 by
 * first-responder's own clock, unless they stand in an alert: those are the sender's words.
 */
export type Millis = number;
export type Severity = 'info' | 'warning' | 'critical';

/** One alert as a webhook or Alertmanager's API reports it. `undefined` times are absent. */
export type ReportedAlert = {
  /** One letter; alerts of one history belong to one incident key (same source, alertname and group labels). */
  name: string;
  status: 'firing' | 'resolved';
  severity: Severity;
  startsAt: Millis | undefined;
  endsAt: Millis | undefined;
};

/** What Alertmanager would answer, if it is asked during a tick. `listed` are alerts that its API has. */
export type Answer =
  | { kind: 'answer'; active: ReportedAlert[]; silenced: string[] }
  /** Some peers do not answer; the others list these as active. */
  | { kind: 'partly'; active: ReportedAlert[] }
  | { kind: 'down' };

/** What reaches first-responder, in order of arrival; several may have the same time. */
export type Arrival = { at: Millis } & (
  | { kind: 'webhook'; alerts: ReportedAlert[]; truncated: number }
  | { kind: 'acknowledge'; by: string }
  | { kind: 'resolve-by-hand'; by: string }
  /** Somebody creates or ends a maintenance that covers these alert names. */
  | { kind: 'maintenance'; id: string; names: string[]; until: Millis }
  | { kind: 'maintenance-ended'; id: string }
  /** The minute's tick, with what Alertmanager says if it is asked. */
  | { kind: 'tick'; answer: Answer }
);

/** The numbers that rules name but that a runbook or policy chooses. */
export type Policy = {
  reopenWindow: Millis;
  staleAfter: Millis;
  /** By severity; a severity without an entry has neither a reminder nor tiers beyond L1. */
  escalation: Partial<Record<Severity, Escalation>>;
};

/** One entry of runbooks/escalation.yaml. L1 is called by the first page itself. */
export type Escalation = {
  /** If nobody acknowledges a page by then, on-call is reminded of it, once. */
  acknowledgeWithin: Millis;
  /** L2 and L3, in time after the tier clock's start. */
  tiers: { tier: 2 | 3; after: Millis }[];
  /** false: only resolving stops an escalation. */
  acknowledgeStopsTiers: boolean;
};

/** Something that people must hear, decided at `at`. */
export type Fact = {
  at: Millis;
  /** Counted from 1: the first episode of firing is 1, the next incident is 2. */
  episode: number;
  reason:
    | 'opened'
    | 'joined'
    | 'raised'
    | 'updated'
    | 'reminder'
    | 'escalated'
    | 'acknowledged'
    | 'reopened'
    | 'flapping'
    | 'unverified'
    | 'resolved'
    | 'closed';
  /** Whether it interrupts people (a mention, a mail) or only edits what they have. */
  interrupts: boolean;
  /** The highest tier that it calls. */
  tier: 1 | 2 | 3;
  /** Reasons that rules.md allows as well, where it does not say which one. */
  or?: Fact['reason'][];
  /** Its timing is undecided: it need not be notified if the same was notified (as an optional fact) at or after this time. */
  unlessNotifiedSince?: Millis;
};

/** The state after an arrival. */
export type State = {
  episode: number;
  status: 'firing' | 'acknowledged' | 'resolved';
  severity: Severity;
  /** Names of alerts that are known to fire. */
  firing: string[];
  /** A status that rules.md allows as well. */
  orStatus?: State['status'];
};

/** What the reference model says of one arrival. */
export type Verdict = {
  /** Must be notified. Nothing else may be notified that interrupts, except `optional`. */
  facts: Fact[];
  /** May or may not be notified: rules.md does not decide. */
  optional: Fact[];
  state: State | undefined;
  /** rules.md does not decide the state (two readings differ); compare neither it nor, while this lasts, facts. */
  unsure: boolean;
};
