import { hashSha256 } from '../shared/hash.ts';
import type { Webhook } from './alert.ts';

/** The Alertmanager group of a webhook, as far as it concerns one incident. */
export type WebhookGroup = {
  /** Short hash of the group; one incident may get alerts from several groups. */
  id: string;
  /** Hash of the group's receiver, from `computeReceiverId`; absent when the sender named none. */
  receiver?: string;
  /** Alertmanager cut off alerts of this group (`max_alerts`). They may belong to any incident. */
  truncated: boolean;
  /** Number of alerts, including those cut off; 0 if the group also has alerts of other incidents. */
  size: number;
};

const ID_DIGITS = 12;

/**
 * `ofOneIncident`: every alert in the webhook belongs to this incident, so those cut off most likely do too.
 */
export function toWebhookGroup(
  { receiver, groupKey, truncatedAlerts, alerts }: Webhook,
  ofOneIncident: boolean,
): WebhookGroup {
  return {
    id: hashSha256(JSON.stringify([receiver, groupKey]), ID_DIGITS),
    receiver: receiver === '' ? undefined : computeReceiverId(receiver),
    truncated: truncatedAlerts > 0,
    size: ofOneIncident ? alerts.length + truncatedAlerts : 0,
  };
}

/** Hashes a receiver's name, in the form that webhooks use, to a few characters. */
export function computeReceiverId(name: string): string {
  return hashSha256(name, ID_DIGITS);
}

/**
 * Hashes a receiver's name as Alertmanager's API gives it. Webhooks quote the name for a regular expression:
 * `ops\.db`.
 */
export function computeListedReceiverId(name: string): string {
  return computeReceiverId(name.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'));
}
