import { once } from 'node:events';
import { createServer } from 'node:net';

/** Whether something could listen on this loopback port now. */
export async function isFree(port: number): Promise<boolean> {
  return (await portOf(port)) !== undefined;
}

/** A loopback port that was free a moment ago, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const port = await portOf(0);
  if (port === undefined) throw new Error('no free port on loopback');
  return port;
}

/** Listens for a moment and says where; undefined when that port is taken. */
async function portOf(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? address.port : undefined;
}
