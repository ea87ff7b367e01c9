import { createServer } from 'node:net';
import { listenOnLoopback } from './listen-on-loopback.ts';
import { StartError } from './start-error.ts';

/** A loopback port that no other program can take until it is released. Connections meanwhile are refused. */
export type HeldPort = { port: number; letGo(): Promise<void> };

/** Holds a loopback port, 0 for any; undefined when it is taken. */
export async function holdPort(wanted: number): Promise<HeldPort | undefined> {
  try {
    const { port, close: letGo } = await listenOnLoopback(
      createServer((socket) => socket.destroy()),
      wanted,
    );
    return { port, letGo };
  } catch {
    return undefined;
  }
}

/** Holds any free loopback port. Throws a StartError when there is none. */
export async function holdFreePort(): Promise<HeldPort> {
  const held = await holdPort(0);
  if (held === undefined) throw new StartError('There is no free port on 127.0.0.1.');
  return held;
}

/**
 * Two loopback ports that were free a moment ago, for programs that cannot choose one themselves. Both are held before
 * either is released, so that they differ.
 */
export async function pickTwoPorts(): Promise<[number, number]> {
  const [one, other] = [await holdFreePort(), await holdFreePort()];
  await Promise.all([one.letGo(), other.letGo()]);
  return [one.port, other.port];
}
