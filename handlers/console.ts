import { serveConsole } from '../lib/flow/history/serve-console.ts';
import { wireConsole } from '../lib/wiring.ts';
import { getHeader, type HttpEvent, type HttpResult, toProblem } from './middleware/http.ts';

const files = wireConsole();

/** A year: the name of an asset changes with its content. */
const FOREVER = 'public, max-age=31536000, immutable';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const strict = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy':
    'accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * GET /console and below: the page for people and its assets, and GET / as the way there. They need no token, because
 * they hold no data; the page asks for a token and sends it with its requests to the API.
 */
export async function handler(event: HttpEvent): Promise<HttpResult> {
  const { method } = event.requestContext.http;
  if (method !== 'GET' && method !== 'HEAD') {
    return { ...refuse(405, 'The console can only be read.'), headers: { ...strict, allow: 'GET, HEAD' } };
  }
  const answer = findAnswer(event);
  return method === 'HEAD' ? { ...answer, body: '', isBase64Encoded: false } : answer;
}

function findAnswer(event: HttpEvent): HttpResult {
  const redirect = findRedirect(event.rawPath);
  if (redirect !== undefined) {
    return {
      statusCode: 302,
      headers: { ...strict, location: redirect, 'cache-control': 'no-cache' },
      body: '',
    };
  }
  const answer = serveConsole(files, event.rawPath, getHeader(event, 'if-none-match'));
  switch (answer.kind) {
    case 'page':
      return {
        statusCode: 200,
        headers: {
          ...strict,
          'content-type': 'text/html; charset=utf-8',
          'cache-control': 'no-cache',
          etag: answer.etag,
        },
        body: answer.html,
      };
    case 'unchanged':
      return {
        statusCode: 304,
        headers: { ...strict, 'cache-control': 'no-cache', etag: answer.etag },
        body: '',
      };
    case 'asset':
      return {
        statusCode: 200,
        headers: {
          ...strict,
          'content-type': answer.contentType,
          'content-encoding': 'gzip',
          'cache-control': FOREVER,
        },
        body: answer.gzip,
        isBase64Encoded: true,
      };
    case 'not-found':
      return refuse(404, 'The console has nothing at this path.');
  }
}

/** Relative, because a stage that only the browser's address shows may stand before the path. */
function findRedirect(path: string): string | undefined {
  if (/\/console(\/|$)/.test(path)) return undefined;
  const last = path.split('/').at(-1) ?? '';
  return last === '' ? './console' : `./${last}/console`;
}

function refuse(status: 404 | 405, detail: string): HttpResult {
  return toProblem(status, detail, { headers: strict });
}
