import type { Connection } from './connection.ts';
import { RequestError } from './request-error.ts';
import { safeLine } from './safe-text.ts';

/** API Gateway answers within 30 s. */
const TIMEOUT = 35_000;

/** Query parameters; those that are undefined are left out. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** first-responder's HTTP API. Every method throws a RequestError without a usable answer. */
export type Api = {
  /** `path` is below the address, `/incidents`. */
  get(path: string, parameters?: Parameters): Promise<unknown>;
  post(path: string, body?: object): Promise<unknown>;
  getText(path: string, parameters?: Parameters): Promise<string>;
  /** One part of an export, and where the next one is. `next` comes from the part before. */
  getPart(path: string, from: { parameters: Parameters } | { next: string }): Promise<Part>;
};

export type Part = { text: string; next?: string };

export function createApi({ url, token }: Connection): Api {
  async function ask(target: string, sent?: { body?: object | undefined }): Promise<Response> {
    const json = sent?.body === undefined ? undefined : JSON.stringify(sent.body);
    const response = await fetch(target, {
      method: sent === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        ...(json && { 'content-type': 'application/json' }),
      },
      body: json,
      signal: AbortSignal.timeout(TIMEOUT),
      // The API never redirects, and a redirect would get the token.
      redirect: 'manual',
    }).catch(unreachable);
    if (response.ok) return response;
    throw await refusal(response);
  }

  function unreachable(error: unknown): never {
    throw new RequestError(3, `${url} cannot be reached: ${reasonOf(error)}.`, { cause: error });
  }

  async function refusal(response: Response): Promise<RequestError> {
    const { status } = response;
    const text = await response.text().catch(unreachable);
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
    const detail = isProblem ? detailOf(text) : undefined;
    if (status === 401) return new RequestError(3, `The token is not one that ${url} knows.`);
    if (status === 403) return new RequestError(3, detail ?? 'The token has no right to this.');
    if (detail !== undefined) return new RequestError(status < 500 ? 1 : 3, detail);
    const { pathname } = new URL(response.url);
    return new RequestError(
      3,
      status < 500
        ? `${url} answered ${status} to ${pathname}: it is no first-responder, or an older one.`
        : `${url} answered ${status}: it does not work at the moment.`,
    );
  }

  const addressOf = (path: string, parameters: Parameters = {}) => {
    const given = Object.entries(parameters).filter(
      (each): each is [string, string] => each[1] !== undefined,
    );
    const search = new URLSearchParams(given).toString();
    return `${url}${path}${search === '' ? '' : `?${search}`}`;
  };
  const jsonOf = async (response: Response): Promise<unknown> => {
    const text = await response.text().catch(unreachable);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new RequestError(3, `${url} did not answer with JSON: it is no first-responder.`, {
        cause: error,
      });
    }
  };

  return {
    get: async (path, parameters) => jsonOf(await ask(addressOf(path, parameters))),
    post: async (path, body) => jsonOf(await ask(addressOf(path), { body })),
    async getText(path, parameters) {
      const response = await ask(addressOf(path, parameters));
      return response.text().catch(unreachable);
    },
    async getPart(path, from) {
      const target = 'next' in from ? from.next : addressOf(path, from.parameters);
      const response = await ask(target);
      const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1];
      const text = await response.text().catch(unreachable);
      if (link === undefined) return { text };
      const next = URL.parse(link, target);
      // The token goes with the request, so it goes nowhere else.
      if (next?.origin !== new URL(url).origin) {
        throw new RequestError(
          3,
          `${url} says that the export goes on at another address; it is not followed.`,
        );
      }
      return { text, next: next.href };
    },
  };
}

function detailOf(text: string): string | undefined {
  try {
    const problem: unknown = JSON.parse(text);
    const detail = typeof problem === 'object' && problem !== null && 'detail' in problem && problem.detail;
    return typeof detail === 'string' ? safeLine(detail) : undefined;
  } catch {
    return undefined;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host is known',
  EAI_AGAIN: 'its name cannot be looked up at the moment',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
};

/** fetch says only that it failed; the cause says why. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `it has not answered for ${TIMEOUT / 1_000} s`;
  }
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return reasons[code] ?? (safeLine(cause instanceof Error ? cause.message : String(cause)) || code);
}
