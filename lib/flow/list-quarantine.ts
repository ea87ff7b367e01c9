import type { Quarantine } from '../core/history/history.ts';
import { isoTime } from '../core/history/iso-time.ts';

export type QuarantineListing = {
  deliveries: { id: string; source: string; at: string; reason: string; body: string }[];
};

/** The newest quarantined bodies, with times in ISO 8601. */
export async function listQuarantine(
  ports: { quarantine: Pick<Quarantine, 'list'> },
  limit: number,
): Promise<QuarantineListing> {
  const entries = await ports.quarantine.list(limit);
  return { deliveries: entries.map((entry) => ({ ...entry, at: isoTime(entry.at) })) };
}
