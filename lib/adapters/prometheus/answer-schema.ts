import * as z from 'zod/mini';
import { textsSchema } from '../../core/diagnosis/checks/answer-schema.ts';
import type { Sample, Series } from '../../core/diagnosis/checks/probe.ts';
import { type Millis, SECOND } from '../../core/shared/time.ts';

// The answers of https://prometheus.io/docs/prometheus/latest/querying/api/. One entry of another shape fails the whole
// answer: without it, a check would count too little and might call that normal.

/** A number as text, because JSON has no NaN and no infinity. */
const NUMBER = /^(?:NaN|[+-]?Inf|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i;

/** `[seconds, "value"]` */
const pointSchema = z.pipe(
  z.tuple([z.number(), z.string().check(z.regex(NUMBER))]),
  z.transform(([seconds, text]): [Millis, number] => [seconds * SECOND, toNumber(text)]),
);

const vectorSchema = z.object({
  resultType: z.literal('vector'),
  result: z.array(
    z.pipe(
      z.object({ metric: textsSchema, value: pointSchema }),
      z.transform(({ metric, value }): Sample => ({ labels: metric, value: value[1] })),
    ),
  ),
});

/** A bare number: one sample without labels. */
const scalarSchema = z.object({
  resultType: z.literal('scalar'),
  result: z.pipe(
    pointSchema,
    z.transform(([, value]): Sample[] => [{ labels: {}, value }]),
  ),
});

const matrixSchema = z.object({
  resultType: z.literal('matrix'),
  result: z.array(
    z.pipe(
      z.object({ metric: textsSchema, values: z.array(pointSchema) }),
      z.transform(({ metric, values }): Series => ({ labels: metric, points: values })),
    ),
  ),
});

const envelope = {
  status: z.literal('success'),
  /** VictoriaMetrics: some of its storage did not answer. */
  isPartial: z.optional(z.unknown()),
  /** Thanos: a store did not answer. Prometheus warns of odd data as well. */
  warnings: z.optional(z.unknown()),
};

/** Nothing found in a part of the data is no sign that there is nothing. */
function isWhole({ isPartial, warnings, data }: Answer): boolean {
  return isPartial !== true && !(Array.isArray(warnings) && warnings.length > 0 && data.result.length === 0);
}

type Answer = { isPartial?: unknown; warnings?: unknown; data: { result: unknown[] } };

const PARTIAL = 'is a part: some of the storage did not answer';

/** The answer to an instant query: its samples. */
export const instantSchema = z.pipe(
  z
    .object({
      ...envelope,
      data: z.discriminatedUnion('resultType', [vectorSchema, scalarSchema]),
    })
    .check(z.refine(isWhole, PARTIAL)),
  z.transform(({ data }): Sample[] => data.result),
);

/** The answer to a range query: its series, the points oldest first. */
export const rangeSchema = z.pipe(
  z.object({ ...envelope, data: matrixSchema }).check(z.refine(isWhole, PARTIAL)),
  z.transform(({ data }): Series[] => data.result),
);

function toNumber(text: string): number {
  if (/^\+?inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  return /^-inf$/i.test(text) ? Number.NEGATIVE_INFINITY : Number(text);
}
