import { describeText, isWebPage, refuseAnswer } from '../../core/diagnosis/checks/failure-words.ts';
import type { Bounds, LogExcerpt, LogRequest, Pod, ProbeResult } from '../../core/diagnosis/checks/probe.ts';
import { clip } from '../../core/shared/clip.ts';
import { compilePattern } from '../../core/shared/pattern.ts';
import type { PodObject } from './answer-schema.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { createLogTail, type LogTail } from './log-tail.ts';
import { findDefaultContainer, toPod } from './read-objects.ts';

/** Pods of one deployment mostly log the same. */
const MOST_PODS = 3;
const LONGEST_WORDS = 200;

type Candidate = { pod: Pod; container: string };
type PodLog = { pod: string; log: ProbeResult<LogTail> };

/**
 * The logs of some of these pods, failing pods first, all in parallel. It fails when none of them could be read.
 * `entries` are pods as the API returned them.
 */
export async function readLogs(
  api: KubernetesApi,
  request: LogRequest,
  entries: PodObject[],
  bounds: Bounds,
): Promise<ProbeResult<LogExcerpt>> {
  const candidates = entries.flatMap((entry) => toCandidate(entry, request)).toSorted(inTroubleFirst);
  const logs = await Promise.all(
    candidates.slice(0, MOST_PODS).map(async (each): Promise<PodLog> => {
      return { pod: each.pod.name, log: await readLog(api, request, each, bounds) };
    }),
  );
  const excerpt: LogExcerpt = { pods: [], unread: candidates.length, lines: [], matched: 0, read: 0 };
  const lines: { pod: string; at: number; text: string }[] = [];
  for (const { pod, log } of logs) {
    if (log.kind === 'failed') continue;
    excerpt.pods.push(pod);
    excerpt.unread -= 1;
    excerpt.matched += log.value.matched;
    excerpt.read += log.value.read;
    lines.push(...log.value.newest.map((line) => ({ pod, ...line })));
  }
  const [first] = logs;
  if (excerpt.pods.length === 0 && first?.log.kind === 'failed') return first.log;
  const inOrder = lines.toSorted((a, b) => a.at - b.at).slice(-bounds.maxRows);
  return { kind: 'ok', value: { ...excerpt, lines: inOrder.map(({ pod, text }) => ({ pod, text })) } };
}

/** `undefined` for a pod without such a log: none of its containers has started, or none has ended before. */
function toCandidate(entry: PodObject, request: LogRequest): Candidate | [] {
  const pod = toPod(entry);
  const container = request.container ?? findDefaultContainer(entry);
  if (container === undefined) return [];
  const isBefore = pod.containers.some(({ name, restarts }) => name === container && restarts > 0);
  return request.previous && !isBefore ? [] : { pod, container };
}

function inTroubleFirst(a: Candidate, b: Candidate): number {
  return Number(a.pod.ready) - Number(b.pod.ready) || b.pod.createdAt - a.pod.createdAt;
}

async function readLog(
  api: KubernetesApi,
  request: LogRequest,
  { pod, container }: Candidate,
  bounds: Bounds,
): Promise<ProbeResult<LogTail>> {
  const path = ['api', 'v1', 'namespaces', request.namespace, 'pods', pod.name, 'log'];
  const query = {
    container,
    tailLines: String(request.tail),
    // The timestamps put the lines of several pods into one order.
    timestamps: 'true',
    ...(request.previous && { previous: 'true' }),
  };
  const pattern = request.grep === undefined ? undefined : compilePattern(request.grep, { ignoreCase: true });
  if (pattern && 'mistake' in pattern) {
    return { kind: 'failed', reason: `${request.grep} ${pattern.mistake}` };
  }
  const options = {
    most: bounds.maxRows,
    longest: bounds.maxBytes,
    matches: (line: string) => pattern === undefined || pattern.test(line) === true,
  };
  const answer = await api.read(path, query, bounds, (stream) => createLogTail(stream, options));
  return answer.kind === 'failed' ? answer : refuseUnstamped(answer.value);
}

/**
 * The server stamps every line of a log. Text without a stamp is another program's page, or kubelet's own words about
 * a log that it cannot read, with status 200. Counted as lines that do not match, either would look like no error.
 */
function refuseUnstamped(log: LogTail): ProbeResult<LogTail> {
  if (log.unstamped === undefined || log.stamped > 0) return { kind: 'ok', value: log };
  return isWebPage(log.unstamped)
    ? refuseAnswer('Kubernetes', describeText(log.unstamped))
    : { kind: 'failed', reason: `no log: ${clip(log.unstamped, LONGEST_WORDS)}` };
}
