import type { Webhook } from '../../core/alert/alert.ts';
import { parseWebhook } from '../../core/alert/parse-webhook.ts';
import { toWebhookGroup } from '../../core/alert/webhook-group.ts';
import { type AlertGroup, groupAlerts } from '../../core/grouping/group-alerts.ts';
import { extractHeartbeats } from '../../core/heartbeat/heartbeat.ts';
import type { Quarantine } from '../../core/history/history.ts';
import type { RejectedAlert } from '../../core/history/quarantine-entry.ts';
import type { AlertOrigin } from '../../core/incident/event.ts';
import type { TransitionOutcome } from '../../core/incident/state-machine/transition.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import { type Millis, SECOND } from '../../core/shared/time.ts';
import type { AppliedAlerts } from '../incident/apply-alerts.ts';
import type { ApplyEventPorts } from '../incident/apply-event.ts';
import { listFailures, listFulfilled, throwFailures } from '../shared/failures.ts';
import { applyInParts } from './apply-in-parts.ts';
import { quarantineAlerts, quarantineBody } from './quarantine-webhook.ts';
import type { RecordHeartbeat } from './record-heartbeat.ts';

/** After this no further incident is started: the response must leave before API Gateway gives up at 30 s. */
const WORK_WITHIN: Millis = 20 * SECOND;

export type ReceiveWebhookPorts = ApplyEventPorts & {
  quarantine: Quarantine;
  catalog: RunbookCatalog;
  recordHeartbeat: RecordHeartbeat;
  clock: { now(): Millis };
};

export type ReceiveWebhookResult =
  | {
      kind: 'accepted';
      incidents: { id: string; outcome: TransitionOutcome }[];
      rejected: RejectedAlert[];
      /** Id of the quarantine entry with the rejected alerts. */
      quarantined?: string;
      /** Severity labels that severities.yaml does not know; absent: none. */
      unknownSeverities?: string[];
    }
  /**
   * Out of time: `done` incidents are stored, the others are not started. The sender has to repeat the
   * webhook.
   */
  | { kind: 'unfinished'; done: number; total: number }
  | { kind: 'malformed'; reason: string; path: string };

/**
 * Accepts one authenticated webhook body. Stores every readable alert before it returns. Unreadable bodies
 * and unacceptable alerts go to quarantine. If anything could not be stored or published, throws after trying
 * the rest, so that the sender repeats the webhook. The finished parts are then duplicates.
 */
export async function receiveWebhook(
  ports: ReceiveWebhookPorts,
  input: { source: string; body: string; now: Millis },
): Promise<ReceiveWebhookResult> {
  const { source, body, now } = input;
  const stopAt = ports.clock.now() + WORK_WITHIN;
  const parsed = parseWebhook(source, body);
  if (parsed.kind === 'malformed') {
    const { reason, path } = parsed;
    await quarantineBody(ports.quarantine, { source, body, reason, now });
    return { kind: 'malformed', reason, path };
  }
  const { webhook } = parsed;
  const { alerts, heartbeat } = extractHeartbeats(ports.catalog, source, webhook.alerts);
  const recorded = await Promise.allSettled(
    heartbeat ? [ports.recordHeartbeat({ source, externalURL: webhook.externalURL, now, ...heartbeat })] : [],
  );
  const groups = groupAlerts(ports.catalog, alerts, webhook);
  const applied = await applyInParts(ports, groups, toOrigin(webhook, alerts, groups), { now, stopAt });
  const rejected = [...webhook.rejected, ...locateRefused(webhook, applied.refused)];
  const quarantined = await Promise.allSettled([
    quarantineAlerts(ports.quarantine, { source, body, rejected, now }),
  ]);
  const failures = [...listFailures(recorded), ...applied.failures, ...listFailures(quarantined)];
  throwFailures(failures, `${failures.length} parts of this webhook could not be accepted`);
  const { incidents, left } = applied;
  if (left > 0) return { kind: 'unfinished', done: groups.length - left, total: groups.length };
  return {
    kind: 'accepted',
    incidents,
    rejected,
    quarantined: listFulfilled(quarantined)[0],
    unknownSeverities: listUnknownSeverities(groups),
  };
}

/** Alerts that were cut off most likely belong to the incident of the others, if that is one. */
function toOrigin(webhook: Webhook, alerts: Webhook['alerts'], groups: AlertGroup[]): AlertOrigin {
  const keys = new Set(groups.map(({ identity }) => identity.key));
  return { group: toWebhookGroup(webhook, keys.size === 1 && alerts.length === webhook.alerts.length) };
}

function listUnknownSeverities(groups: AlertGroup[]): string[] | undefined {
  const unknown = groups.flatMap(({ alerts }) =>
    alerts.flatMap(({ detail }) => detail.unknownSeverity ?? []),
  );
  return unknown.length === 0 ? undefined : [...new Set(unknown)];
}

/**
 * Positions of refused alerts in the payload: read alerts are in payload order, between the rejected ones.
 */
function locateRefused(webhook: Webhook, refused: AppliedAlerts['refused']): RejectedAlert[] {
  if (refused.length === 0) return [];
  const reasons = new Map(refused.map(({ fingerprint, reason }) => [fingerprint, reason]));
  const unread = new Set(webhook.rejected.map(({ index }) => index));
  const total = webhook.alerts.length + unread.size;
  const positions = Array.from({ length: total }, (_, index) => index).filter((index) => !unread.has(index));
  return webhook.alerts.flatMap(({ fingerprint }, at) => {
    const reason = reasons.get(fingerprint);
    const index = positions[at];
    return reason === undefined || index === undefined ? [] : [{ index, reason }];
  });
}
