import type { Webhook } from '../../core/alert/alert.ts';
import { parseWebhook } from '../../core/alert/parse-webhook.ts';
import { toWebhookGroup } from '../../core/alert/webhook-group.ts';
import { type AlertGroup, groupAlerts } from '../../core/grouping/group-alerts.ts';
import { extractHeartbeats } from '../../core/heartbeat/heartbeat.ts';
import type { Quarantine } from '../../core/history/history.ts';
import { computeQuarantineId, type RejectedAlert } from '../../core/history/quarantine-entry.ts';
import type { TransitionOutcome } from '../../core/incident/state-machine/transition.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import { type Millis, SECOND } from '../../core/shared/time.ts';
import { type AppliedAlerts, applyAlerts } from '../incident/apply-alerts.ts';
import type { ApplyEventPorts } from '../incident/apply-event.ts';
import { pinIncidentKey } from '../incident/pin-incident-key.ts';
import { mapBounded } from '../shared/map-bounded.ts';
import type { RecordHeartbeat } from './record-heartbeat.ts';
import { quarantineAlerts } from './refuse-payload.ts';

/** Incidents of one webhook that are processed at the same time. */
const CONCURRENCY = 8;

const PART = 200;

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
    await ports.quarantine.add({ id: computeQuarantineId(source, body), source, at: now, reason, body });
    return { kind: 'malformed', reason, path };
  }
  const { delivery } = parsed;
  const processed = await processAlerts(ports, delivery, now, stopAt);
  const rejected = [...delivery.rejected, ...locateRefused(delivery, processed.refused)];
  const [kept] = await Promise.allSettled(
    rejected.length > 0 ? [quarantineAlerts(ports.quarantine, { source, body, rejected, now })] : [],
  );
  const failures = [...processed.failures, ...(kept?.status === 'rejected' ? [kept.reason] : [])];
  if (failures.length > 0) {
    const message = `${failures.length} parts of this webhook could not be accepted`;
    throw new AggregateError(failures, message, { cause: failures[0] });
  }
  const { left, total, unknownSeverities } = processed;
  if (left > 0) return { kind: 'unfinished', done: total - left, total };
  return {
    kind: 'accepted',
    incidents: processed.incidents,
    rejected,
    quarantined: kept?.status === 'fulfilled' ? kept.value : undefined,
    unknownSeverities: unknownSeverities.length === 0 ? undefined : unknownSeverities,
  };
}

type ProcessedAlerts = AppliedAlerts & {
  failures: unknown[];
  total: number;
  left: number;
  unknownSeverities: string[];
};

async function processAlerts(
  ports: ReceiveWebhookPorts,
  delivery: Webhook,
  now: Millis,
  stopAt: Millis,
): Promise<ProcessedAlerts> {
  const { source, externalURL } = delivery;
  const { alerts, sign } = extractHeartbeats(ports.catalog, source, delivery.alerts);
  const [recorded] = await Promise.allSettled(
    sign ? [ports.recordHeartbeat({ source, externalURL, now, ...sign })] : [],
  );
  let left = 0;
  const inTime = <R>(items: AlertGroup[], work: (item: AlertGroup) => Promise<R>) =>
    mapBounded(items, CONCURRENCY, async (item) => {
      if (ports.clock.now() < stopAt) return [await work(item)];
      left += 1;
      return [];
    });
  const split = groupAlerts(ports.catalog, alerts, externalURL);
  const keys = new Set(split.map(({ identity }) => identity.key));
  const group = toWebhookGroup(delivery, keys.size === 1 && alerts.length === delivery.alerts.length);
  const results: PromiseSettledResult<unknown>[] = recorded ? [recorded] : [];
  const done: AppliedAlerts[] = [];
  for (const part of splitIntoParts(split, now)) {
    const kept = await inTime(part, (entry) => pinIncidentKey(ports, entry, now));
    const observed = await inTime(mergeByKey(listFulfilled(kept)), (entry) =>
      applyAlerts(ports, entry, { group }, now),
    );
    results.push(...kept, ...observed);
    done.push(...listFulfilled(observed));
  }
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const unknown = new Set(
    split.flatMap((entry) => entry.alerts.flatMap(({ detail }) => detail.unknownSeverity ?? [])),
  );
  return {
    incidents: done.flatMap((each) => each.incidents),
    refused: done.flatMap((each) => each.refused),
    failures,
    total: split.length,
    left,
    unknownSeverities: [...unknown],
  };
}

/**
 * Splits the incidents into parts; each part is stored before the next starts. A large webhook starts at
 * another incident each time, by its receipt time. Otherwise a repeat would spend its time on the same first
 * incidents and never reach the others.
 */
function splitIntoParts(entries: AlertGroup[], now: Millis): AlertGroup[][] {
  const start = entries.length > PART ? now % entries.length : 0;
  const turned = [...entries.slice(start), ...entries.slice(0, start)];
  return Array.from({ length: Math.ceil(turned.length / PART) }, (_, n) =>
    turned.slice(n * PART, (n + 1) * PART),
  );
}

/**
 * Positions of refused alerts in the payload: read alerts are in payload order, between the rejected ones.
 */
function locateRefused(delivery: Webhook, refused: AppliedAlerts['refused']): RejectedAlert[] {
  if (refused.length === 0) return [];
  const reasons = new Map(refused.map(({ fingerprint, reason }) => [fingerprint, reason]));
  const unread = new Set(delivery.rejected.map(({ index }) => index));
  const total = delivery.alerts.length + unread.size;
  const positions = Array.from({ length: total }, (_, index) => index).filter((index) => !unread.has(index));
  return delivery.alerts.flatMap(({ fingerprint }, at) => {
    const reason = reasons.get(fingerprint);
    const index = positions[at];
    return reason === undefined || index === undefined ? [] : [{ index, reason }];
  });
}

/** One entry per incident again, so that each incident is read and written once. */
function mergeByKey(entries: AlertGroup[]): AlertGroup[] {
  const byKey = Map.groupBy(entries, (entry) => entry.identity.key);
  return [...byKey.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, alerts: [first, ...others].flatMap((entry) => entry.alerts) }] : [],
  );
}

function listFulfilled<T>(results: PromiseSettledResult<T[]>[]): T[] {
  return results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}
