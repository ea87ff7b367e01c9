import { once } from 'node:events';
import type { Server } from 'node:net';

/** A server on loopback. Closing it lets go of HTTP clients that keep their connection, and may be asked for twice. */
export type Listening = { port: number; close(): Promise<void> };

/** Lets a server listen on a loopback port, 0 for any free one. Throws what `listen` throws when the port is taken. */
export async function listenOnLoopback(
  server: Server & { closeAllConnections?(): void },
  wanted = 0,
): Promise<Listening> {
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return {
    port: address.port,
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections?.();
      await once(server, 'close');
    },
  };
}
