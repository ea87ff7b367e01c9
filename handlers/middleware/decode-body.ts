import type { MiddlewareObj } from '@middy/core';
import { type HttpEvent, type HttpResult, problem } from './http.ts';

/** What a body may hold, decoded. A synchronous Lambda payload ends at 6 MB, envelope included. */
export const MAX_BODY_BYTES = 5 * 1024 * 1024;

/** Refuses bodies that are too large and leaves the others decoded in `event.body`. */
export function decodeBody(maxBytes = MAX_BODY_BYTES): MiddlewareObj<HttpEvent, HttpResult> {
  return {
    before: ({ event }) => {
      const bytes = Buffer.byteLength(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
      if (bytes > maxBytes)
        return problem(413, `The body has ${bytes} bytes; at most ${maxBytes} are taken.`);
      if (event.isBase64Encoded) {
        event.body = Buffer.from(event.body ?? '', 'base64').toString('utf8');
        event.isBase64Encoded = false;
      }
      return undefined;
    },
  };
}
