import { once } from 'node:events';
import { createServer } from 'node:net';

/** A loopback port that nobody else can take until it is let go. */
export type HeldPort = { port: number; letGo(): Promise<void> };

/** Holds a loopback port, 0 for any; undefined when it is taken. */
export async function holdPort(wanted: number): Promise<HeldPort | undefined> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : wanted,
    async letGo() {
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}
