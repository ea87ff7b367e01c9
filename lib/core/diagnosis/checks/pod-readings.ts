import { SECOND } from '../../shared/time.ts';
import type { CelVariables } from '../expressions/cel.ts';
import { cleanCell } from '../findings/clean-cell.ts';
import type { ClusterEvent, LogExcerpt, Pod, PodContainer, PodUsage, Resources } from './probe.ts';
import type { ReadContext, StepReading } from './reading.ts';
import { type Row, toRowEvidence } from './row-evidence.ts';

/** Kubernetes' reason for a container that was killed for its memory. */
const OUT_OF_MEMORY = 'OOMKilled';

/** Rows {pod, ready, status, restarts, last_exit, ended_seconds, age_seconds, node}, worst first. */
export function summarizePods(pods: Pod[], context: ReadContext): StepReading {
  const all = pods.map((pod) => ({ pod, exit: findLastExit(pod), restarts: countRestarts(pod) }));
  const worstFirst = all.toSorted(
    (a, b) =>
      Number(isDown(b.pod)) - Number(isDown(a.pod)) ||
      b.restarts - a.restarts ||
      (a.pod.name < b.pod.name ? -1 : 1),
  );
  const rows = worstFirst.map(({ pod, exit, restarts }) => ({
    pod: pod.name,
    ready: pod.ready,
    status: pod.status,
    restarts,
    last_exit: exit ? `${exit.reason} (${exit.exitCode})` : '',
    ended_seconds: exit ? secondsSince(exit.at, context) : null,
    age_seconds: secondsSince(pod.createdAt, context),
    node: pod.node,
  }));
  const columns = ['pod', 'ready', 'status', 'restarts', 'last_exit', 'ended_seconds', 'age_seconds'];
  const nodes = new Set(pods.map((pod) => pod.node));
  return toTableReading(nodes.size > 1 ? [...columns, 'node'] : columns, rows, context, {
    not_ready: pods.filter(isDown).length,
    restarts: all.reduce((sum, { restarts }) => sum + restarts, 0),
    oom_killed: all.filter(({ exit }) => exit?.reason === OUT_OF_MEMORY).length,
  });
}

/** Rows {pod, container, …_request_…, …_limit_…}, those without a limit first. */
export function summarizeLimits(pods: Pod[], context: ReadContext): StepReading {
  const rows = pods.flatMap(({ name, containers }) =>
    containers.map(({ name: container, requests, limits }) => ({
      pod: name,
      container,
      cpu_request_millicores: requests.cpuMillicores ?? null,
      cpu_limit_millicores: limits.cpuMillicores ?? null,
      memory_request_bytes: requests.memoryBytes ?? null,
      memory_limit_bytes: limits.memoryBytes ?? null,
    })),
  );
  const isUnlimited = (row: (typeof rows)[number]) =>
    row.cpu_limit_millicores === null || row.memory_limit_bytes === null;
  const sorted = rows.toSorted((a, b) => Number(isUnlimited(b)) - Number(isUnlimited(a)));
  const columns = Object.keys(sorted[0] ?? {}).filter(
    (column) => column !== 'container' || hasSeveralContainers(rows),
  );
  return toTableReading(columns, sorted, context, { unlimited: rows.filter(isUnlimited).length });
}

/** Rows {pod, container, cpu_millicores, memory_bytes, …_limit_…, …_percent}, highest first. */
export function summarizeUsage(
  usage: PodUsage[],
  pods: Pod[],
  sort: 'memory' | 'cpu',
  context: ReadContext,
): StepReading {
  const limits = new Map(
    pods.flatMap((pod) => pod.containers.map((each) => [`${pod.name}/${each.name}`, each.limits] as const)),
  );
  const rows = usage.flatMap(({ pod, containers }) =>
    containers.map(({ name, ...used }) => toUsageRow(pod, name, used, limits.get(`${pod}/${name}`) ?? {})),
  );
  const key = sort === 'cpu' ? 'cpu_millicores' : 'memory_bytes';
  const sorted = rows.toSorted((a, b) => (b[key] ?? 0) - (a[key] ?? 0));
  const shown = ['cpu_millicores', 'cpu_percent', 'memory_bytes', 'memory_percent'];
  return toTableReading(
    ['pod', ...(hasSeveralContainers(rows) ? ['container'] : []), ...shown],
    sorted,
    context,
  );
}

