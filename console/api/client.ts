import type { ChangeAnswer, IncidentPage, ShownIncident, ShownStatistics } from './answers.ts';
import { nextOf } from './next-part.ts';

/** The outcome of a request. `path` names the parameter that was refused. */
export type Answer<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'refused'; status: number; detail: string; path?: string }
  | { kind: 'unreachable'; detail: string }
  /** The page started another request meanwhile. */
  | { kind: 'aborted' };

/** Query parameters; those that are undefined are left out. */
export type Parameters = Readonly<Record<string, string | undefined>>;

export type Change = { by: string; note?: string; asOf?: number };

export type Api = {
  list(parameters: Parameters, signal?: AbortSignal): Promise<Answer<IncidentPage>>;
  show(id: string, signal?: AbortSignal): Promise<Answer<ShownIncident>>;
  report(id: string, signal?: AbortSignal): Promise<Answer<string>>;
  statistics(parameters: Parameters, signal?: AbortSignal): Promise<Answer<ShownStatistics>>;
  /** `address` is relative to the API, such as `incidents.csv?severity=critical`; so is `next`, the next part's. */
  exportPage(address: string, signal?: AbortSignal): Promise<Answer<{ text: string; next?: string }>>;
  change(id: string, what: 'acknowledge' | 'resolve', change: Change): Promise<Answer<ChangeAnswer>>;
};

type ApiParts = {
  /** The API's address with a slash at its end, such as `https://api.example/dev/`. */
  root: string;
  token: string;
  /** Called when the token is unknown or revoked. */
  onUnauthorized(): void;
};

const TIMEOUT_MS = 20_000;

export function createApi({ root, token, onUnauthorized }: ApiParts): Api {
  async function ask<T>(
    path: string,
    read: (response: Response) => Promise<T>,
    init: { method?: string; body?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<Answer<T>> {
    const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(init.signal ? [init.signal] : [])];
    try {
      const response = await fetch(root + path, {
        ...init,
        headers: { authorization: `Bearer ${token}`, ...init.headers },
        cache: 'no-store',
        credentials: 'omit',
        signal: AbortSignal.any(signals),
      });
      if (response.ok) return { kind: 'ok', value: await read(response) };
      if (response.status === 401) onUnauthorized();
      return await refusalOf(response);
    } catch (error) {
      return init.signal?.aborted ? { kind: 'aborted' } : { kind: 'unreachable', detail: sentenceFor(error) };
    }
  }

  return {
    list: (parameters, signal) => ask(`incidents${queryOf(parameters)}`, asJson<IncidentPage>, { signal }),
    show: (id, signal) => ask(`incidents/${encodeURIComponent(id)}`, asJson<ShownIncident>, { signal }),
    report: (id, signal) =>
      ask(`incidents/${encodeURIComponent(id)}/report`, (response) => response.text(), { signal }),
    statistics: (parameters, signal) =>
      ask(`stats${queryOf(parameters)}`, asJson<ShownStatistics>, { signal }),
    exportPage: (address, signal) => ask(address, asExportPage, { signal }),
    change: (id, what, change) =>
      ask(`incidents/${encodeURIComponent(id)}/${what}`, asJson<ChangeAnswer>, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(change),
      }),
  };
}

async function asJson<T>(response: Response): Promise<T> {
  const value: T = JSON.parse(await response.text());
  return value;
}

async function asExportPage(response: Response): Promise<{ text: string; next?: string }> {
  const format = response.headers.get('content-type')?.startsWith('text/csv') ? 'csv' : 'jsonl';
  const next = nextOf(response.headers.get('link'), format);
  return { text: await response.text(), next };
}

function queryOf(parameters: Parameters): string {
  const given = Object.entries(parameters).filter((each): each is [string, string] => each[1] !== undefined);
  const query = new URLSearchParams(given).toString();
  return query === '' ? '' : `?${query}`;
}

/** A problem of RFC 9457, or the answer of a proxy before the API. */
async function refusalOf(response: Response): Promise<Answer<never>> {
  const problem = await problemOf(response);
  return {
    kind: 'refused',
    status: response.status,
    detail: problem.detail ?? `The API answered ${response.status}.`,
    path: problem.path,
  };
}

async function problemOf(response: Response): Promise<{ detail?: string; path?: string }> {
  try {
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null) return {};
    return {
      detail: 'detail' in body && typeof body.detail === 'string' ? body.detail : undefined,
      path: 'path' in body && typeof body.path === 'string' ? body.path : undefined,
    };
  } catch {
    return {};
  }
}

function sentenceFor(error: unknown): string {
  const late = error instanceof DOMException && error.name === 'TimeoutError';
  return late ? `The API did not answer within ${TIMEOUT_MS / 1000} s.` : 'The API cannot be reached.';
}
