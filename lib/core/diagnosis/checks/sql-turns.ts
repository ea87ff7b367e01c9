/** SQL steps that run at once, each on a connection of its own: the server may itself have run out of connections. */
export const SQL_AT_ONCE = 2;

/** The order in which the SQL steps of one diagnosis run. */
export type SqlTurns = {
  /** A free turn, as the function that ends it; `undefined`: none is free. */
  takeFree(): EndTurn | undefined;
  /** Waits for a turn, in the order of the calls; `undefined` if `end` came first. */
  waitForTurn(end: Promise<unknown>): Promise<EndTurn | undefined>;
};

export type EndTurn = () => void;

export function createSqlTurns(): SqlTurns {
  const waiting: (() => void)[] = [];
  let free = SQL_AT_ONCE;

  function endTurn(): void {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }

  return {
    takeFree() {
      if (free === 0) return undefined;
      free -= 1;
      return endTurn;
    },
    async waitForTurn(end) {
      const turn = new Promise<'turn'>((resolve) => {
        waiting.push(() => resolve('turn'));
      });
      if ((await Promise.race([turn, end])) === 'turn') return endTurn;
      // A turn that comes too late is the next one's.
      void turn.then(endTurn);
      return undefined;
    },
  };
}
