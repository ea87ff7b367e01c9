import type { WebhookGroup } from '../alert/webhook-group.ts';
import type { IncidentIdentity, ObservedAlert } from '../grouping/observed-alert.ts';
import type { Millis } from '../shared/time.ts';
/**
 * What Alertmanager's API says about one incident's alerts. `cutOff`: active alerts that the incident does
 * not know to fire, if Alertmanager cut alerts off; absent: none.
 */
export type AlertmanagerStatus =
  | { kind: 'answer'; active: string[]; suppressed: string[]; cutOff?: ObservedAlert[] }
  | { kind: 'unknown'; why: string };
export type IncidentEvent =
  | { type: 'observed'; identity: IncidentIdentity; alerts: ObservedAlert[]; group?: WebhookGroup }
  | { type: 'acknowledged'; by: string; note?: string; asOf?: number }
  /** `asOf`: the version that the person saw; absent if the request named none. */
  | { type: 'resolved-by-hand'; by: string; note?: string; asOf?: number }
  /** A person silenced `covered` of the `firing` alerts in Alertmanager. */
  | { type: 'silenced'; by: string; id: string; until: Millis; covered: number; firing: number }
  | { type: 'reconciled'; alertmanagerStatus: AlertmanagerStatus }
  /** A maintenance covers every alert that fires. */
  | { type: 'muted'; maintenance: string; until: Millis }
  /** The maintenance was ended early: what it muted is due now. */
  | { type: 'mute-ended'; endedAt: Millis }
  /** An alert fires that no maintenance covers. */
  | { type: 'unmuted' }
  | { type: 'tick'; unverified?: string };
