import { createHash, timingSafeEqual } from 'node:crypto';
import { getHeader, type HttpEvent, type HttpResult, toProblem } from './http.ts';

/** The digest of each token, with the token's holder. */
export type TokenIndex<Holder> = { digest: Buffer; holder: Holder }[];

/** Tokens are kept and compared as digests of one length, so that comparing takes the same time for all. */
export function createTokenIndex<Holder>(entries: { token: string; holder: Holder }[]): TokenIndex<Holder> {
  return entries.map(({ token, holder }) => ({ digest: digest(token), holder }));
}

/** Every holder of the request's token. All digests are compared, whichever matches first. */
export function findHolders<Holder>(event: HttpEvent, keys: TokenIndex<Holder>): Holder[] {
  const offered = digest(readToken(event) ?? '');
  return keys.filter((key) => timingSafeEqual(key.digest, offered)).map((key) => key.holder);
}

export function createUnauthorized(): HttpResult {
  return toProblem(
    401,
    'A known token is needed, as a bearer token or as the password of basic authentication.',
    {
      headers: { 'www-authenticate': 'Bearer realm="first-responder", Basic realm="first-responder"' },
    },
  );
}

/** The bearer token, or the password of basic authentication; the user name does not matter. */
function readToken(event: HttpEvent): string | undefined {
  const [, scheme = '', value = ''] =
    /^(\S+)\s+(\S+)\s*$/.exec(getHeader(event, 'authorization') ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined;
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
