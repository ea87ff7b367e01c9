import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { listenOnLoopback } from '../../../infra/local/stack/listen-on-loopback.ts';

/**
 * What happens between a client and its server. `delay`: each answer comes some milliseconds later. `hang`: the
 * connection is taken, and nothing follows. `drop`: it is ended at the first byte. `reset`: the same, by a reset.
 * `half-close`: the request arrives, and the server's side ends without an answer. `cut`: the connection breaks in the
 * answer. `lost-answer`: the request arrives, and its answer never comes.
 */
export const wireFaults = ['delay', 'hang', 'drop', 'reset', 'half-close', 'cut', 'lost-answer'] as const;
export type WireFault = (typeof wireFaults)[number];

export type FaultProxy = {
  port: number;
  /**
   * From now on connections meet the fault; `undefined`: none does. Connections that are open are ended, and their
   * clients have seen that when it resolves.
   */
  meet(fault: WireFault | undefined): Promise<void>;
  /** What connections meet now. */
  readonly fault: WireFault | undefined;
  /** Connections that met a fault so far. */
  readonly struck: number;
  /** Resolves when the client has let go of every connection that met a fault. */
  untilLetGo(): Promise<void>;
  close(): Promise<void>;
};

const DELAY_MS = 15;

/** Bytes of an answer that a greeting of SMTP or PostgreSQL's first messages outlast, but no answer does. */
const CUT_AFTER = 20;

/** A TCP proxy on loopback before the server on this port. */
export async function startFaultProxy(target: number, cutAfter = CUT_AFTER): Promise<FaultProxy> {
  let fault: WireFault | undefined;
  let struck = 0;
  const held = new Set<Promise<void>>();
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    if (fault === undefined) {
      client.pipe(upstream);
      upstream.pipe(client);
      upstream.on('close', () => client.destroy());
      return;
    }
    struck += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    held.add(promise);
    client.on('close', () => resolve());
    // A client that ends its side has let go of the connection.
    client.on('end', () => client.destroy());
    strike(fault, client, upstream, cutAfter);
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    port,
    async meet(next) {
      fault = next;
      const ended = [...open].map((socket) => once(socket, 'close'));
      for (const socket of open) socket.destroy();
      await Promise.all(ended);
      for (let round = 0; round < 10; round += 1) await turn();
    },
    get fault() {
      return fault;
    },
    get struck() {
      return struck;
    },
    untilLetGo: async () => void (await Promise.all(held)),
    async close() {
      for (const socket of open) socket.destroy();
      await close();
    },
  };
}

function strike(fault: WireFault, client: Socket, upstream: Socket, cutAfter: number): void {
  switch (fault) {
    case 'delay':
      client.pipe(upstream);
      upstream.on('data', (chunk) => setTimeout(() => client.writable && client.write(chunk), DELAY_MS));
      upstream.on('end', () => client.end());
      return;
    case 'hang':
      client.resume();
      return;
    case 'drop':
      client.end();
      client.resume();
      return;
    case 'reset':
      client.resume();
      setImmediate(() => client.resetAndDestroy());
      return;
    case 'half-close':
      client.pipe(upstream);
      upstream.resume();
      client.once('data', () => client.end());
      return;
    case 'cut': {
      let left = cutAfter;
      client.pipe(upstream);
      upstream.on('data', (chunk) => {
        client.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) client.destroySoon();
      });
      return;
    }
    case 'lost-answer':
      client.pipe(upstream);
      upstream.resume();
      return;
    default:
      fault satisfies never;
  }
}
