import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Matcher, matchesAll } from '../../../lib/core/alert/matcher.ts';
import { findPatternMistake } from '../../../lib/core/shared/pattern.ts';

const silenceSchema = z.object({
  id: z.string().optional(),
  matchers: z
    .array(
      z.object({
        name: z.string().min(1),
        value: z.string(),
        isRegex: z.boolean(),
        isEqual: z.boolean().default(true),
      }),
    )
    .min(1),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  createdBy: z.string().min(1),
  comment: z.string().min(1),
});

type Silence = z.infer<typeof silenceSchema> & { id: string; updatedAt: string };
type ShownSilence = Silence & { status: { state: 'active' | 'pending' | 'expired' } };

/** Silences in memory, in the format of Alertmanager's API v2. */
export type LocalSilences = {
  all(): ShownSilence[];
  /** The body of a POST; a body with a known id moves that silence's end. */
  put(body: unknown): { silenceID: string } | { mistake: string };
  expire(id: string): boolean;
  /** Ids of the active ones that cover an alert with these labels. */
  covering(labels: Record<string, string>): string[];
};

export function createLocalSilences(now: () => number): LocalSilences {
  const silences = new Map<string, Silence>();
  /** By id of the silence. */
  const matchers = new Map<string, Matcher[]>();

  function stateOf({ startsAt, endsAt }: Silence): ShownSilence['status']['state'] {
    if (Date.parse(endsAt) <= now()) return 'expired';
    return Date.parse(startsAt) > now() ? 'pending' : 'active';
  }

  return {
    all: () => [...silences.values()].map((each) => ({ ...each, status: { state: stateOf(each) } })),

    put(body) {
      const parsed = silenceSchema.safeParse(body);
      if (!parsed.success) return { mistake: parsed.error.issues[0]?.message ?? 'not a silence' };
      if (parsed.data.matchers.every(({ value }) => value === '')) {
        return { mistake: 'at least one matcher must not match the empty string' };
      }
      for (const { name, value, isRegex } of parsed.data.matchers) {
        const mistake = isRegex ? findPatternMistake(value) : undefined;
        if (mistake !== undefined)
          return { mistake: `invalid matcher of ${name}: ${JSON.stringify(value)} ${mistake}` };
      }
      if (Date.parse(parsed.data.endsAt) <= now()) return { mistake: 'end time cannot be in the past' };
      const { id = randomUUID() } = parsed.data;
      if (parsed.data.id !== undefined && !silences.has(id)) return { mistake: 'silence not found' };
      silences.set(id, { ...parsed.data, id, updatedAt: new Date(now()).toISOString() });
      matchers.set(id, parsed.data.matchers.map(toMatcher));
      return { silenceID: id };
    },

    expire(id) {
      const silence = silences.get(id);
      if (silence === undefined) return false;
      silences.set(id, { ...silence, endsAt: new Date(now()).toISOString() });
      return true;
    },

    covering: (labels) =>
      [...silences.values()]
        .filter((each) => stateOf(each) === 'active')
        .filter(({ id }) => matchesAll(matchers.get(id) ?? [], labels))
        .map(({ id }) => id),
  };
}

function toMatcher({ name, value, isRegex, isEqual }: Silence['matchers'][number]): Matcher {
  return { label: name, value, operator: isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=' };
}
