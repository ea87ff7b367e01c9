import { clip } from '../../shared/clip.ts';

const MAX_BODY = 200;

/** An HTTP request that brought no usable answer. */
export type HttpFailure = {
  timedOut: boolean;
  tooLarge: boolean;
  /** Status of a refused answer. */
  status?: number | undefined;
  /** The server's own explanation. */
  body?: string | undefined;
  /** Error code of Node or of the client. */
  code?: string | undefined;
};

/** Why a request failed, in a few words. Never the address, which may contain a password. */
export function describeHttpFailure(failure: HttpFailure, timeoutMs: number): string {
  if (failure.timedOut) return describeTimeout(timeoutMs);
  if (failure.status !== undefined) return describeStatus(failure.status, failure.body);
  if (failure.tooLarge) return 'the answer is larger than can be read';
  return `could not connect: ${describeConnectionFailure(failure.code)}`;
}

function describeTimeout(timeoutMs: number): string {
  return `no answer within ${timeoutMs / 1_000} s`;
}

/** Why a connection failed, from Node's error code. */
function describeConnectionFailure(code = ''): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'connection reset';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name is not known';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no route to it';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return 'no authority that is trusted signed its certificate';
    case 'CERT_HAS_EXPIRED':
      return 'its certificate has expired';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'its certificate is for another name';
    case 'EPROTO':
      return 'it does not speak TLS';
    default:
      return code === '' ? 'no reason given' : code;
  }
}

function describeStatus(status: number, body: string | undefined): string {
  if (status >= 300 && status < 400) return `HTTP ${status}: redirects are not followed`;
  return body ? `HTTP ${status}: ${clip(body.replace(/\s+/g, ' '), MAX_BODY)}` : `HTTP ${status}`;
}

/** The failure of an answer that is none of `server`: `the answer was not one of Prometheus: it is empty`. */
export function refuseAnswer(server: string, why: string): { kind: 'failed'; reason: string } {
  return { kind: 'failed', reason: `the answer was not one of ${server}: ${why}` };
}

/** What a text is that should have been JSON, a log or a page of metrics. */
export function describeText(text: string): string {
  if (text.trim() === '') return 'it is empty';
  return isWebPage(text) ? 'it is a web page' : 'it is not JSON';
}

/** Whether a text begins as HTML does: the page of a login, of a proxy, or of another program. */
export function isWebPage(text: string): boolean {
  return /^\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|!--|(?:html|head|body|meta|title|script|div|form|center|h[1-6]|p|pre)\b)/i.test(
    text,
  );
}
