import { existsSync, rmSync } from 'node:fs';

const ATTEMPTS = 50;
const PAUSE_MS = 20;

/**
 * Removes a folder while processes that have just been killed may still change it. One attempt can then end in the
 * middle, even without an error. For exit handlers, so it returns only when it is done, or after a second.
 */
export function removeFolderNow(folder: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 0; attempt < ATTEMPTS && existsSync(folder); attempt += 1) {
    if (attempt > 0) Atomics.wait(pause, 0, 0, PAUSE_MS);
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // A process wrote into it at this moment.
    }
  }
}
