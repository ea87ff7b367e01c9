import { createHash, timingSafeEqual } from 'node:crypto';
import { type HttpEvent, type HttpResult, headerOf, problem } from './http.ts';

/** What a token stands for, beside its digest. */
export type Keyring<Holder> = { digest: Buffer; holder: Holder }[];

/** Tokens are kept and compared as digests of one length, so that comparing takes the same time for all. */
export function keyring<Holder>(entries: { token: string; holder: Holder }[]): Keyring<Holder> {
  return entries.map(({ token, holder }) => ({ digest: digest(token), holder }));
}

/** Every holder of the request's token. All keys are compared, whichever matches first. */
export function holdersOf<Holder>(event: HttpEvent, keys: Keyring<Holder>): Holder[] {
  const offered = digest(tokenOf(event) ?? '');
  return keys.filter((key) => timingSafeEqual(key.digest, offered)).map((key) => key.holder);
}

export function unauthorized(): HttpResult {
  return problem(
    401,
    'A known token is needed, as a bearer token or as the password of basic authentication.',
    {
      headers: { 'www-authenticate': 'Bearer realm="first-responder", Basic realm="first-responder"' },
    },
  );
}

/** The bearer token, or the password of basic authentication; the user name does not matter. */
function tokenOf(event: HttpEvent): string | undefined {
  const [, scheme = '', value = ''] = /^(\S+)\s+(\S+)\s*$/.exec(headerOf(event, 'authorization') ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined;
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
