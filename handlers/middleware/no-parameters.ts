import type { MiddlewareObj } from '@middy/core';
import { type HttpEvent, type HttpResult, problem } from './http.ts';

/** Refuses a query string where a route takes none, so that a filter is never thought to have worked. */
export function noParameters(): MiddlewareObj<HttpEvent, HttpResult> {
  return {
    before: ({ event }) => {
      const [path] = Object.keys(event.queryStringParameters ?? {});
      if (path === undefined) return undefined;
      return problem(400, `${path} is not a parameter here; there is none.`, { path });
    },
  };
}
