import type { MiddlewareObj } from '@middy/core';
import type { SourceToken } from '../../lib/config/variables.ts';
import { createTokenIndex, createUnauthorized, findHolders } from './credentials.ts';
import type { HttpEvent, HttpResult } from './http.ts';

/** An event whose sender is known: `source` is the name bound to its token. */
export type SourcedEvent = HttpEvent & { source: string };

/** Lets only holders of a webhook token pass, and records their monitoring system. */
export function authenticateSource(tokens: SourceToken[]): MiddlewareObj<SourcedEvent, HttpResult> {
  const keys = createTokenIndex(tokens.map(({ token, source }) => ({ token, holder: source })));
  return {
    before: ({ event }) => {
      const [source] = findHolders(event, keys);
      if (source === undefined) return createUnauthorized();
      event.source = source;
      return undefined;
    },
  };
}
