import { safeLine } from './safe-text.ts';

/**
 * A failed request; the message is one sentence for the caller of the command. Exit code 1: the request was refused.
 * 3: the API cannot be reached or does not work, or the token has no right to this.
 */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly exitCode: 1 | 3;

  constructor(exitCode: 1 | 3, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** API Gateway answers within 30 s. */
export const TIMEOUT = 35_000;

/** The error of a request that got no answer. */
export function toUnreachable(url: string, error: unknown): RequestError {
  return new RequestError(3, `${url} cannot be reached: ${reasonOf(error)}.`, { cause: error });
}

/** The error of a request that got a bad answer. */
export function toRefusal(url: string, response: Response, text: string): RequestError {
  const { status } = response;
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  const detail = isProblem ? detailOf(text) : undefined;
  if (status === 401) return new RequestError(3, `The token is not one that ${url} knows.`);
  if (status === 403) return new RequestError(3, detail ?? 'The token has no right to this.');
  if (detail !== undefined) return new RequestError(status < 500 ? 1 : 3, detail);
  const { pathname } = new URL(response.url);
  return new RequestError(
    3,
    status < 500
      ? `${url} answered ${status} to ${pathname}: it is no first-responder, or an older one.`
      : `${url} answered ${status}: it does not work at the moment.`,
  );
}

function detailOf(text: string): string | undefined {
  try {
    const problem: unknown = JSON.parse(text);
    const detail = typeof problem === 'object' && problem !== null && 'detail' in problem && problem.detail;
    return typeof detail === 'string' ? safeLine(detail) : undefined;
  } catch {
    return undefined;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host is known',
  EAI_AGAIN: 'its name cannot be looked up at the moment',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
};

/** fetch says only that it failed; the cause says why. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `it has not answered for ${TIMEOUT / 1_000} s`;
  }
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return reasons[code] ?? (safeLine(cause instanceof Error ? cause.message : String(cause)) || code);
}
