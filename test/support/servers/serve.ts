import { createServer, type RequestListener, type Server } from 'node:http';
import { type Listening, listenOnLoopback } from '../../../infra/local/stack/listen-on-loopback.ts';

let served: Listening[] = [];

/** A server on loopback with this listener; returns its URL. A test file that uses it calls `stopServing`. */
export function serve(listener: RequestListener): Promise<string> {
  return serveBy(createServer(listener));
}

/** The same for another kind of server. */
export async function serveBy(server: Server, scheme: 'http' | 'https' = 'http'): Promise<string> {
  const listening = await listenOnLoopback(server);
  served.push(listening);
  return `${scheme}://127.0.0.1:${listening.port}`;
}

export async function stopServing(): Promise<void> {
  const stopped = served;
  served = [];
  await Promise.all(stopped.map((each) => each.close()));
}
