import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { addAbortSignal, type Readable } from 'node:stream';
import axios, { AxiosError } from 'axios';
import { describeHttpFailure } from '../../core/diagnosis/checks/failure-words.ts';
import type { Bounds, HttpProbe, ProbeResult } from '../../core/diagnosis/checks/probe.ts';
import { compilePattern } from '../../core/shared/pattern.ts';
import { readMetrics } from './read-metrics.ts';

/** Base URLs by the names that runbooks use. */
export type HttpProbeOptions = { targets: ReadonlyMap<string, string> };

type Opened = { status: number; body: Readable };

/**
 * GETs of the given targets and of nothing else, without redirects or a proxy. Bodies are streamed and cut at their
 * bounds. Every failure is one sentence without the address, which may hold a password.
 */
export function createHttpProbe({ targets }: HttpProbeOptions): HttpProbe {
  const http = createClient();

  /** Opens one target's answer and reads it; the unread rest of the body is discarded. */
  async function ask<T>(
    target: string,
    path: string,
    accept: string,
    bounds: Bounds,
    read: (answer: Opened) => Promise<ProbeResult<T>>,
  ): Promise<ProbeResult<T>> {
    const base = targets.get(target);
    if (base === undefined) return { kind: 'failed', reason: 'HTTP_TARGETS does not name it' };
    if (!path.startsWith('/')) return { kind: 'failed', reason: 'a path begins with /' };
    // The client's own timeout starts again with every byte.
    const signal = AbortSignal.any([bounds.signal, AbortSignal.timeout(bounds.timeoutMs)]);
    let body: Readable | undefined;
    try {
      const answer = await http.get<Readable>(`${base}${path}`, { signal, headers: { accept } });
      body = answer.data;
      addAbortSignal(signal, body);
      return await read({ status: answer.status, body });
    } catch (error) {
      return { kind: 'failed', reason: reasonOf(error, signal.aborted, bounds.timeoutMs) };
    } finally {
      body?.destroy();
    }
  }

  return {
    has: (target) => targets.has(target),

    get(target, path, bounds) {
      const startedAt = performance.now();
      return ask(target, path, '*/*', bounds, async ({ status, body }) => {
        const text = await readBeginning(body, bounds.maxBytes);
        const tookMs = Math.round(performance.now() - startedAt);
        return { kind: 'ok', value: { status, body: text, tookMs } };
      });
    },

    async metrics(target, path, match, bounds) {
      const pattern = compilePattern(match);
      if ('mistake' in pattern) return { kind: 'failed', reason: `${match} ${pattern.mistake}` };
      const accept = 'text/plain;version=0.0.4, */*;q=0.1';
      return ask(target, path, accept, bounds, async ({ status, body }) => {
        if (status >= 200 && status < 300) return readMetrics(body, pattern, bounds.maxRows);
        const beginning = await readBeginning(body, bounds.maxBytes);
        return {
          kind: 'failed',
          reason: describeHttpFailure({ ...answered, status, body: beginning }, bounds.timeoutMs),
        };
      });
    },
  };
}

function createClient() {
  return axios.create({
    maxRedirects: 0,
    proxy: false,
    // Agents of our own, because the environment can make Node's default ones use a proxy.
    httpAgent: new HttpAgent(),
    httpsAgent: new HttpsAgent(),
    responseType: 'stream',
    validateStatus: () => true,
    headers: { 'accept-encoding': 'identity' },
  });
}

const answered = { timedOut: false, tooLarge: false };

/** At most so many bytes of a body, as text. */
async function readBeginning(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= maxBytes) break;
  }
  // In stream mode, the decoder leaves out a character that is cut in two.
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBytes), { stream: true });
}

function reasonOf(error: unknown, timedOut: boolean, timeoutMs: number): string {
  const code = error instanceof AxiosError || isCoded(error) ? error.code : undefined;
  if (!timedOut && code === undefined) return 'the answer could not be read';
  return describeHttpFailure({ ...answered, timedOut, code }, timeoutMs);
}

function isCoded(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
