import * as z from 'zod/mini';
import { textsSchema } from '../../core/diagnosis/checks/answer-schema.ts';
import { parseQuantity } from './quantity.ts';

// The objects of https://kubernetes.io/docs/reference/kubernetes-api/, as far as they are used. A cluster's version may
// leave out any field, or write null; a field of another type fails the answer.

const text = z.nullish(z.string());
const number = z.nullish(z.number());
const flag = z.nullish(z.boolean());
const texts = z.nullish(textsSchema);
const time = z.nullish(z.string().check(z.refine((written) => !Number.isNaN(Date.parse(written)))));
const name = z.string().check(z.minLength(1));
const quantity = z.nullish(z.string().check(z.refine((written) => parseQuantity(written) !== undefined)));
const amounts = z.nullish(z.object({ cpu: quantity, memory: quantity }));

const terminatedSchema = z.object({ reason: text, exitCode: number, signal: number, finishedAt: time });
const containerStateSchema = z.object({
  waiting: z.nullish(z.object({ reason: text })),
  running: z.nullish(z.object({})),
  terminated: z.nullish(terminatedSchema),
});
const containerStatusSchema = z.object({
  name,
  ready: flag,
  started: flag,
  restartCount: number,
  state: z.nullish(containerStateSchema),
  lastState: z.nullish(containerStateSchema),
});
const podStatusSchema = z.object({
  phase: text,
  reason: text,
  conditions: z.nullish(z.array(z.object({ type: z.string(), status: z.string(), reason: text }))),
  containerStatuses: z.nullish(z.array(containerStatusSchema)),
  initContainerStatuses: z.nullish(z.array(containerStatusSchema)),
});

export const podSchema = z.object({
  metadata: z.object({ name, creationTimestamp: time, deletionTimestamp: time, annotations: texts }),
  spec: z.object({
    nodeName: text,
    containers: z.array(
      z.object({ name, resources: z.nullish(z.object({ requests: amounts, limits: amounts })) }),
    ),
    initContainers: z.nullish(z.array(z.object({ name, restartPolicy: text }))),
  }),
  status: podStatusSchema,
});

export const podMetricsSchema = z.object({
  metadata: z.object({ name }),
  containers: z.array(z.object({ name, usage: amounts })),
});

export const eventSchema = z.object({
  metadata: z.nullish(z.object({ creationTimestamp: time })),
  involvedObject: z.object({ kind: name, name }),
  reason: text,
  message: text,
  count: number,
  series: z.nullish(z.object({ count: number, lastObservedTime: time })),
  lastTimestamp: time,
  eventTime: time,
});

const expressionSchema = z.object({
  key: name,
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: z.nullish(z.array(z.string())),
});

export const deploymentSchema = z.object({
  spec: z.object({
    selector: z.object({ matchLabels: texts, matchExpressions: z.nullish(z.array(expressionSchema)) }),
  }),
});

/** One object by its name: its kind tells it from another program's JSON. The value is a list of one. */
export function oneOf<T>(kind: string, schema: z.ZodMiniType<T>): z.ZodMiniType<T[]> {
  return z.pipe(
    z.intersection(z.object({ kind: z.literal(kind) }), schema),
    z.transform((object): T[] => [object]),
  );
}

/** The items of a list of objects, which name no kind of their own. */
export function listOf<T>(kind: string, schema: z.ZodMiniType<T>): z.ZodMiniType<T[]> {
  return z.pipe(
    z.object({ kind: z.literal(`${kind}List`), items: z.array(schema) }),
    z.transform(({ items }) => items),
  );
}

export type PodObject = z.infer<typeof podSchema>;
export type PodStatus = z.infer<typeof podStatusSchema>;
export type ContainerStatus = z.infer<typeof containerStatusSchema>;
export type ContainerState = z.infer<typeof containerStateSchema>;
export type Terminated = z.infer<typeof terminatedSchema>;
export type PodMetricsObject = z.infer<typeof podMetricsSchema>;
export type EventObject = z.infer<typeof eventSchema>;
export type DeploymentObject = z.infer<typeof deploymentSchema>;
export type Amounts = z.infer<typeof amounts>;
