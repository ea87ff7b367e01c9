import type { AlertDetail, AlertStatus } from '../alert/alert.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
/** Identifies an event's incident and describes it, in case the event opens the first episode. */
export type IncidentIdentity = {
  key: string;
  source: string;
  alertname: string;
  group: Record<string, string>;
  /** The runbook's category; absent for alerts that this system observes itself. */
  category?: string;
  externalURL: string;
  sentBy?: 'grafana';
  /** See Incident. */
  endsAfter?: Millis;
};

/** One alert of a webhook, reduced to the fields that the state machine compares. */
export type ObservedAlert = {
  fingerprint: string;
  identity: string;
  status: AlertStatus;
  severity: Severity;
  /** By the sender's clock; 0 when the sender gave no time. `settleTimes` makes both times comparable. */
  startsAt: Millis;
  /** 0 while it fires, or when the sender gave no time. */
  endsAt: Millis;
  /** The sender's own times where they were replaced; set by `settleTimes`. */
  reported?: ReportedTimes;
  /** Value of the label that a distinct-values promotion watches. */
  watchedValue?: string;
  detail: AlertDetail;
};

/** Times of a sender that were replaced; `startsAt` 0 means that the sender gave none. */
export type ReportedTimes = { startsAt?: Millis | undefined; endsAt?: Millis | undefined };
