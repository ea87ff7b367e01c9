import { createServer } from 'node:net';
import { listenOnLoopback } from './listen-on-loopback.ts';

/** A loopback port that nobody else can take until it is let go. */
export type HeldPort = { port: number; letGo(): Promise<void> };

/** Holds a loopback port, 0 for any; undefined when it is taken. */
export async function holdPort(wanted: number): Promise<HeldPort | undefined> {
  try {
    const { port, close: letGo } = await listenOnLoopback(createServer(), wanted);
    return { port, letGo };
  } catch {
    return undefined;
  }
}
