import type { MiddlewareObj } from '@middy/core';
import type { SourceToken } from '../../lib/config/variables.ts';
import { holdersOf, keyring, unauthorized } from './credentials.ts';
import type { HttpEvent, HttpResult } from './http.ts';

/** An event whose sender is known: `source` is the name bound to its token. */
export type SourcedEvent = HttpEvent & { source: string };

/** Lets only holders of a webhook token pass and notes which monitoring system it is. */
export function authenticateSource(tokens: SourceToken[]): MiddlewareObj<SourcedEvent, HttpResult> {
  const keys = keyring(tokens.map(({ token, source }) => ({ token, holder: source })));
  return {
    before: ({ event }) => {
      const [source] = holdersOf(event, keys);
      if (source === undefined) return unauthorized();
      event.source = source;
      return undefined;
    },
  };
}
