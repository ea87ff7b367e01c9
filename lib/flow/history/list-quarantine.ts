import type { Quarantine } from '../../core/history/history.ts';
import { formatIso } from '../../core/shared/time.ts';

export type QuarantineListing = {
  deliveries: { id: string; source: string; at: string; reason: string; body: string }[];
};

/** Characters that all bodies of an answer share: escaped twice, they stay below the 6 MB of a Lambda's answer. */
const MAX_CHARACTERS = 1_000_000;

/** The newest quarantined bodies, with times in ISO 8601. What is cut for the answer is said. */
export async function listQuarantine(
  ports: { quarantine: Pick<Quarantine, 'list'> },
  limit: number,
): Promise<QuarantineListing> {
  const entries = await ports.quarantine.list(limit);
  const share = Math.floor(MAX_CHARACTERS / Math.max(1, entries.length));
  return {
    deliveries: entries.map((entry) => ({
      ...entry,
      at: formatIso(entry.at),
      body: startOf(entry.body, share),
    })),
  };
}

function startOf(body: string, most: number): string {
  if (body.length <= most) return body;
  // Never half of a character that takes two units.
  const kept = body.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept}… (${body.length - kept.length} of ${body.length} characters not shown)`;
}
