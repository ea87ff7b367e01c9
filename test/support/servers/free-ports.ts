import { type HeldPort, holdPort } from '../../../infra/local/stack/ports.ts';

/**
 * Below the range of ports that systems assign for port 0 (Linux: from 32768), so that no other part can get the same
 * port between the choice and its use.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;
const TRIES = 100;

/**
 * Ports on loopback that were free a moment ago, for programs that cannot choose one themselves. All are held together
 * before any is released, so one call never returns the same port twice.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held: HeldPort[] = [];
  for (let tries = 0; held.length < count; tries += 1) {
    if (tries > TRIES + count) throw new Error(`no ${count} free ports between ${LOWEST} and ${HIGHEST}`);
    const one = await holdPort(LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST)));
    if (one !== undefined) held.push(one);
  }
  await Promise.all(held.map(({ letGo }) => letGo()));
  return held.map(({ port }) => port);
}
