import { hashSha256 } from '../shared/hash.ts';
import type { Webhook } from './alert.ts';

/** The Alertmanager group that a delivery shows, as far as one incident is concerned. */
export type WebhookGroup = {
  /** Which group it is, in a few characters; one incident may get alerts from several. */
  id: string;
  /** Whose group it is, as `receiverId` makes it; absent when the sender did not say. */
  receiver?: string;
  /** Alertmanager cut alerts of it off (`max_alerts`); they may be any incident's. */
  truncated: boolean;
  /** How many alerts it has, cut off ones included; 0 where others than this incident's are among them. */
  size: number;
};

const ID_DIGITS = 12;

/** `ofOneIncident`: all alerts that were not cut off are, so that those that were most likely are as well. */
export function toWebhookGroup(
  { receiver, groupKey, truncatedAlerts, alerts }: Webhook,
  ofOneIncident: boolean,
): WebhookGroup {
  return {
    id: hashSha256(JSON.stringify([receiver, groupKey]), ID_DIGITS),
    ...(receiver === '' ? {} : { receiver: computeReceiverId(receiver) }),
    truncated: truncatedAlerts > 0,
    size: ofOneIncident ? alerts.length + truncatedAlerts : 0,
  };
}

/** A receiver in a few characters, however long its name is: as webhooks name it. */
export function computeReceiverId(name: string): string {
  return hashSha256(name, ID_DIGITS);
}

/** A receiver that Alertmanager's API names. Webhooks name it quoted for a regular expression: `ops\.db`. */
export function computeListedReceiverId(name: string): string {
  return computeReceiverId(name.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'));
}
