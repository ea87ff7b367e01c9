import type { Connection } from './connection.ts';

export type ConnectionLimit = {
  /** The next connection that is free, in the order of the calls; `undefined` once `signal` aborts. */
  take(signal: AbortSignal): Promise<Connection | undefined>;
  /** Gives one back in order, for the next who waits or for later. */
  giveBack(connection: Connection): void;
  /** Ends one, `running` first. Its place is free when it is closed or left. */
  end(connection: Connection, running?: Promise<unknown>): void;
  /** Ends those that nobody uses. Resolves when these are closed, and all that were being ended. */
  endUnused(): Promise<void>;
};

/**
 * At most so many connections at a time, counting those that are being opened and closed. One that the server does not
 * end in time no longer counts, although its session may live on (docs/adr/0031-sql-by-list.md).
 */
export function createConnectionLimit(most: number, create: () => Connection): ConnectionLimit {
  const unused: Connection[] = [];
  const ending = new Set<Promise<void>>();
  const waiting: Waiting[] = [];
  let open = 0;

  function findFree(): Connection | undefined {
    for (let last = unused.pop(); last !== undefined; last = unused.pop()) {
      if (last.isAlive()) return last;
      end(last);
    }
    if (open >= most) return undefined;
    open += 1;
    return create();
  }

  function serveWaiting(): void {
    while (waiting.length > 0) {
      const free = findFree();
      if (free === undefined) return;
      waiting.shift()?.(free);
    }
  }

  function end(connection: Connection, running?: Promise<unknown>): void {
    const closed = untilClosed(connection, running);
    ending.add(closed);
    void closed.finally(() => ending.delete(closed));
  }

  async function untilClosed(connection: Connection, running?: Promise<unknown>): Promise<void> {
    await connection.close(running);
    open -= 1;
    serveWaiting();
  }

  return {
    async take(signal) {
      if (signal.aborted) return undefined;
      return findFree() ?? (await waitForFree(waiting, signal));
    },
    giveBack(connection) {
      unused.push(connection);
      serveWaiting();
    },
    end,
    async endUnused() {
      for (const connection of unused.splice(0)) end(connection);
      await Promise.all(ending);
    },
  };
}

type Waiting = (connection: Connection | undefined) => void;

/** Stands in line until it is served, or until `signal` aborts. */
function waitForFree(waiting: Waiting[], signal: AbortSignal): Promise<Connection | undefined> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    const giveUp = () => {
      const at = waiting.indexOf(resolve);
      if (at >= 0) waiting.splice(at, 1);
      resolve(undefined);
    };
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
