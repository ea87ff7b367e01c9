import { once } from 'node:events';
import { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import { refuseForeignPages } from './refuse-foreign-pages.ts';

/** A server on loopback. Closing it ends its connections, and may be requested twice. */
export type Listening = { port: number; close(): Promise<void> };

/**
 * Makes a server listen on a loopback port, 0 for any free one. Throws the error of `listen` if the port is taken.
 * `publicHosts`: names besides those of this machine under which a browser may show its pages.
 */
export async function listenOnLoopback(
  server: Server,
  wanted = 0,
  publicHosts: readonly string[] = [],
): Promise<Listening> {
  if (server instanceof HttpServer || server instanceof HttpsServer) refuseForeignPages(server, publicHosts);
  // A server closes only once its last client has left, and a client may stay as long as it likes.
  const connected = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connected.add(socket);
    socket.once('close', () => connected.delete(socket));
  });
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return {
    port: address.port,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of connected) socket.destroy();
      await closed;
    },
  };
}
