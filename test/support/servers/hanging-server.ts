import { createServer, type Socket } from 'node:net';
import { listenOnLoopback } from '../../../infra/local/stack/listen-on-loopback.ts';

/** A port on loopback that takes every connection and never says a word. */
export type HangingServer = { port: number; stop(): Promise<void> };

/** `onTaken` hears of each connection and how many there have been with it. */
export async function startHangingServer(onTaken?: (count: number) => void): Promise<HangingServer> {
  let taken = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // Who gives up may do so rudely.
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
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