function toUsageRow(pod: string, container: string, used: Resources, limits: Resources) {
  return {
    pod,
    container,
    cpu_millicores: used.cpuMillicores ?? null,
    memory_bytes: used.memoryBytes ?? null,
    cpu_limit_millicores: limits.cpuMillicores ?? null,
    memory_limit_bytes: limits.memoryBytes ?? null,
    cpu_percent: computePercent(used.cpuMillicores, limits.cpuMillicores),
    memory_percent: computePercent(used.memoryBytes, limits.memoryBytes),
  };
}

/** Rows {object, reason, message, count, seen_seconds}, newest first. */
export function summarizeEvents(events: ClusterEvent[], context: ReadContext): StepReading {
  const rows = events
    .toSorted((a, b) => b.lastSeenAt - a.lastSeenAt)
    .map(({ object, reason, message, count, lastSeenAt }) => ({
      object,
      reason,
      message,
      count,
      seen_seconds: secondsSince(lastSeenAt, context),
    }));
  return toTableReading(['seen_seconds', 'object', 'reason', 'count', 'message'], rows, context);
}

/** `lines` of all pods together. A single line is shown too, because a sentence seldom quotes it whole. */
export function summarizeLog({ lines, matched, read, pods, unread }: LogExcerpt): StepReading {
  const rows = lines.map(({ text }) => ({ line: text }));
  const texts = lines.map(({ text }) => text);
  const result = {
    rows,
    first: rows[0] ?? null,
    count: matched,
    lines: texts,
    last: texts.at(-1) ?? null,
    read,
    pods,
    unread,
  };
  if (texts.length === 0) return { result };
  const shown = lines.map(({ pod, text }) =>
    cleanCell(pods.length > 1 ? `${getSuffix(pod)}: ${text}` : text),
  );
  return { result, evidence: { kind: 'text', lines: shown, omitted: matched - lines.length } };
}

function toTableReading(
  columns: string[],
  rows: Row[],
  context: ReadContext,
  more: CelVariables = {},
): StepReading {
  const kept = rows.slice(0, context.bounds.maxRows);
  const result = { rows: kept, first: kept[0] ?? null, count: rows.length, ...more };
  const evidence = toRowEvidence(columns, kept, rows.length - kept.length);
  return evidence ? { result, evidence } : { result };
}

function isDown(pod: Pod): boolean {
  return !pod.ready && !pod.finished;
}

function countRestarts(pod: Pod): number {
  return pod.containers.reduce((sum, { restarts }) => sum + restarts, 0);
}

function findLastExit(pod: Pod): PodContainer['lastExit'] {
  const exits = pod.containers.flatMap((container) => container.lastExit ?? []);
  return exits.toSorted((a, b) => b.at - a.at)[0];
}

/** If every pod has one container, its name adds nothing. */
function hasSeveralContainers(rows: { pod: string }[]): boolean {
  return new Set(rows.map(({ pod }) => pod)).size < rows.length;
}

function computePercent(used: number | undefined, limit: number | undefined): number | null {
  if (used === undefined || limit === undefined || limit === 0) return null;
  return Math.round((used / limit) * 1_000) / 10;
}

function secondsSince(at: number, { at: now }: ReadContext): number {
  return Math.max(0, Math.round((now - at) / SECOND));
}

/** The part of a pod's name that differs within a deployment. */
function getSuffix(pod: string): string {
  return pod.slice(pod.lastIndexOf('-') + 1);
}
