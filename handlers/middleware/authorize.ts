import type { MiddlewareObj } from '@middy/core';
import { createTokenIndex, createUnauthorized, findHolders } from './credentials.ts';
import { type HttpEvent, type HttpResult, toProblem } from './http.ts';

/** The tokens of the API for people. Both lists may be empty; then every request is refused. */
export type AccessTokens = { READ_TOKENS?: string[] | undefined; WRITE_TOKENS?: string[] | undefined };

/** Lets holders of a token with this right pass. A write token may also read. */
export function authorize(
  right: 'read' | 'write',
  tokens: AccessTokens,
): MiddlewareObj<HttpEvent, HttpResult> {
  const keys = createTokenIndex<'read' | 'write'>([
    ...(tokens.READ_TOKENS ?? []).map((token) => ({ token, holder: 'read' as const })),
    ...(tokens.WRITE_TOKENS ?? []).map((token) => ({ token, holder: 'write' as const })),
  ]);
  return {
    before: ({ event }) => {
      const rights = findHolders(event, keys);
      if (rights.length === 0) return createUnauthorized();
      if (right === 'write' && !rights.includes('write')) {
        return toProblem(403, 'This token may only read; changing an incident needs a write token.');
      }
      return undefined;
    },
  };
}
