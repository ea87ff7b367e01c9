import { findShortSecrets, SHORTEST } from '../config/short-secrets.ts';
import type { Log } from '../core/shared/log.ts';

/** Logs one line when secrets of this configuration are short, and returns it: a page is worth more than a token. */
export function warnOfShortSecrets<T extends Readonly<Record<string, unknown>>>(config: T, log: Log): T {
  const secrets = findShortSecrets(config);
  if (secrets.length > 0) log.warn(`secrets under ${SHORTEST} characters can be guessed`, { secrets });
  return config;
}
