import type { Connection } from './connection.ts';
import { RequestError, TIMEOUT, toRefusal, toUnreachable } from './request-error.ts';

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
    throw toRefusal(url, response, await readText(response));
  }

  function unreachable(error: unknown): never {
    throw toUnreachable(url, error);
  }

  const readText = (response: Response) => response.text().catch(unreachable);

  const addressOf = (path: string, parameters: Parameters = {}) => {
    const given = Object.entries(parameters).filter(
      (each): each is [string, string] => each[1] !== undefined,
    );
    const search = new URLSearchParams(given).toString();
    return `${url}${path}${search === '' ? '' : `?${search}`}`;
  };
  const jsonOf = async (response: Response): Promise<unknown> => {
    const text = await readText(response);
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
    getText: async (path, parameters) => readText(await ask(addressOf(path, parameters))),
    async getPart(path, from) {
      const target = 'next' in from ? from.next : addressOf(path, from.parameters);
      const response = await ask(target);
      const text = await readText(response);
      return { text, next: findNextPart(url, response, target) };
    },
  };
}

/** The address of the next part, if there is one. */
function findNextPart(url: string, response: Response, target: string): string | undefined {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1];
  if (link === undefined) return undefined;
  const next = URL.parse(link, target);
  // The token goes with the request, so it goes nowhere else.
  if (next?.origin === new URL(url).origin) return next.href;
  throw new RequestError(3, `${url} says that the export goes on at another address; it is not followed.`);
}
