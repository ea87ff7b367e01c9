import type { Millis } from '../shared/time.ts';

export type AlertStatus = 'firing' | 'resolved';

/**
 * One Alertmanager alert after parsing. Identity is (source, fingerprint): Alertmanager's fingerprint
 * covers the labels, so a changed label is another alert.
 */
export type Alert = {
  /** The sending monitoring system: the name bound to the webhook token that authenticated. */
  source: string;
  /** 16 hex digits. */
  fingerprint: string;
  status: AlertStatus;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** By the sender's clock; 0 when the sender did not say. */
  startsAt: Millis;
  /** When it ended by the sender's clock; 0 while it fires, or when the sender did not say. */
  endsAt: Millis;
  /** Link to the rule's expression in Prometheus; may be empty. */
  generatorURL: string;
};

/** What is kept of an alert beside the state item, for notices, diagnostics and history. */
export type AlertDetail = {
  fingerprint: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  generatorURL: string;
  startsAt: Millis;
  /** Version of the incident in which they were taken; of one firing the newest count. Absent in earlier records. */
  seq?: number;
  /** Its severity as written, where that is a word that severities.yaml does not know. */
  unknownSeverity?: string;
};

/** One authenticated webhook POST after parsing. One bad alert never rejects its neighbours. */
export type Webhook = {
  source: string;
  receiver: string;
  /** Alertmanager's name of the group; empty when the sender gives none. */
  groupKey: string;
  /** Alertmanager's own address, for links. */
  externalURL: string;
  alerts: Alert[];
  /** Position in the payload's `alerts` and one sentence why that alert was not taken. */
  rejected: { index: number; reason: string }[];
  /** Alerts that Alertmanager cut off because of `max_alerts`. */
  truncatedAlerts: number;
};
