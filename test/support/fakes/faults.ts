/** The process died: nothing after this point runs until the world is restarted. */
export class Crash extends Error {
  override name = 'Crash';
}

/** One call failed, and the process goes on. `moment`: whether the call took effect all the same. */
export class CallFailed extends Error {
  override name = 'CallFailed';
  readonly moment: FaultMoment;

  constructor(moment: FaultMoment, call: string) {
    super(`${moment} ${call}`);
    this.moment = moment;
  }
}

export type FaultMoment = 'before' | 'after';

/** Call counts and planned failures, shared by all fakes of one world. */
export type Faults = {
  /** Calls by full name, `incidents.latest`, over all fakes. */
  readonly calls: Record<string, number>;
  /** Full names in the order called. */
  readonly log: string[];
  /** Number of rounds of calls: calls that begin while another is running belong to its round. */
  readonly rounds: number;
  /**
   * The n-th call from now (1 is the next) crashes before or after its effect; later calls crash as well. With `alone`
   * only that call fails, with CallFailed.
   */
  failAt(n: number, moment: FaultMoment, options?: { alone: boolean }): void;
  /** The next `times` calls of that full name throw `error`, by default before their effect. */
  failOn(name: string, options?: { error?: Error; times?: number; moment?: FaultMoment }): void;
  /** From now on every call whose full name `applies` fails before its effect, also after a restart; `undefined`: none. */
  failWhile(applies: ((name: string) => boolean) | undefined): void;
  /** Whether a planned crash has happened. */
  readonly crashed: boolean;
  /** The full name of the call that `failAt` has met. */
  readonly struck: string | undefined;
  /** A new process: calls work again, planned failures are forgotten, stored data stays. */
  restart(): void;
  /** Resets the counts. */
  reset(): void;
  /** For fakes: the recorder of one port. */
  port(name: string): FaultyPort;
};

type FaultyPort = {
  readonly calls: Record<string, number>;
  /**
   * Counts the call, applies planned failures, and runs `act` without a pause, so that each call is atomic. A call
   * that `act` only begins has its effect when its promise settles.
   */
  run<T>(method: string, act: () => T | Promise<T>): Promise<T>;
};

/**
 * The crash hook: with `failAt(n, 'before')` and `failAt(n, 'after')` for every n a test kills a flow after each
 * of its awaits.
 */
export function createFaults(): Faults {
  const calls: Record<string, number> = {};
  const perPort: Record<string, number>[] = [];
  const log: string[] = [];
  let planned: { at: number; moment: FaultMoment; alone: boolean } | undefined;
  let failures: { name: string; error: Error; left: number; moment: FaultMoment }[] = [];
  let made = 0;
  let crashed = false;
  let struck: string | undefined;
  let isOut: (name: string) => boolean = () => false;
  let rounds = 0;
  let underWay = 0;

  function plan(name: string): { moment: FaultMoment; error: Error } | undefined {
    if (planned?.at === made) {
      struck = name;
      if (planned.alone) return { moment: planned.moment, error: new CallFailed(planned.moment, name) };
      crashed = true;
      return { moment: planned.moment, error: new Crash(`${planned.moment} ${name}`) };
    }
    const failure = failures.find((entry) => entry.name === name && entry.left > 0);
    if (!failure)
      return isOut(name) ? { moment: 'before', error: new CallFailed('before', name) } : undefined;
    failure.left -= 1;
    return failure;
  }

  return {
    calls,
    log,
    get rounds() {
      return rounds;
    },
    get crashed() {
      return crashed;
    },
    get struck() {
      return struck;
    },
    failAt(n, moment, { alone } = { alone: false }) {
      planned = { at: made + n, moment, alone };
      struck = undefined;
    },
    failOn(name, { error = new Error(`${name} failed`), times = 1, moment = 'before' } = {}) {
      failures.push({ name, error, left: times, moment });
    },
    failWhile(applies = () => false) {
      isOut = applies;
    },
    restart() {
      planned = undefined;
      failures = [];
      crashed = false;
    },
    reset() {
      for (const counts of [calls, ...perPort]) for (const name of Object.keys(counts)) delete counts[name];
      log.length = 0;
      rounds = 0;
    },
    port(name) {
      const own: Record<string, number> = {};
      perPort.push(own);
      return {
        calls: own,
        async run(method, act) {
          if (underWay === 0) rounds += 1;
          underWay += 1;
          try {
            return await answer(method, act);
          } finally {
            underWay -= 1;
          }
        },
      };

      async function answer<T>(method: string, act: () => T | Promise<T>): Promise<T> {
        await Promise.resolve();
        if (crashed) throw new Crash(`${name}.${method} after the crash`);
        const full = `${name}.${method}`;
        made += 1;
        calls[full] = (calls[full] ?? 0) + 1;
        own[method] = (own[method] ?? 0) + 1;
        log.push(full);
        const fault = plan(full);
        if (fault?.moment === 'before') throw fault.error;
        const result = await act();
        if (fault) throw fault.error;
        return result;
      }
    },
  };
}
