import type { DeadLetter, DeadLetters } from '../../core/delivery/dead-letters.ts';
import { redactTexts } from '../../core/redaction/redact-texts.ts';
import { formatIso } from '../../core/shared/time.ts';

/** `unreadable` counts letters whose content is unknown. */
export type ShownDeadLetters = {
  count: number;
  letters: (Omit<DeadLetter, 'at'> & { at: string })[];
  unreadable?: number;
};

/** GET /dead-letters, oldest first; times are ISO 8601 in UTC. */
export async function listDeadLetters(ports: {
  deadLetters: Pick<DeadLetters, 'list'>;
}): Promise<ShownDeadLetters> {
  const { count, letters, unreadable } = await ports.deadLetters.list();
  return {
    count,
    letters: letters
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, ...letter }) => ({ ...redactTexts(letter), at: formatIso(at) })),
    unreadable: unreadable === 0 ? undefined : unreadable,
  };
}
