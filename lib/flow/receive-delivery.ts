import type { Delivery } from '../core/alert/alert.ts';
import { parseDelivery } from '../core/alert/parse-delivery.ts';
import { takeOutSigns } from '../core/heartbeat/heartbeat.ts';
import type { Quarantine } from '../core/history/history.ts';
import type { TransitionOutcome } from '../core/incident/transition.ts';
import { policyFor } from '../core/runbook/policy-for.ts';
import type { RunbookCatalog } from '../core/runbook/runbook.ts';
import { type SubjectAlerts, splitBySubject } from '../core/runbook/subject-of.ts';
import { sha256Hex } from '../core/shared/hash.ts';
import type { Millis } from '../core/shared/time.ts';
import { type ChangePorts, changeVersion } from './change-version.ts';
import { keepSubject } from './keep-subject.ts';
import { mapBounded } from './map-bounded.ts';
import type { NoteSign } from './note-sign.ts';

/** Incidents of one delivery that are worked on at the same time. */
const CONCURRENCY = 8;
const MAX_QUARANTINED_CHARACTERS = 200_000;

export type ReceiveDeliveryPorts = ChangePorts & {
  quarantine: Quarantine;
  catalog: RunbookCatalog;
  noteSign: NoteSign;
};

export type ReceiveDeliveryResult =
  | {
      kind: 'accepted';
      incidents: { id: string; outcome: TransitionOutcome }[];
      rejected: { index: number; reason: string }[];
      /** Severities as alerts say them that severities.yaml does not know; absent: none. */
      unknownSeverities?: string[];
    }
  | { kind: 'malformed'; reason: string; path: string };

/**
 * Takes in one authenticated webhook body. Everything readable in it is stored before this returns; an unreadable
 * body is quarantined. Throws when anything could not be stored or handed on, after having tried all of it, so
 * that the sender delivers once more: the parts that were done are then duplicates.
 */
export async function receiveDelivery(
  ports: ReceiveDeliveryPorts,
  input: { source: string; body: string; now: Millis },
): Promise<ReceiveDeliveryResult> {
  const { source, body, now } = input;
  const parsed = parseDelivery(source, body);
  if (parsed.kind === 'delivery') return takeIn(ports, parsed.delivery, now);

  const { reason, path } = parsed;
  const id = sha256Hex(`${source}\n${body}`, 32);
  const kept = body.slice(0, MAX_QUARANTINED_CHARACTERS);
  await ports.quarantine.add({ id, source, at: now, reason, body: kept });
  return { kind: 'malformed', reason, path };
}

async function takeIn(
  ports: ReceiveDeliveryPorts,
  delivery: Delivery,
  now: Millis,
): Promise<ReceiveDeliveryResult> {
  const { source, externalURL } = delivery;
  const { alerts, sign } = takeOutSigns(ports.catalog, source, delivery.alerts);
  const [noted] = await Promise.allSettled(
    sign ? [ports.noteSign({ source, externalURL, now, ...sign })] : [],
  );
  const split = splitBySubject(ports.catalog, alerts, externalURL);
  const kept = await mapBounded(split, CONCURRENCY, (entry) => keepSubject(ports, entry, now));
  const observed = await mapBounded(unite(fulfilled(kept)), CONCURRENCY, (entry) =>
    observe(ports, entry, now),
  );
  const failures = [...(noted ? [noted] : []), ...kept, ...observed].flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  if (failures.length > 0) {
    const message = `${failures.length} parts of this delivery could not be taken in`;
    throw new AggregateError(failures, message, { cause: failures[0] });
  }
  const unknown = new Set(
    split.flatMap((entry) => entry.alerts.flatMap(({ detail }) => detail.unknownSeverity ?? [])),
  );
  return {
    kind: 'accepted',
    incidents: fulfilled(observed).flat(),
    rejected: delivery.rejected,
    ...(unknown.size === 0 ? {} : { unknownSeverities: [...unknown] }),
  };
}

async function observe(ports: ReceiveDeliveryPorts, { subject, alerts }: SubjectAlerts, now: Millis) {
  const policy = policyFor(ports.catalog, subject.alertname);
  const { incident, outcome } = await changeVersion(ports, {
    event: { type: 'observed', subject, alerts },
    now,
    policyOf: () => policy,
    read: () => ports.incidents.latest(subject.key),
  });
  return incident ? [{ id: incident.id, outcome }] : [];
}

/** One entry per incident again, so that each is read and written once. */
function unite(entries: SubjectAlerts[]): SubjectAlerts[] {
  const byKey = Map.groupBy(entries, (entry) => entry.subject.key);
  return [...byKey.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, alerts: [first, ...others].flatMap((entry) => entry.alerts) }] : [],
  );
}

function fulfilled<T>(results: PromiseSettledResult<T>[]): T[] {
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
