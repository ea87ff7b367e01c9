import type { Quarantine } from '../../core/history/history.ts';
import {
  computeQuarantineId,
  type RejectedAlert,
  toQuarantineEntry,
} from '../../core/history/quarantine-entry.ts';
import type { Millis } from '../../core/shared/time.ts';

type QuarantinePort = Pick<Quarantine, 'add'>;

/** Stores a body that could not be read, or its beginning. A repeated webhook gives the same entry. */
export async function quarantineBody(
  quarantine: QuarantinePort,
  webhook: { source: string; body: string; reason: string; now: Millis },
): Promise<void> {
  const { source, body, reason, now } = webhook;
  await quarantine.add({ id: computeQuarantineId(source, body), source, at: now, reason, body });
}

/**
 * Stores the alerts of one webhook that could not be accepted, with the reasons, as one entry. A repeated
 * webhook gives the same entry. Returns its id, if any alert was rejected. Throws when it could not be stored.
 */
export async function quarantineAlerts(
  quarantine: QuarantinePort,
  webhook: { source: string; body: string; rejected: RejectedAlert[]; now: Millis },
): Promise<string | undefined> {
  if (webhook.rejected.length === 0) return undefined;
  const entry = toQuarantineEntry(webhook);
  await quarantine.add(entry);
  return entry.id;
}
