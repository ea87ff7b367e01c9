import type { Delivery } from '../core/alert/alert.ts';
import { parseDelivery } from '../core/alert/parse-delivery.ts';
import type { Quarantine } from '../core/history/history.ts';
import type { Incident } from '../core/incident/incident.ts';
import type { TransitionOutcome } from '../core/incident/transition.ts';
import { policyFor } from '../core/runbook/policy-for.ts';
import type { RunbookCatalog } from '../core/runbook/runbook.ts';
import { type SubjectAlerts, splitBySubject } from '../core/runbook/subject-of.ts';
import { sha256Hex } from '../core/shared/hash.ts';
import type { Millis } from '../core/shared/time.ts';
import { type ChangePorts, changeVersion } from './change-version.ts';

/** Incidents of one delivery that are worked on at the same time. */
const CONCURRENCY = 8;
const MAX_QUARANTINED_CHARACTERS = 200_000;

export type ReceiveDeliveryPorts = ChangePorts & { quarantine: Quarantine; catalog: RunbookCatalog };

export type ReceiveDeliveryResult =
  | {
      kind: 'accepted';
      incidents: { id: string; outcome: TransitionOutcome }[];
      rejected: { index: number; reason: string }[];
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
  const parsed = parseDelivery(input.source, input.body);
  if (parsed.kind === 'malformed') {
    await ports.quarantine.add({
      id: sha256Hex(`${input.source}\n${input.body}`, 32),
      source: input.source,
      at: input.now,
      reason: parsed.path === '' ? parsed.reason : `${parsed.path}: ${parsed.reason}`,
      body: input.body.slice(0, MAX_QUARANTINED_CHARACTERS),
    });
    return { kind: 'malformed', path: parsed.path, reason: parsed.reason };
  }
  return takeIn(ports, parsed.delivery, input.now);
}

async function takeIn(
  ports: ReceiveDeliveryPorts,
  delivery: Delivery,
  now: Millis,
): Promise<ReceiveDeliveryResult> {
  const waiting = splitBySubject(ports.catalog, delivery.alerts, delivery.externalURL);
  const incidents: { id: string; outcome: TransitionOutcome }[] = [];
  const failures: unknown[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        const { incident, outcome } = await observe(ports, next, now);
        if (incident) incidents.push({ id: incident.id, outcome });
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} incidents of this delivery could not be taken in`);
  }
  return { kind: 'accepted', incidents, rejected: delivery.rejected };
}

function observe(ports: ReceiveDeliveryPorts, { subject, previousKeys, alerts }: SubjectAlerts, now: Millis) {
  const policy = policyFor(ports.catalog, subject.alertname);
  return changeVersion(ports, {
    event: { type: 'observed', subject, alerts },
    now,
    policyOf: () => policy,
    read: () => latestUnder(ports, [subject.key, ...previousKeys]),
  });
}

/** An incident keeps the group_by it was opened with: one still open under an earlier key receives the alerts. */
async function latestUnder(ports: ReceiveDeliveryPorts, keys: string[]): Promise<Incident | undefined> {
  const [current, ...previous] = await Promise.all(keys.map((key) => ports.incidents.latest(key)));
  if (current?.status === 'open') return current;
  return previous.find((incident) => incident?.status === 'open') ?? current;
}
