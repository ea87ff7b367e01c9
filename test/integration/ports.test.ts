import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenOnLoopback } from '../../infra/local/stack/listen-on-loopback.ts';
import { holdFreePort, holdPort } from '../../infra/local/stack/ports.ts';

/** A client that stays connected and sends nothing. */
async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Whether the connection ended in order or was cut off. */
function closed(client: Socket): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}

describe('a held port', () => {
  it('refuses connections, and can be released all the same', async () => {
    const held = await holdFreePort();
    const clients = await Promise.all([connectTo(held.port), connectTo(held.port)]);
    const gone = Promise.all(clients.map(closed));

    await held.letGo();

    await gone;
    const again = await holdPort(held.port);
    expect(again?.port).toBe(held.port);
    await again?.letGo();
  });

  it('cannot be taken by another program', async () => {
    const held = await holdFreePort();

    expect(await holdPort(held.port)).toBeUndefined();
    await held.letGo();
  });
});

describe('closing a server on loopback', () => {
  it.each([
    ['that speaks no HTTP', () => createServer()],
    ['whose client has not finished its request', () => createHttpServer()],
  ])('waits for no client of one %s', async (_kind, make) => {
    const { port, close } = await listenOnLoopback(make());
    const client = await connectTo(port);
    client.write('GET / HT');
    const gone = closed(client);

    await Promise.all([close(), close()]);

    await gone;
  });
});
