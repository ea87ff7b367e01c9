import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE_MS, waitFor } from './wait-for.ts';

/** How long to wait for a process that neither gets ready nor ends. */
const START_MS = 180_000;

export type RealProcess = {
  readonly pid: number;
  /** Its whole output so far, both streams. */
  log(): string;
  /** Its exit code or the signal that ended it; `undefined` while it runs. */
  ended(): number | NodeJS.Signals | undefined;
  /** Asks it to end, kills it when it does not, and resolves once it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
};

export type RealProcessOptions = {
  command: string;
  args: string[];
  /** The complete environment; nothing is inherited. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Its own process group; signals then reach all of it, like a terminal's. */
  ownGroup?: boolean;
  /** File that keeps the output, for failures. */
  logFile: string;
};

/**
 * Starts a program of this machine with its output in a file. It ends at the latest together with this process. Throws
 * when it cannot be started at all.
 */
export async function startRealProcess(options: RealProcessOptions): Promise<RealProcess> {
  const out = openSync(options.logFile, 'a');
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', out, out],
    detached: options.ownGroup ?? false,
  });
  closeSync(out);
  let ended: number | NodeJS.Signals | undefined;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = code ?? signal ?? 0;
      process.off('exit', killNow);
      resolve();
    });
  });
  function signalAll(signal: NodeJS.Signals): void {
    if (child.pid === undefined) return;
    try {
      process.kill(options.ownGroup ? -child.pid : child.pid, signal);
    } catch {
      // It is gone already, which is the purpose of the signal.
    }
  }
  function killNow(): void {
    signalAll('SIGKILL');
  }
  process.on('exit', killNow);

  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`cannot start ${options.command}`, { cause: error })));
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${options.command} has no process id`);

  return {
    pid,
    log: () => readFileSync(options.logFile, 'utf8'),
    ended: () => ended,
    async stop(signal = 'SIGTERM') {
      if (ended !== undefined) return;
      signalAll(signal);
      const inTime = new AbortController();
      const late = pause(PATIENCE_MS, true, { signal: inTime.signal }).catch(() => false);
      void gone.then(() => inTime.abort());
      if (await late) signalAll('SIGKILL');
      await gone;
    },
  };
}

/** Waits like `waitFor`, but gives up at once, with the end of its log, when the process ends. */
export async function waitForProcess<T>(
  what: string,
  child: RealProcess,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const answer = await waitFor(
    what,
    async () => {
      if (child.ended() !== undefined) return { ended: true } as const;
      const value = await probe();
      return value === undefined ? undefined : ({ ended: false, value } as const);
    },
    { patienceMs: START_MS },
  ).catch((error: unknown) => {
    throw new Error(`waited in vain for ${what}; it last wrote:\n${tail(child.log())}`, { cause: error });
  });
  if (answer.ended) throw new Error(`ended (${child.ended()}) before ${what}:\n${tail(child.log())}`);
  return answer.value;
}

function tail(log: string): string {
  return log.split('\n').slice(-30).join('\n');
}
