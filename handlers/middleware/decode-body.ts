import { type HttpEvent, type HttpResult, toProblem } from './http.ts';

/** The limit of a decoded body. A synchronous Lambda payload ends at 6 MB, envelope included. */
export const MAX_BODY_BYTES = 5 * 1024 * 1024;

/** Answers a request whose decoded `event.body` is over the limit. */
export type RefuseBody<Event extends HttpEvent> = (
  event: Event,
  size: { bytes: number; maxBytes: number },
) => HttpResult | Promise<HttpResult>;

/** Leaves the decoded body in `event.body`, and answers a body that is too large. */
export function decodeBody<Event extends HttpEvent>(
  refuse: RefuseBody<Event> = refuseTooLarge,
  maxBytes = MAX_BODY_BYTES,
) {
  return (event: Event): HttpResult | undefined | Promise<HttpResult> => {
    // API Gateway leaves an empty body out, other gateways give null.
    const body = event.body ?? '';
    const bytes = Buffer.byteLength(body, event.isBase64Encoded ? 'base64' : 'utf8');
    event.body = event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
    event.isBase64Encoded = false;
    return bytes > maxBytes ? refuse(event, { bytes, maxBytes }) : undefined;
  };
}

function refuseTooLarge(
  _event: HttpEvent,
  { bytes, maxBytes }: { bytes: number; maxBytes: number },
): HttpResult {
  return toProblem(413, `The body has ${bytes} bytes; at most ${maxBytes} are accepted.`);
}
