import type { Quarantine } from '../../core/history/history.ts';
import { redact } from '../../core/redaction/redact.ts';
import { takeHead } from '../../core/shared/clip.ts';
import { formatIso } from '../../core/shared/time.ts';

export type QuarantineListing = {
  deliveries: { id: string; source: string; at: string; reason: string; body: string }[];
};

/** Total characters of all bodies in a response: escaped twice, they stay below Lambda's 6 MB. */
const MAX_CHARACTERS = 1_000_000;

/** Read beyond the cut, so that a secret which is cut is found. */
const BEYOND = 8_000;

/** The newest quarantined bodies, redacted, with times in ISO 8601. A shortened body says so. */
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
      reason: redact(entry.reason),
      body: shorten(entry.body, share),
    })),
  };
}

function shorten(body: string, most: number): string {
  const read = takeHead(body, most + BEYOND);
  const redacted = redact(read);
  if (read === body && redacted.length <= most) return redacted;
  const kept = takeHead(redacted, most);
  const left = redacted.length - kept.length + body.length - read.length;
  return `${kept}… (${left} of ${body.length} characters not shown)`;
}
