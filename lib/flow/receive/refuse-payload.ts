import { observePayloadTooLarge, PAYLOAD_TOO_LARGE } from '../../core/heartbeat/payload-too-large.ts';
import type { Quarantine } from '../../core/history/history.ts';
import {
  computeQuarantineId,
  type RejectedAlert,
  toQuarantineEntry,
} from '../../core/history/quarantine-entry.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type ApplyEventPorts, applyEvent } from '../incident/apply-event.ts';

export type RefusePayloadPorts = ApplyEventPorts & {
  quarantine: Pick<Quarantine, 'add'>;
  catalog: RunbookCatalog;
};

/**
 * Stores the beginning of a body that is too large to be read, and opens an incident of its source, because
 * the sender drops a webhook after a 413. Throws if either could not be stored or published: the response
 * must then be a 5xx, so that the sender repeats it. Returns a sentence about the failure.
 */
export async function refusePayload(
  ports: RefusePayloadPorts,
  payload: { source: string; body: string; bytes: number; maxBytes: number; now: Millis },
): Promise<string> {
  const { source, body, bytes, maxBytes, now } = payload;
  const reason = `The body has ${bytes} bytes; at most ${maxBytes} are accepted.`;
  const policy = findPolicy(ports.catalog, PAYLOAD_TOO_LARGE);
  const { identity } = observePayloadTooLarge(payload, undefined, now);
  const read = () => ports.incidents.latest(identity.key);
  const observed = async () => {
    const event = observePayloadTooLarge(payload, await read(), now);
    await applyEvent(ports, { event, now, policyOf: () => policy, read });
  };
  const results = await Promise.allSettled([
    observed(),
    ports.quarantine.add({ id: computeQuarantineId(source, body), source, at: now, reason, body }),
  ]);
  const failures = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (failures.length > 0) {
    throw new AggregateError(failures, 'a payload that is too large could not be reported', {
      cause: failures[0],
    });
  }
  return reason;
}

/**
 * Stores the alerts of one webhook that could not be accepted, with the reasons, as one entry. A repeated
 * webhook gives the same entry. Returns its id. Throws when it could not be stored.
 */
export async function quarantineAlerts(
  quarantine: Pick<Quarantine, 'add'>,
  webhook: { source: string; body: string; rejected: RejectedAlert[]; now: Millis },
): Promise<string> {
  const entry = toQuarantineEntry(webhook);
  await quarantine.add(entry);
  return entry.id;
}
