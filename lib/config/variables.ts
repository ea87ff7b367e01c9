import * as z from 'zod/mini';

/** A token and the name of the monitoring system that holds it. Several tokens may share a source, for rotation. */
export type SourceToken = { source: string; token: string };

/** Base URLs by source; several for one source are the peers of one HA cluster. */
export type SourceUrls = {
  /** Used for every source without an entry of its own. */
  anySource: string[];
  bySource: Readonly<Record<string, string[]>>;
};

const SOURCE = /^[A-Za-z0-9][\w.-]*$/;
const ADDRESS = /^[^\s@,<>]+@[^\s@,<>]+$/;
const MAX_PORT = 65_535;

/** Any text; the loader has already turned an empty variable into a missing one. */
export const text = z.string({ error: 'is required' });

/** An absolute http or https URL, without the slash at its end. */
export function parseUrl(value: string): string | Bad {
  return httpUrl(value) ?? bad('must be a URL like https://host:port');
}

/** A PostgreSQL connection URL. */
export function parseDatabaseUrl(value: string): string | Bad {
  return /^postgres(ql)?:$/.test(URL.parse(value)?.protocol ?? '')
    ? value
    : bad('must be a URL like postgres://user:password@host:5432/database');
}

/** Certificates of authorities: PEM, or base64 of that as kubeconfig files and EKS have it. */
export function parseCertificates(value: string): string | Bad {
  const pem = value.includes('-----BEGIN') ? value : Buffer.from(value, 'base64').toString('utf8');
  return /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(pem)
    ? pem
    : bad('must be certificates in PEM, or base64 of that');
}

export function parsePort(value: string): number | Bad {
  return parseWholeNumber(value, 1, MAX_PORT);
}

/** Addresses, separated by commas. */
export function parseAddresses(value: string): string[] | Bad {
  const all = listed(value);
  return all.length > 0 && all.every((address) => ADDRESS.test(address))
    ? all
    : bad('must be e-mail addresses with commas between them');
}

/** Tokens, separated by commas. */
export function parseTokens(value: string): string[] | Bad {
  const all = listed(value);
  return all.length > 0 ? all : bad('must be tokens with commas between them');
}

/** `source=token,...`. A token may hold `=`; no token may stand for two sources. */
export function parseSourceTokens(value: string): SourceToken[] | Bad {
  const all = listed(value).map(named);
  const owners = new Map(all.map((entry) => [entry?.value, entry?.source]));
  const pairs: SourceToken[] = [];
  for (const entry of all) {
    if (entry === undefined || entry.value === '') return bad('must look like source=token,source=token');
    if (owners.get(entry.value) !== entry.source) return bad('gives one token to two sources');
    pairs.push({ source: entry.source, token: entry.value });
  }
  return pairs.length > 0 ? pairs : bad('must look like source=token,source=token');
}

/** `url` or `source=url,...`; `|` separates the peers of one source. */
export function parseSourceUrls(value: string): SourceUrls | Bad {
  const anySource: string[] = [];
  const bySource: Record<string, string[]> = {};
  for (const item of listed(value)) {
    const entry = httpUrl(item) === undefined ? named(item) : undefined;
    const peers = (entry?.value ?? item).split('|').map((peer) => httpUrl(peer.trim()));
    const urls = peers.filter((peer) => peer !== undefined);
    if (urls.length === 0 || urls.length < peers.length)
      return bad('must be a URL, or source=url,source=url');
    if (entry) bySource[entry.source] = [...(bySource[entry.source] ?? []), ...urls];
    else anySource.push(...urls);
  }
  return { anySource, bySource };
}

/** `name=url,...`: base URLs by name, for runbooks. */
export function parseHttpTargets(value: string): ReadonlyMap<string, string> | Bad {
  return parseNamedUrls(value, (url) => {
    const base = httpUrl(url);
    return base === undefined || /[?#]/.test(base) ? bad('must look like name=url,name=url') : base;
  });
}

/** `name=url,...`: addresses that notices are posted to. Beyond this machine only over TLS. */
export function parseNotifyWebhooks(value: string): ReadonlyMap<string, string> | Bad {
  return parseNamedUrls(value, (url) => {
    if (httpUrl(url) === undefined) return bad('must look like name=url,name=url');
    const { protocol, hostname } = new URL(url);
    const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
    return protocol === 'https:' || isLoopback ? url : bad('must have https URLs, except on this machine');
  });
}

/** `read` gives the URL to keep, or what is wrong with it. */
function parseNamedUrls(
  value: string,
  read: (url: string) => string | Bad,
): ReadonlyMap<string, string> | Bad {
  const urls = new Map<string, string>();
  for (const entry of listed(value).map(named)) {
    if (entry === undefined) return bad('must look like name=url,name=url');
    const url = read(entry.value);
    if (isBad(url)) return url;
    if (urls.has(entry.source)) return bad('gives two URLs to one name');
    urls.set(entry.source, url);
  }
  return urls.size > 0 ? urls : bad('must look like name=url,name=url');
}

/** Why a value cannot be read. */
type Bad = { bad: string };

function bad(problem: string): Bad {
  return { bad: problem };
}

/** A variable that `parse` reads. All messages come from this file, so that no value can reach a log. */
export function createVariable<T>(parse: (value: string) => T | Bad) {
  return z.pipe(
    text,
    z.transform((value, context): T => {
      const result = parse(value);
      if (!isBad(result)) return result;
      context.issues.push({ code: 'custom', message: result.bad, input: undefined });
      return z.NEVER;
    }),
  );
}

function isBad(result: unknown): result is Bad {
  return typeof result === 'object' && result !== null && 'bad' in result;
}

/** Decimal digits only, within bounds. */
export function parseWholeNumber(value: string, from: number, to: number): number | Bad {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  return number >= from && number <= to ? number : bad(`must be a whole number from ${from} to ${to}`);
}

function httpUrl(value: string): string | undefined {
  const parts = URL.parse(value);
  if (!parts || !/^https?:$/.test(parts.protocol) || parts.hostname === '') return undefined;
  return value.replace(/\/+$/, '');
}

function listed(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** `source=value`, split at the first `=`. */
function named(item: string): { source: string; value: string } | undefined {
  const at = item.indexOf('=');
  const source = item.slice(0, Math.max(at, 0)).trim();
  return SOURCE.test(source) ? { source, value: item.slice(at + 1).trim() } : undefined;
}
