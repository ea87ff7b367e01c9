import type { SourceToken } from './variables.ts';

/** Below this a token made of letters and digits can be guessed over the network in time. */
export const SHORTEST = 16;

/** A variable with secrets that are too short: how many, and for WEBHOOK_TOKENS whose. Never the secret. */
export type ShortSecret = { variable: string; short: number; sources?: string[] };

/** The secrets that first-responder compares or signs with. What others give out, they check the length of. */
const VARIABLES = [
  'WEBHOOK_TOKENS',
  'READ_TOKENS',
  'WRITE_TOKENS',
  'SLACK_SIGNING_SECRET',
  'NOTIFY_WEBHOOK_SECRET',
] as const;

/** Finds short secrets in a configuration that has been read. They are worth a warning, and no reason not to start. */
export function findShortSecrets(config: Readonly<Record<string, unknown>>): ShortSecret[] {
  return VARIABLES.flatMap((variable): ShortSecret[] => {
    const value = Object.hasOwn(config, variable) ? config[variable] : undefined;
    const secrets: unknown[] = Array.isArray(value) ? value : [value];
    const short = secrets.filter(isShort);
    if (short.length === 0) return [];
    const sources = [...new Set(short.filter(isSourceToken).map(({ source }) => source))];
    return [{ variable, short: short.length, ...(sources.length > 0 && { sources }) }];
  });
}

function isShort(secret: unknown): secret is string | SourceToken {
  const text = isSourceToken(secret) ? secret.token : secret;
  return typeof text === 'string' && text.length < SHORTEST;
}

function isSourceToken(secret: unknown): secret is SourceToken {
  return typeof secret === 'object' && secret !== null && 'token' in secret && 'source' in secret;
}
