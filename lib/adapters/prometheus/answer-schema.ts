import * as z from 'zod/mini';

// The fields that are used of https://prometheus.io/docs/prometheus/latest/querying/api/. Values arrive as text,
// because JSON has no NaN and no infinity.

const value = z.pipe(
  z.string(),
  z.transform((text) => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text))),
);
const labels = z.record(z.string(), z.string());
/** [seconds, value] */
const sample = z.tuple([z.number(), value]);

export const errorSchema = z.object({ status: z.literal('error'), error: z.string() });

export const answerSchema = z.object({ status: z.literal('success'), data: z.unknown() });

export const scalarSchema = z.object({
  resultType: z.literal('scalar'),
  result: z.pipe(
    sample,
    z.transform(([, number]) => number),
  ),
});

export const vectorSchema = z.object({
  resultType: z.literal('vector'),
  result: z.array(
    z.object({
      metric: labels,
      value: z.pipe(
        sample,
        z.transform(([, number]) => number),
      ),
    }),
  ),
});

export const matrixSchema = z.object({
  resultType: z.literal('matrix'),
  result: z.array(
    z.object({
      metric: labels,
      values: z.array(
        z.pipe(
          sample,
          z.transform(([seconds, number]): [number, number] => [Math.round(seconds * 1_000), number]),
        ),
      ),
    }),
  ),
});
