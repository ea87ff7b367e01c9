import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import axios, { AxiosError } from 'axios';
import type { ZodMiniType } from 'zod/mini';
import { parseAnswer } from '../../core/diagnosis/checks/answer-schema.ts';
import { describeHttpFailure, type HttpFailure } from '../../core/diagnosis/checks/failure-words.ts';
import type { Bounds, ProbeResult } from '../../core/diagnosis/checks/probe.ts';
import { retryStaleConnections } from '../http-client/retry-stale-connection.ts';

/** Access to a cluster's API. Token and authority are read before each request, because both get renewed. */
export type KubernetesAccess = {
  /** Base URL, without a slash at its end. */
  url: string;
  /** The bearer token; a failure is one sentence. Absent: no token is sent, as to `kubectl proxy`. */
  token?: () => Promise<ProbeResult<string>>;
  /** PEM of the authorities that may vouch for the server, instead of the system's. */
  authority?: () => Promise<ProbeResult<string>>;
};

/** Path segments, each encoded on its own. */
export type Path = readonly string[];
export type Query = Readonly<Record<string, string>>;

type Consume<T> = (stream: AsyncIterable<Buffer>, contentType: unknown) => Promise<T>;

export type KubernetesApi = {
  /** An answer of this shape; any other is a failure. */
  json<T>(path: Path, query: Query, schema: ZodMiniType<T>, bounds: Bounds): Promise<ProbeResult<T>>;
  /** The content of a stream, as `consume` returns it; the stream ends with it. */
  read<T>(path: Path, query: Query, bounds: Bounds, consume: Consume<T>): Promise<ProbeResult<T>>;
};

/** A list of a thousand pods with everything about them. */
const MAX_ANSWER = 20_000_000;
/** Limit of a streamed answer, which is never in memory as a whole: a long log. */
const MAX_STREAM = 250_000_000;
/** Limit of an error answer. */
const MAX_REFUSAL = 64_000;
/** A frozen Lambda wakes up with connections that died meanwhile, so older ones are not used again. */
const IDLE_TIMEOUT = 5_000;
const UNREADABLE = 'the answer could not be read';

/**
 * GETs of Kubernetes' API: https://kubernetes.io/docs/reference/using-api/api-concepts/. Calls only the configured
 * address, follows no redirect and uses no proxy. Every failure is one sentence without address and token.
 */
export function createKubernetesApi(access: KubernetesAccess): KubernetesApi {
  const http = createClient();
  const agentFor = createAgents();

  async function read<T>(
    path: Path,
    query: Query,
    bounds: Bounds,
    consume: Consume<T>,
  ): Promise<ProbeResult<T>> {
    const signal = AbortSignal.any([bounds.signal, AbortSignal.timeout(bounds.timeoutMs)]);
    try {
      const asked = Promise.all([access.token?.(), access.authority?.()]);
      const [token, authority] = await beforeAbort(asked, signal);
      if (token?.kind === 'failed') return token;
      if (authority?.kind === 'failed') return authority;
      const secret = token?.value.trim();
      const { status, data, headers } = await http.get<unknown>(
        `${access.url}/${path.map(encodeURIComponent).join('/')}`,
        {
          params: new URLSearchParams(query),
          signal,
          headers: secret === undefined ? undefined : { authorization: `Bearer ${secret}` },
          httpsAgent: authority && agentFor(authority.value),
        },
      );
      if (!(data instanceof Readable)) return { kind: 'failed', reason: UNREADABLE };
      if (status === 200) return { kind: 'ok', value: await consume(bounded(data), headers['content-type']) };
      const body = messageOf(parsed(await textOf(data, MAX_REFUSAL)));
      // A server that echoes the request must not make the token public.
      return failed({ status, body: secret ? body?.replaceAll(secret, '[redacted]') : body }, bounds);
    } catch (error) {
      if (signal.aborted) return failed({ timedOut: true }, bounds);
      if (error instanceof TooLarge) return failed({ tooLarge: true }, bounds);
      if (!(error instanceof AxiosError)) return { kind: 'failed', reason: UNREADABLE };
      return failed({ code: error.code }, bounds);
    }
  }

  return {
    read,
    async json(path, query, schema, bounds) {
      const answer = await read(path, query, bounds, async (stream, contentType) => ({
        contentType,
        text: await textOf(stream, MAX_ANSWER),
      }));
      if (answer.kind === 'failed') return answer;
      const { contentType, text } = answer.value;
      if (text === undefined) return failed({ tooLarge: true }, bounds);
      return parseAnswer('Kubernetes', schema, { contentType, body: parsed(text) });
    },
  };
}

function createClient() {
  const client = axios.create({
    maxRedirects: 0,
    proxy: false,
    responseType: 'stream',
    headers: { accept: 'application/json, */*' },
    // The body of an error answer gives the reason.
    validateStatus: () => true,
  });
  return retryStaleConnections(client);
}

/** One agent, and so one pool of connections, until the authority is renewed. */
function createAgents(): (authority: string) => Agent {
  let trusted: { authority: string; agent: Agent } | undefined;
  return (authority) => {
    if (trusted?.authority !== authority) {
      trusted = { authority, agent: new Agent({ ca: authority, keepAlive: true, timeout: IDLE_TIMEOUT }) };
    }
    return trusted.agent;
  };
}

function failed(failure: Partial<HttpFailure>, { timeoutMs }: Bounds): ProbeResult<never> {
  return {
    kind: 'failed',
    reason: describeHttpFailure({ timedOut: false, tooLarge: false, ...failure }, timeoutMs),
  };
}

/** Stops waiting when the signal aborts; the promise itself goes on. */
function beforeAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('aborted'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

class TooLarge extends Error {
  override name = 'TooLarge';
}

async function* bounded(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = MAX_STREAM;
  for await (const chunk of stream) {
    left -= chunk.length;
    if (left < 0) throw new TooLarge();
    yield chunk;
  }
}

/** `undefined` when it is longer than `most` bytes; the rest is not read. */
async function textOf(stream: AsyncIterable<Buffer>, most: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The text itself when it is no JSON. */
function parsed(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The server's own message from its Status object; a proxy's error page explains nothing. */
function messageOf(answer: unknown): string | undefined {
  return typeof answer === 'object' &&
    answer !== null &&
    'message' in answer &&
    typeof answer.message === 'string'
    ? answer.message
    : undefined;
}
