import { createServer, type Socket } from 'node:net';
import { listenOnLoopback } from '../../infra/local/listen-on-loopback.ts';

/** A port on loopback that takes every connection and never says a word. */
export type HangingServer = { port: number; stop(): Promise<void> };

export async function startHangingServer(): Promise<HangingServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // Who gives up may do so rudely.
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
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
