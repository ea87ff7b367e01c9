import type { AlertDetail, AlertStatus } from '../alert/alert.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
/** Which incident an event is about, needed when it may open the first episode. */
export type IncidentIdentity = {
  key: string;
  source: string;
  alertname: string;
  group: Record<string, string>;
  /** The runbook's. */
  category?: string;
  externalURL: string;
  /** See Incident. */
  endsAfter?: Millis;
};

/** One alert of a delivery, reduced to what the state machine compares. */
export type ObservedAlert = {
  fingerprint: string;
  identity: string;
  status: AlertStatus;
  severity: Severity;
  /** By the sender's clock; 0 when the sender did not say. `settleTimes` makes both comparable. */
  startsAt: Millis;
  /** 0 while it fires, or when the sender did not say. */
  endsAt: Millis;
  /** What the sender said where that was not believed; set by `settleTimes`. */
  reported?: ReportedTimes;
  /** Value of the label that a distinct-values promotion watches. */
  watchedValue?: string;
  detail: AlertDetail;
};

/** Times as a sender said them, which were not believed; `startsAt` 0: it said none. */
export type ReportedTimes = { startsAt?: Millis | undefined; endsAt?: Millis | undefined };
