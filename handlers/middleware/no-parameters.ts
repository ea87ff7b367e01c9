import type { MiddlewareObj } from '@middy/core';
import { type HttpEvent, type HttpResult, problem } from './http.ts';

/** Refuses a query string where a route takes none, so that a filter is never thought to have worked. */
export function noParameters(): MiddlewareObj<HttpEvent, HttpResult> {
  return {
    before: ({ event }) => {
      const [name] = new URLSearchParams(event.rawQueryString).keys();
      if (name === undefined) return undefined;
      const path = name.slice(0, 40);
      return problem(400, `${path} is not a parameter here; there is none.`, { path });
    },
  };
}
