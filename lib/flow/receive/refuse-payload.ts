import { observePayloadTooLarge, PAYLOAD_TOO_LARGE } from '../../core/heartbeat/payload-too-large.ts';
import type { Quarantine } from '../../core/history/history.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type ApplyEventPorts, applyEvent } from '../incident/apply-event.ts';
import { listFailures, throwFailures } from '../shared/failures.ts';
import { quarantineBody } from './quarantine-webhook.ts';

export type RefusePayloadPorts = ApplyEventPorts & {
  quarantine: Pick<Quarantine, 'add'>;
  catalog: RunbookCatalog;
};

type Payload = { source: string; body: string; bytes: number; maxBytes: number; now: Millis };

/**
 * Stores the beginning of a body that is too large to be read, and opens an incident of its source, because
 * the sender drops a webhook after a 413. Throws if either could not be stored or published: the response
 * must then be a 5xx, so that the sender repeats it. Returns a sentence about the failure.
 */
export async function refusePayload(ports: RefusePayloadPorts, payload: Payload): Promise<string> {
  const reason = `The body has ${payload.bytes} bytes; at most ${payload.maxBytes} are accepted.`;
  const results = await Promise.allSettled([
    openIncident(ports, payload),
    quarantineBody(ports.quarantine, { ...payload, reason }),
  ]);
  throwFailures(listFailures(results), 'a payload that is too large could not be reported');
  return reason;
}

async function openIncident(ports: RefusePayloadPorts, payload: Payload): Promise<void> {
  const { now } = payload;
  const policy = findPolicy(ports.catalog, PAYLOAD_TOO_LARGE);
  const { identity } = observePayloadTooLarge(payload, undefined, now);
  const read = () => ports.incidents.latest(identity.key);
  const event = observePayloadTooLarge(payload, await read(), now);
  await applyEvent(ports, { event, now, policyOf: () => policy, read });
}
