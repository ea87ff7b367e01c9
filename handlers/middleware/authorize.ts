import type { MiddlewareObj } from '@middy/core';
import { holdersOf, keyring, unauthorized } from './credentials.ts';
import { type HttpEvent, type HttpResult, problem } from './http.ts';

/** The tokens of the API for people; both lists may be empty, and then nobody passes. */
export type AccessTokens = { READ_TOKENS?: string[] | undefined; WRITE_TOKENS?: string[] | undefined };

/** Lets holders of a fitting token pass. Whoever may write may also read. */
export function authorize(
  right: 'read' | 'write',
  tokens: AccessTokens,
): MiddlewareObj<HttpEvent, HttpResult> {
  const keys = keyring<'read' | 'write'>([
    ...(tokens.READ_TOKENS ?? []).map((token) => ({ token, holder: 'read' as const })),
    ...(tokens.WRITE_TOKENS ?? []).map((token) => ({ token, holder: 'write' as const })),
  ]);
  return {
    before: ({ event }) => {
      const rights = holdersOf(event, keys);
      if (rights.length === 0) return unauthorized();
      if (right === 'write' && !rights.includes('write')) {
        return problem(403, 'This token may only read; changing an incident needs a write token.');
      }
      return undefined;
    },
  };
}
