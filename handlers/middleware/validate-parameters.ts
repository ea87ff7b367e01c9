import type { MiddlewareObj } from '@middy/core';
import { type HttpEvent, type HttpResult, toProblem } from './http.ts';

/** The parameters of a route's address, besides its path. */
export type RequestParameters = {
  /** Names of its query parameters; none by default. */
  query?: readonly string[];
  /** For a path with `{id}`: the kind of its id, and whether a text is a valid one. */
  id?: { of: 'incident' | 'maintenance'; isValid: (text: string) => boolean };
};

/**
 * Answers an invalid address with 400 and names the parameter. Runs after authentication, so that a request without
 * the right learns nothing.
 */
export function validateParameters({
  query = [],
  id,
}: RequestParameters = {}): MiddlewareObj<HttpEvent, HttpResult> {
  return {
    before: ({ event }) => {
      const unknown = Object.keys(event.queryStringParameters ?? {}).find((name) => !query.includes(name));
      if (unknown !== undefined) {
        return toProblem(400, `${unknown} is not a parameter of this route.`, { path: unknown });
      }
      const given = event.pathParameters?.['id'];
      if (given !== undefined && id?.isValid(given) === false) {
        return toProblem(400, `id is not a valid ${id.of} id.`, { path: 'id' });
      }
      return undefined;
    },
  };
}
