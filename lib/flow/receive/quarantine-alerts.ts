import type { Quarantine } from '../../core/history/history.ts';
import { quarantineEntry, type RejectedAlert } from '../../core/history/quarantine-entry.ts';
import type { Millis } from '../../core/shared/time.ts';

/**
 * Keeps the alerts of one webhook that could not be taken, with the reasons, as one entry. A repeated webhook gives the
 * same entry again. Returns its id. Throws when it could not be stored.
 */
export async function quarantineAlerts(
  quarantine: Pick<Quarantine, 'add'>,
  webhook: { source: string; body: string; rejected: RejectedAlert[]; now: Millis },
): Promise<string> {
  const entry = quarantineEntry(webhook);
  await quarantine.add(entry);
  return entry.id;
}
