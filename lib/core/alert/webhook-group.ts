import { sha256Hex } from '../shared/hash.ts';
import type { Delivery } from './alert.ts';

/** The Alertmanager group that a delivery shows, as far as one incident is concerned. */
export type DeliveredGroup = {
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
export function deliveredGroup(
  { receiver, groupKey, truncatedAlerts, alerts }: Delivery,
  ofOneIncident: boolean,
): DeliveredGroup {
  return {
    id: sha256Hex(JSON.stringify([receiver, groupKey]), ID_DIGITS),
    ...(receiver === '' ? {} : { receiver: receiverId(receiver) }),
    truncated: truncatedAlerts > 0,
    size: ofOneIncident ? alerts.length + truncatedAlerts : 0,
  };
}

/** A receiver in a few characters, however long its name is: as webhooks name it. */
export function receiverId(name: string): string {
  return sha256Hex(name, ID_DIGITS);
}

/** A receiver that Alertmanager's API names. Webhooks name it quoted for a regular expression: `ops\.db`. */
export function listedReceiverId(name: string): string {
  return receiverId(name.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'));
}
