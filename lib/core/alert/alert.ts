import type { Millis } from '../shared/time.ts';

export type AlertStatus = 'firing' | 'resolved';

/**
 * One parsed Alertmanager alert. Source and fingerprint identify an alert. Alertmanager's fingerprint covers
 * the labels, so a changed label makes another alert.
 */
export type Alert = {
  /** The monitoring system that sent it: the name bound to its webhook token. */
  source: string;
  /** 16 hex digits. */
  fingerprint: string;
  status: AlertStatus;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** By the sender's clock; 0 when the sender gave no time. */
  startsAt: Millis;
  /** When it ended by the sender's clock; 0 while it fires, or when the sender gave no time. */
  endsAt: Millis;
  /** Link to the rule's expression in Prometheus; may be empty. */
  generatorURL: string;
} & GrafanaLinks;

/** Pages that Grafana names for its own alerts; absent from other senders. */
export type GrafanaLinks = { silenceURL?: string; dashboardURL?: string; panelURL?: string };

/** The parts of an alert that are stored outside the incident item, for notices, diagnoses and history. */
export type AlertDetail = {
  fingerprint: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  generatorURL: string;
  startsAt: Millis;
  /**
   * Incident version in which these details were recorded; of one firing the newest counts. Absent in earlier
   * records.
   */
  seq?: number;
  /** Its severity as the sender wrote it, if severities.yaml does not know that word. */
  unknownSeverity?: string;
} & GrafanaLinks;

/** One authenticated webhook after parsing. One bad alert never rejects its neighbours. */
export type Webhook = {
  source: string;
  receiver: string;
  /** Alertmanager's name of the group; empty when the sender gives none. */
  groupKey: string;
  /** The sender's own address, for links: Alertmanager's or Grafana's. */
  externalURL: string;
  /** Present if Grafana's own alerting sent it. Alertmanager's API does not know these alerts. */
  sentBy?: 'grafana';
  alerts: Alert[];
  /** Position in the payload's `alerts`, and one sentence why that alert was refused. */
  rejected: { index: number; reason: string }[];
  /** Alerts that Alertmanager cut off because of `max_alerts`. */
  truncatedAlerts: number;
};
