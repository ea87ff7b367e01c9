import { UsageError } from '../command-line/usage-error.ts';

/** Options of every command of `npm run incidents`. */
export const connectionOptions = {
  url: { type: 'string' },
  token: { type: 'string' },
} as const;

export const CONNECTION_HELP = `  --url URL      where first-responder answers; else FIRST_RESPONDER_URL, else http://localhost:3000
  --token TOKEN  better in FIRST_RESPONDER_TOKEN: a command line is seen by everybody on the machine, with ps, is
                 printed by npm, and stays in the shell's history`;

/** The address, without a slash at the end, and the token. */
export type Connection = { url: string; token: string };

const LOCAL = 'http://localhost:3000';

type Given = { url?: string | undefined; token?: string | undefined };

/** Options win over the environment. Throws a UsageError, which never holds the token. */
export function readConnection(given: Given, environment: NodeJS.ProcessEnv): Connection {
  const text = given.url ?? environment.FIRST_RESPONDER_URL?.trim() ?? '';
  const url = URL.parse(text || LOCAL);
  const name = given.url === undefined ? 'FIRST_RESPONDER_URL' : '--url';
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) {
    throw new UsageError(`${name} takes an address like https://first-responder.example.com.`);
  }
  if (url.username || url.password) {
    throw new UsageError(`${name} takes no name and password; the token goes into FIRST_RESPONDER_TOKEN.`);
  }
  const token = given.token ?? environment.FIRST_RESPONDER_TOKEN?.trim() ?? '';
  if (token === '') {
    throw new UsageError(
      'There is no token: set FIRST_RESPONDER_TOKEN to a read or write token of the deployment (with npm start: local-write-token).',
    );
  }
  if (!/^[!-~]+$/.test(token)) throw new UsageError('The token has characters in it that no token can have.');
  return { url: url.href.replace(/\/+$/, ''), token };
}
