import * as z from 'zod/mini';
import { textsSchema } from '../../core/diagnosis/checks/answer-schema.ts';
import type { ActiveAlert } from '../../core/diagnosis/checks/probe.ts';

// The answers of API v2: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml. Fields that are not
// used are ignored.

const timeSchema = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))));
const nameSchema = z.string().check(z.minLength(1));

/** One entry of `GET /alerts`. Without fingerprint, labels and state nobody could say which alert it is. */
export const activeAlertSchema = z.pipe(
  z.object({
    fingerprint: nameSchema,
    labels: textsSchema,
    annotations: z.nullish(textsSchema),
    generatorURL: z.nullish(z.string()),
    receivers: z.nullish(z.array(z.object({ name: z.string() }))),
    startsAt: z.nullish(timeSchema),
    status: z.object({ state: z.enum(['active', 'suppressed', 'unprocessed']) }),
  }),
  z.transform(
    ({ fingerprint, labels, annotations, generatorURL, receivers, startsAt, status }): ActiveAlert => ({
      fingerprint,
      labels: withoutNamelessTexts(labels),
      annotations: withoutNamelessTexts(annotations ?? {}),
      generatorURL: generatorURL ?? undefined,
      receivers: receivers?.map(({ name }) => name),
      startsAt: startsAt ? Date.parse(startsAt) : 0,
      state: status.state,
    }),
  ),
);

/** One entry of `GET /silences`. */
export const silenceSchema = z.object({
  id: nameSchema,
  status: z.object({ state: z.string() }),
  startsAt: timeSchema,
  endsAt: timeSchema,
  comment: z._default(z.string(), ''),
  createdBy: z._default(z.string(), ''),
  /** Absent where a silence has none, as none of ours. */
  matchers: z.nullish(
    z.array(
      z.object({
        name: z.string(),
        value: z.string(),
        isRegex: z.nullish(z.boolean()),
        /** Absent before Alertmanager 0.22, which knew no other matchers. */
        isEqual: z.nullish(z.boolean()),
      }),
    ),
  ),
});

export type ListedSilence = z.infer<typeof silenceSchema>;

/** The answer to `POST /silences`. */
export const createdSilenceSchema = z.object({ silenceID: nameSchema });

/** The table refuses names that are empty. */
function withoutNamelessTexts(texts: Record<string, string>): Record<string, string> {
  return Object.hasOwn(texts, '')
    ? Object.fromEntries(Object.entries(texts).filter(([name]) => name !== ''))
    : texts;
}
