import type { Quarantine } from '../../core/history/history.ts';
import { formatIso } from '../../core/shared/time.ts';

export type QuarantineListing = {
  deliveries: { id: string; source: string; at: string; reason: string; body: string }[];
};

/** Total characters of all bodies in a response: escaped twice, they stay below Lambda's 6 MB. */
const MAX_CHARACTERS = 1_000_000;

/** The newest quarantined bodies, with times in ISO 8601. A shortened body says so. */
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
      body: shorten(entry.body, share),
    })),
  };
}

function shorten(body: string, most: number): string {
  if (body.length <= most) return body;
  // Never cuts a surrogate pair.
  const kept = body.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept}… (${body.length - kept.length} of ${body.length} characters not shown)`;
}
