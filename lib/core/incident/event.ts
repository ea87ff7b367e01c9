import type { WebhookGroup } from '../alert/webhook-group.ts';
import type { IncidentIdentity, ObservedAlert } from '../grouping/observed-alert.ts';
import type { Millis } from '../shared/time.ts';
import type { TruncatedGroup, UnfinishedIntake } from './incident.ts';
/**
 * What Alertmanager's API says about one incident's alerts. `cutOff`: those of the active ones that are not known to
 * fire, where Alertmanager cut alerts off; absent: none. `unknown` has what some peers list as active while others could
 * not be asked: those alerts fire, and of all others nothing can be told.
 * `unfinished`: what it lists of other incidents is not taken in whole.
 */
export type AlertmanagerStatus =
  | {
      kind: 'answer';
      active: string[];
      suppressed: string[];
      cutOff?: ObservedAlert[];
      unfinished?: UnfinishedIntake;
    }
  | {
      kind: 'unknown';
      why: string;
      active?: string[];
      cutOff?: ObservedAlert[];
      unfinished?: UnfinishedIntake;
    };
/** What showed the alerts: a webhook, or Alertmanager's list, whose webhooks of the groups `listed` cut them off. */
export type AlertOrigin = { group?: WebhookGroup; listed?: TruncatedGroup[] };
export type IncidentEvent =
  | ({ type: 'received'; identity: IncidentIdentity; alerts: ObservedAlert[] } & AlertOrigin)
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
  | { type: 'unmuted'; unverified: string | undefined }
  | { type: 'tick'; unverified?: string };
