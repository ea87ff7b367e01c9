import type { MiddlewareObj } from '@middy/core';
import { type HttpEvent, type HttpResult, problem } from './http.ts';

/** What a route's address may hold beside its path. */
export type Address = {
  /** Names of its query parameters; none by default. */
  query?: readonly string[];
  /** For a path with `{id}`: whether a text has the form of one. */
  id?: (text: string) => boolean;
};

/**
 * Answers an address that cannot be meant with 400 and names the parameter. Stands behind authentication, so that
 * whoever may not ask learns nothing.
 */
export function checkAddress({ query = [], id }: Address = {}): MiddlewareObj<HttpEvent, HttpResult> {
  return {
    before: ({ event }) => {
      const unknown = Object.keys(event.queryStringParameters ?? {}).find((name) => !query.includes(name));
      if (unknown !== undefined) {
        return problem(400, `${unknown} is not a parameter of this route.`, { path: unknown });
      }
      const given = event.pathParameters?.['id'];
      if (given !== undefined && id?.(given) === false) {
        return problem(400, 'id does not have the form of an id as this API gives them out.', { path: 'id' });
      }
      return undefined;
    },
  };
}
