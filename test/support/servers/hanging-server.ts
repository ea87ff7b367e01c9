import { createServer, type Socket } from 'node:net';
import { listenOnLoopback } from '../../../infra/local/stack/listen-on-loopback.ts';

/** A port on loopback that accepts every connection and never answers. */
export type HangingServer = { port: number; stop(): Promise<void> };

/** `onTaken` is called for each connection, with the number of connections so far; `onClosed` when the client ends one. */
export async function startHangingServer(
  onTaken?: (count: number) => void,
  onClosed?: () => void,
): Promise<HangingServer> {
  let taken = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A client that gives up may reset the connection.
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      onClosed?.();
    });
    socket.resume();
    taken += 1;
    onTaken?.(taken);
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    port,
    stop() {
      for (const socket of sockets) socket.destroy();
      return close();
    },
  };
}
