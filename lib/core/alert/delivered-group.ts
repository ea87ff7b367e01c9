import { sha256Hex } from '../shared/hash.ts';
import type { Delivery } from './alert.ts';

/** The Alertmanager group that a delivery shows, as far as one incident is concerned. */
export type DeliveredGroup = {
  /** Which group it is, in a few characters; one incident may get alerts from several. */
  id: string;
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
    truncated: truncatedAlerts > 0,
    size: ofOneIncident ? alerts.length + truncatedAlerts : 0,
  };
}
