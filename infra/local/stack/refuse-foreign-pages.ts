import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { isIP } from 'node:net';

const WORDS = 'Only programs on this machine and the pages of this address itself may use it.\n';

/** The other names of this machine, to browsers and to containers; nobody can register one of them. */
const OWN_NAMES = /^(?:(?:[^.]+\.)*localhost|[^.]+\.(?:docker|containers|minikube|lima)\.internal)$/;

/**
 * Lets an HTTP server of the local stack answer programs and its own pages only. Its tokens are published, so without
 * this any web page in the developer's browser could read and change what it holds: by a request to localhost, or under
 * a name that the page's owner points at this machine. `publicHosts`: further names of it, such as a tunnel's.
 */
export function refuseForeignPages(server: Server, publicHosts: readonly string[] = []): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isForeignPage(request, publicHosts)) return refuse(request, response);
    for (const listener of listeners) Reflect.apply(listener, server, [request, response]);
  });
}

/** Whether a page of another origin caused this request. Programs such as curl send none of these headers. */
export function isForeignPage(
  { method = '', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  publicHosts: readonly string[] = [],
): boolean {
  const { host, origin } = headers;
  if (host !== undefined && !isOwnHost(host, publicHosts)) return true;
  if (origin !== undefined) return hostOf(origin) !== host?.toLowerCase();
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  return !isFollowedLink(method, headers);
}

/** A person who follows a link, as from a notice to the console: the page that has it sees nothing of the answer. */
function isFollowedLink(method: string, headers: IncomingHttpHeaders): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}

/** An address is never a name that somebody else points here. */
function isOwnHost(host: string, publicHosts: readonly string[]): boolean {
  const url = URL.parse(`http://${host}`);
  if (url === null) return false;
  const name = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(name) !== 0 || OWN_NAMES.test(name) || publicHosts.includes(url.host);
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(WORDS);
}
