import type { MiddlewareObj } from '@middy/core';
import { type HttpEvent, type HttpResult, toProblem } from './http.ts';

/** What a route's address may hold beside its path. */
export type RequestParameters = {
  /** Names of its query parameters; none by default. */
  query?: readonly string[];
  /** For a path with `{id}`: whether a text has the form of one. */
  id?: (text: string) => boolean;
};

/**
 * Answers an address that cannot be meant with 400 and names the parameter. Stands behind authentication, so that
 * whoever may not ask learns nothing.
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
      if (given !== undefined && id?.(given) === false) {
        return toProblem(400, 'id does not have the form of an id as this API gives them out.', {
          path: 'id',
        });
      }
      return undefined;
    },
  };
}
